"""Write the books: one entry a business fact, balanced, never changed, undone by a reversal."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import connection

from billing.models import Account, JournalEntry, Posting
from billing.rules.chart import ACCOUNTS
from ispbill.core.actors import Actor
from ispbill.core.errors import DomainError


class AlreadyReversed(DomainError):
    """The entry was undone before."""


@dataclass(frozen=True)
class Line:
    """One side of an entry: debit positive, credit negative, in the company's currency."""

    account: int
    amount: Decimal
    customer_id: int | None = None


def post(
    *,
    kind: str,
    source_type: str,
    source_id: int,
    lines: Sequence[Line],
    posted_on: date,
    at: datetime,
    branch_id: int,
    customer_id: int | None,
    actor: Actor | None,
    memo: str = "",
    reverses: JournalEntry | None = None,
) -> JournalEntry:
    """Book one fact. Zero lines are left out; the rest must sum to zero.

    `posted_on` is the day of the fact; when the books of that day are closed, it is booked on the
    first open day (see `open_day`), and the memo names the day it belongs to.

    The database refuses an unbalanced entry, a second entry for the same fact, and any later
    change (constraints `journal_entry_balances`, `journal_entry_once_per_fact`).
    """
    if not connection.in_atomic_block:
        raise RuntimeError("an entry belongs to the transaction of its business fact")
    day = open_day(posted_on)
    if day != posted_on:
        memo = f"{memo[:140]} (of {posted_on})".strip()
    entry = JournalEntry.objects.create(
        kind=kind,
        source_type=source_type,
        source_id=source_id,
        posted_on=day,
        at=at,
        branch_id=branch_id,
        customer_id=customer_id,
        memo=memo[:160],
        reverses=reverses,
        actor_id=actor.pk if actor is not None else None,
    )
    kept = [line for line in lines if line.amount]
    Posting.objects.bulk_create(
        Posting(
            entry=entry,
            line_no=number,
            account_id=int(line.account),
            customer_id=line.customer_id,
            amount=line.amount,
        )
        for number, line in enumerate(kept, start=1)
    )
    return entry


def open_day(wanted: date) -> date:
    """Return the day something of the company date `wanted` is booked on: itself when it is open.

    Late events go to the first day after the closed months (docs/algorithms/books.md). The
    books' gate is held (shared) until the transaction ends: the answer stays true that long. Call
    it before anything of the entry is written, bulk statements too.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT billing_open_day(%s)", [wanted])
        row: tuple[date] = cursor.fetchone()
    return row[0]


def reverse(
    *, entry: JournalEntry, posted_on: date, at: datetime, actor: Actor | None, memo: str
) -> JournalEntry:
    """Book the opposite of an entry, once. Raises AlreadyReversed the second time."""
    if JournalEntry.objects.filter(reverses=entry).exists():
        raise AlreadyReversed("This has already been reversed.")
    lines = [
        Line(account=p.account_id, amount=-p.amount, customer_id=p.customer_id)
        for p in Posting.objects.filter(entry=entry).order_by("line_no")
    ]
    return post(
        kind="REVERSAL",
        source_type=entry.source_type,
        source_id=entry.source_id,
        lines=lines,
        posted_on=posted_on,
        at=at,
        branch_id=entry.branch_id,
        customer_id=entry.customer_id,
        actor=actor,
        memo=memo,
        reverses=entry,
    )


def open_chart() -> None:
    """Make the accounts the code posts to, where they are missing."""
    Account.objects.bulk_create(
        [Account(code=code, name=name, kind=kind) for code, (name, kind) in ACCOUNTS.items()],
        ignore_conflicts=True,
    )
