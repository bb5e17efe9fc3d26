"""Take revenue of long periods as earned: every night, up to the end of the day before.

What a run books is the difference between what is earned by then and what was booked so far, for
each branch. So it does not matter whether a run was late, ran twice or was left out: the next one
sets it right. A late run reckons at each month's end it missed, so that every month has its own.
"""

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from billing.models import Recognition
from billing.queries import deferral
from billing.rules.chart import Chart
from billing.services import ledger
from ispbill.audit.services import trail
from ispbill.core import locks
from ispbill.core.actors import Actor


@transaction.atomic
def recognise(*, through: date, at: datetime, actor: Actor | None = None) -> Decimal:
    """Book what was earned up to the end of `through`; return the sum that was moved.

    A day before the last one reckoned for is left alone: the books never go back in time. One
    process at a time; the second waits and finds nothing to do.
    """
    trail.begin(actor=actor, at=at, reason=f"revenue earned up to {through}")
    locks.hold("billing.recognition")
    return sum(
        (_book(day, at=at, actor=actor) for day in deferral.days_to_recognise(through=through)),
        start=Decimal(0),
    )


def _book(as_of: date, *, at: datetime, actor: Actor | None) -> Decimal:
    wanted, got = deferral.targets(as_of=as_of), deferral.posted()
    moves: dict[int, dict[int, Decimal]] = {}
    for branch, income in sorted({*wanted, *got}):
        delta = wanted.get((branch, income), Decimal(0)) - got.get((branch, income), Decimal(0))
        if delta:
            moves.setdefault(branch, {})[income] = delta
    for branch, parts in moves.items():
        amount = sum(parts.values(), Decimal(0))
        row = Recognition.objects.create(branch_id=branch, as_of=as_of, amount=amount, made_at=at)
        ledger.open_chart()
        ledger.post(
            kind="RECOGNITION", source_type="recognition", source_id=row.pk, posted_on=as_of,
            at=at, branch_id=branch, customer_id=None, actor=actor, memo=f"earned up to {as_of}",
            lines=[
                ledger.Line(Chart.DEFERRED_REVENUE, amount),
                *(ledger.Line(income, -part) for income, part in parts.items()),
            ],
        )  # fmt: skip
    return sum((part for parts in moves.values() for part in parts.values()), Decimal(0))
