"""Seal the audit trail: chain what was written, and find where the chain no longer fits.

Events are sealed some minutes after they were recorded, when no transaction that could still
commit an earlier id is left open.
"""

from datetime import datetime, timedelta

from django.db import transaction

from ispbill.audit.models import AuditSeal
from ispbill.audit.services import fence
from ispbill.core import locks, statements

CHUNK = 5_000
SETTLED_AFTER = timedelta(minutes=15)  # longer than any transaction may live

# What stands for an event in its seal: the hash of every column, in a fixed order. Of one whose
# personal parts were erased, the hash it had before.
_ROWS = """
    SELECT e.id, coalesce(k.digest, audit_line_digest(e)) AS line
    FROM audit_auditevent e LEFT JOIN audit_erasedevent k ON k.event_id = e.id
"""


def seal(*, at: datetime) -> int:
    """Seal what has settled by the real moment `at`; return how many events were sealed.

    One process at a time; running it again seals only what is new.
    """
    sealed = 0
    while True:
        with transaction.atomic():
            fence.check()
            if not locks.try_hold("audit.seals"):
                return sealed
            count = _seal_next(at)
        sealed += count
        if count < CHUNK:
            return sealed


def broken() -> list[str]:
    """Recompute the chain; return a sentence for each seal that no longer fits."""
    wrong = []
    previous = ""
    for link in AuditSeal.objects.order_by("pk").iterator():
        found = _digest(link.first_id, link.last_id, previous)
        if link.previous != previous:
            wrong.append(f"the seal of {link} does not follow the one before it")
        elif found is None or found[1] != link.event_count:
            wrong.append(
                f"{link}: {link.event_count} were sealed, {found[1] if found else 0} found"
            )
        elif found[0] != link.digest:
            wrong.append(f"{link}: an event is not what was sealed")
        previous = link.digest
    return wrong


def _seal_next(at: datetime) -> int:
    last = AuditSeal.objects.order_by("-pk").first()
    first_id, last_id, count = statements.first(
        "SELECT min(id), max(id), count(*) FROM (SELECT id FROM audit_auditevent"
        " WHERE id > %s AND recorded_at < %s ORDER BY id LIMIT %s) e",
        [last.last_id if last else 0, at - SETTLED_AFTER, CHUNK],
    )
    if not count:
        return 0
    previous = last.digest if last else ""
    found = _digest(first_id, last_id, previous)
    if found is None or found[1] != count:
        raise RuntimeError("events appeared among those being sealed")
    AuditSeal.objects.create(
        first_id=first_id,
        last_id=last_id,
        event_count=count,
        previous=previous,
        digest=found[0],
        made_at=at,
    )
    return int(count)


def _digest(first_id: int, last_id: int, previous: str) -> tuple[str, int] | None:
    row = statements.first(
        f"""
        SELECT encode(sha256(convert_to(
                   %s || E'\\n' || string_agg(line, E'\\n' ORDER BY id), 'UTF8')), 'hex'),
               count(*)
        FROM ({_ROWS} WHERE e.id BETWEEN %s AND %s) e
        """,  # noqa: S608 - composed from the constant above
        [previous, first_id, last_id],
    )
    return (row[0], int(row[1])) if row[0] else None
