"""Take revenue of long periods as earned: every night, up to the end of the day before.

What a run books is the difference between what is earned by then and what was booked so far, for
each branch. So it does not matter whether a run was late, ran twice or was left out: the next one
sets it right. A late run reckons at each month's end it missed, so that every month has its own.
"""

from datetime import date
from decimal import Decimal

from django.db import transaction

from billing.ledger.models import Recognition
from billing.ledger.queries import deferral
from billing.ledger.rules.chart import Chart
from billing.ledger.services import ledger
from ispbill.audit.services import trail
from ispbill.core import locks
from ispbill.core.acts import Act


@transaction.atomic
def recognise(*, through: date, act: Act) -> Decimal:
    """Book what was earned up to the end of `through`; return the sum that was moved.

    A day before the last one reckoned for is left alone: the books never go back in time. One
    process at a time; the second waits and finds nothing to do.
    """
    trail.begin(act=act.because(f"revenue earned up to {through}"))
    locks.hold("billing.recognition")
    return sum(
        (_book(day, act=act) for day in deferral.days_to_recognise(through=through)),
        start=Decimal(0),
    )


def _book(as_of: date, *, act: Act) -> Decimal:
    wanted, got = deferral.targets(as_of=as_of), deferral.posted()
    moves: dict[int, dict[int, Decimal]] = {}
    for branch, income in sorted({*wanted, *got}):
        delta = wanted.get((branch, income), Decimal(0)) - got.get((branch, income), Decimal(0))
        if delta:
            moves.setdefault(branch, {})[income] = delta
    for branch, parts in moves.items():
        amount = sum(parts.values(), Decimal(0))
        row = Recognition.objects.create(
            branch_id=branch, as_of=as_of, amount=amount, made_at=act.at
        )
        ledger.open_chart()
        ledger.post(
            ledger.Fact(
                kind="RECOGNITION",
                source_type="recognition",
                source_id=row.pk,
                posted_on=as_of,
                branch_id=branch,
                customer_id=None,
                memo=f"earned up to {as_of}",
                lines=[
                    ledger.Line(Chart.DEFERRED_REVENUE, amount),
                    *(ledger.Line(income, -part) for income, part in parts.items()),
                ],
            ),
            act=act,
        )
    return sum((part for parts in moves.values() for part in parts.values()), Decimal(0))
