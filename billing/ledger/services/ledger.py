"""Write the books: one entry a business fact, balanced, never changed, undone by a reversal."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection

from billing.ledger.models import Account, JournalEntry, Posting
from billing.ledger.rules.chart import ACCOUNTS
from ispbill.core import statements
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError


class AlreadyReversed(DomainError):
    """The entry was undone before."""


@dataclass(frozen=True)
class Line:
    """One side of an entry: debit positive, credit negative, in the company's currency."""

    account: int
    amount: Decimal
    customer_id: int | None = None


@dataclass(frozen=True)
class Fact:
    """One business fact to book. Zero lines are left out; the rest must sum to zero."""

    kind: str
    source_type: str
    source_id: int
    lines: Sequence[Line]
    posted_on: date
    branch_id: int
    customer_id: int | None
    memo: str = ""
    reverses: JournalEntry | None = None


# An entry leaves its first line open: its postings come in the same statement (`entry_names`).
# The gate of the books is held before anything is written (see `open_day`).
_POST = """
WITH fact AS MATERIALIZED (
    SELECT f.*, billing_open_day(f.wanted) AS day
    FROM json_to_recordset(%(facts)s) AS f (
        place int, kind text, source_type text, source_id bigint, wanted date, branch_id bigint,
        customer_id bigint, memo text, late_memo text, reverses_id bigint)
), entry AS (
    INSERT INTO billing_journalentry (kind, source_type, source_id, posted_on, at, branch_id,
                                      customer_id, memo, reverses_id, actor_id, first_line)
    SELECT kind, source_type, source_id, day, %(at)s, branch_id, customer_id,
           CASE WHEN day = wanted THEN memo ELSE late_memo END, reverses_id, %(actor)s, NULL
    FROM fact ORDER BY place
    RETURNING id, kind, source_type, source_id, posted_on, memo
), booked AS (
    SELECT f.place, e.id, e.posted_on, e.memo
    FROM entry e JOIN fact f USING (kind, source_type, source_id)
), posting AS (
    INSERT INTO billing_posting (entry_id, line_no, account_id, customer_id, amount)
    SELECT b.id, l.line_no, l.account, l.customer_id, l.amount
    FROM json_to_recordset(%(lines)s) AS l (
        place int, line_no int, account int, customer_id bigint, amount numeric)
    JOIN booked b USING (place) ORDER BY b.id, l.line_no
)
SELECT id, posted_on, memo FROM booked ORDER BY place
"""


def post(fact: Fact, *, act: Act) -> JournalEntry:
    """Book one fact (see `post_all`)."""
    return post_all([fact], act=act)[0]


def post_all(facts: Sequence[Fact], *, act: Act) -> list[JournalEntry]:
    """Book facts, each with an entry of its own, in one statement.

    `posted_on` is the day of the fact; when the books of that day are closed, it is booked on the
    first open day (see `open_day`), and the memo names the day it belongs to.

    The database refuses an unbalanced entry, a second entry for the same fact, and any later
    change (constraints `journal_entry_balances`, `journal_entry_once_per_fact`).
    """
    if not connection.in_atomic_block:
        raise RuntimeError("an entry belongs to the transaction of its business fact")
    actor_id = act.actor.pk if act.actor is not None else None
    booked = statements.fetch(
        _POST,
        {
            "facts": statements.rows(_as_row(place, fact) for place, fact in enumerate(facts)),
            "lines": statements.rows(
                {
                    "place": place,
                    "line_no": number,
                    "account": int(line.account),
                    "customer_id": line.customer_id,
                    "amount": line.amount,
                }
                for place, fact in enumerate(facts)
                for number, line in enumerate(filter(_is_kept, fact.lines), start=1)
            ),
            "at": act.at,
            "actor": actor_id,
        },
    )
    return [
        JournalEntry(
            pk=pk,
            kind=fact.kind,
            source_type=fact.source_type,
            source_id=fact.source_id,
            posted_on=day,
            at=act.at,
            branch_id=fact.branch_id,
            customer_id=fact.customer_id,
            memo=memo,
            reverses=fact.reverses,
            actor_id=actor_id,
            first_line=None,
        )
        for fact, (pk, day, memo) in zip(facts, booked, strict=True)
    ]


def _as_row(place: int, fact: Fact) -> dict[str, Any]:
    return {
        "place": place,
        "kind": fact.kind,
        "source_type": fact.source_type,
        "source_id": fact.source_id,
        "wanted": fact.posted_on,
        "branch_id": fact.branch_id,
        "customer_id": fact.customer_id,
        "memo": fact.memo[:160],
        "late_memo": f"{fact.memo[:140]} (of {fact.posted_on})".strip()[:160],
        "reverses_id": fact.reverses.pk if fact.reverses is not None else None,
    }


def _is_kept(line: Line) -> bool:
    return bool(line.amount)


def open_day(wanted: date) -> date:
    """Return the day something of the company date `wanted` is booked on: itself when it is open.

    Late events go to the first day after the closed months (docs/algorithms/books.md). The
    books' gate is held (shared) until the transaction ends: the answer stays true that long. Call
    it before anything of the entry is written, bulk statements too.
    """
    row: tuple[date] = statements.first("SELECT billing_open_day(%s)", [wanted])
    return row[0]


def reverse(*, entry: JournalEntry, posted_on: date, act: Act, memo: str) -> JournalEntry:
    """Book the opposite of an entry, once. Raises AlreadyReversed the second time."""
    if JournalEntry.objects.filter(reverses=entry).exists():
        raise AlreadyReversed("This has already been reversed.")
    lines = [
        Line(account=p.account_id, amount=-p.amount, customer_id=p.customer_id)
        for p in Posting.objects.filter(entry=entry).order_by("line_no")
    ]
    opposite = Fact(
        kind="REVERSAL",
        source_type=entry.source_type,
        source_id=entry.source_id,
        lines=lines,
        posted_on=posted_on,
        branch_id=entry.branch_id,
        customer_id=entry.customer_id,
        memo=memo,
        reverses=entry,
    )
    return post(opposite, act=act)


def open_chart() -> None:
    """Make the accounts the code posts to, where they are missing."""
    Account.objects.bulk_create(
        [Account(code=code, name=name, kind=kind) for code, (name, kind) in ACCOUNTS.items()],
        ignore_conflicts=True,
    )
