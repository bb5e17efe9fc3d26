"""Seal the journal night by night: a chain of hashes, and the day's totals of what was sealed.

Sealed is everything up to where the journal ended at one moment. To find that end, the books' gate
is held alone for as long as it takes to read one number: every transaction that has taken ids for
entries holds the gate shared, so none of them is still open then.
"""

from datetime import date, datetime

from django.db import connection, transaction

from billing.ledger.models import LedgerSeal
from ispbill.audit.services import fence
from ispbill.core import locks, statements

CHUNK = 20_000

# The text that is hashed for an entry: every column and its postings, in a fixed order.
_LINES = """
    SELECT e.id, jsonb_build_array(e.id, e.kind, e.source_type, e.source_id, e.posted_on,
        extract(epoch FROM e.at), e.branch_id, e.customer_id, e.memo, e.reverses_id, e.actor_id,
        (SELECT jsonb_agg(jsonb_build_array(p.line_no, p.account_id, p.customer_id, p.amount)
                          ORDER BY p.line_no)
         FROM billing_posting p WHERE p.entry_id = e.id))::text AS line
    FROM billing_journalentry e WHERE e.id BETWEEN %(first)s AND %(last)s
"""

_DIGEST = f"""
    SELECT encode(sha256(convert_to(%(previous)s || E'\\n' || string_agg(line, E'\\n' ORDER BY id),
                                    'UTF8')), 'hex'), count(*)
    FROM ({_LINES}) l
"""

_DAYS = """
    INSERT INTO billing_ledgerday (seal_id, posted_on, branch_id, account_id, kind, debit_amount,
        credit_amount, posting_count)
    SELECT %(seal)s, e.posted_on, e.branch_id, p.account_id, e.kind,
           coalesce(sum(p.amount) FILTER (WHERE p.amount > 0), 0),
           coalesce(-sum(p.amount) FILTER (WHERE p.amount < 0), 0), count(*)
    FROM billing_journalentry e JOIN billing_posting p ON p.entry_id = e.id
    WHERE e.id BETWEEN %(first)s AND %(last)s
    GROUP BY e.posted_on, e.branch_id, p.account_id, e.kind
    ORDER BY e.posted_on, e.branch_id, p.account_id, e.kind
"""


def seal(*, on: date, at: datetime) -> int:
    """Seal the entries there are, in chunks; return how many. Again is nothing more to do.

    `on` is the company date of the night. One process at a time.
    """
    with locks.only_one("billing.ledger_seals") as free:
        if not free:
            return 0
        end = _end_of_journal()
        sealed = 0
        while count := _seal_next(end, on=on, at=at):
            sealed += count
        return sealed


def broken() -> list[str]:
    """Recompute the chain; return a sentence for each seal that no longer fits."""
    wrong = []
    previous, last_id = "", 0
    for link in LedgerSeal.objects.order_by("pk").iterator():
        digest, count = _digest(link.first_id, link.last_id, previous)
        if link.previous != previous:
            wrong.append(f"the seal of {link} does not follow the one before it")
        elif count != link.entry_count:
            wrong.append(f"{link}: {link.entry_count} were sealed, {count} found")
        elif digest != link.digest:
            wrong.append(f"{link}: an entry is not what was sealed")
        elif _slipped_in(last_id, link.first_id):
            wrong.append(f"{link}: entries before it were never sealed")
        previous, last_id = link.digest, link.last_id
    return wrong


@transaction.atomic
def _end_of_journal() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(billing_books_gate())")
        cursor.execute("SELECT coalesce(max(id), 0) FROM billing_journalentry")
        return int(cursor.fetchone()[0])


@transaction.atomic
def _seal_next(end: int, *, on: date, at: datetime) -> int:
    fence.check()
    last = LedgerSeal.objects.order_by("-pk").first()
    first_id, last_id = statements.first(
        "SELECT min(id), max(id) FROM (SELECT id FROM billing_journalentry"
        " WHERE id > %s AND id <= %s ORDER BY id LIMIT %s) e",
        [last.last_id if last else 0, end, CHUNK],
    )
    if first_id is None:
        return 0
    previous = last.digest if last else ""
    digest, count = _digest(first_id, last_id, previous)
    turnover = statements.first(
        "SELECT coalesce(sum(amount) FILTER (WHERE amount > 0), 0) FROM billing_posting"
        " WHERE entry_id BETWEEN %s AND %s",
        [first_id, last_id],
    )[0]
    made = LedgerSeal.objects.create(
        first_id=first_id,
        last_id=last_id,
        entry_count=count,
        turnover_amount=turnover,
        previous=previous,
        digest=digest,
        sealed_on=on,
        made_at=at,
    )
    statements.run(_DAYS, {"seal": made.pk, "first": first_id, "last": last_id})
    return count


def _digest(first_id: int, last_id: int, previous: str) -> tuple[str, int]:
    digest, count = statements.first(
        _DIGEST, {"previous": previous, "first": first_id, "last": last_id}
    )
    return digest or "", int(count)


def _slipped_in(after: int, before: int) -> bool:
    """Tell whether there are entries between two seals."""
    return bool(
        statements.first(
            "SELECT EXISTS (SELECT FROM billing_journalentry WHERE id > %s AND id < %s)",
            [after, before],
        )[0]
    )
