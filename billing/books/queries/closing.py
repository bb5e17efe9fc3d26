"""Closed months, the month that can be closed next, and what must be done before."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.models import Max, Min, QuerySet

from billing.invoices.models import Invoice
from billing.ledger.models import JournalEntry, LedgerSeal, PeriodClose
from billing.ledger.queries import books, deferral
from billing.ledger.rules import months
from billing.run.models import BillingRun
from ispbill.audit.models import JobRun
from ispbill.core import statements

PROOF_HOLDS = timedelta(hours=36)  # the nightly proof, and a night that went wrong

_UNBALANCED = """
    SELECT count(*) FROM (
        SELECT e.id FROM billing_journalentry e JOIN billing_posting p ON p.entry_id = e.id
        WHERE e.posted_on BETWEEN %s AND %s GROUP BY e.id HAVING sum(p.amount) <> 0) wrong
"""
# Whoever has open bills beyond what is owed in all has paid what is not applied yet.
_UNALLOCATED = """
    SELECT count(*), coalesce(sum(i.due - greatest(t.balance_amount, 0)), 0)
    FROM (SELECT customer_id, sum(amount_due) AS due FROM billing_invoice
          WHERE status = 'OPEN' AND amount_due > 0 GROUP BY customer_id) i
    JOIN customers_accountstate t ON t.customer_id = i.customer_id
    WHERE i.due > greatest(t.balance_amount, 0)
"""


@dataclass(frozen=True)
class Item:
    """One line of the checklist. A blocking one that is not met forbids the closing."""

    key: str
    is_met: bool
    is_blocking: bool = True
    count: int = 0
    amount: Decimal | None = None


def closed_through() -> date | None:
    """Return the last day no entry may be dated on any more, or None while nothing is closed."""
    live = PeriodClose.objects.filter(reopened_at__isnull=True)
    found: date | None = live.aggregate(last=Max("last_day"))["last"]
    return found


def closings() -> QuerySet[PeriodClose]:
    """Return all closings, reopened ones too, the latest month first."""
    return PeriodClose.objects.select_related("closed_by", "reopened_by").order_by(
        "-first_day", "-pk"
    )


def next_month() -> date | None:
    """Return the first day of the month to be closed next, or None when nothing is booked."""
    closed = closed_through()
    if closed is not None:
        return closed + timedelta(days=1)
    first: date | None = JournalEntry.objects.aggregate(first=Min("posted_on"))["first"]
    return months.first_of(first) if first is not None else None


def checklist(*, first: date, last: date, on: date, at: datetime) -> list[Item]:
    """Return what must hold before the days `first` to `last` are closed, on the company date `on`.

    Used twice: to show it, and by the closing itself while nobody can post.
    """
    return [
        Item("over", is_met=last < on),
        _counted("balanced", _unbalanced(first, last)),
        _counted("sealed", _unsealed(last)),
        _counted(
            "runs",
            BillingRun.objects.filter(
                status=BillingRun.Status.RUNNING, business_date__lte=last
            ).count(),
        ),
        Item("recognised", is_met=deferral.is_recognised(through=last)),
        _proven(at),
        _unallocated(),
        _counted("drafts", Invoice.objects.filter(status=Invoice.Status.DRAFT).count(), False),
    ]


def entry_count(*, first: date, last: date) -> int:
    """Return how many entries are dated in these days."""
    return JournalEntry.objects.filter(posted_on__range=(first, last)).count()


def _counted(key: str, count: int, is_blocking: bool = True) -> Item:
    return Item(key, is_met=not count, is_blocking=is_blocking, count=count)


def _unbalanced(first: date, last: date) -> int:
    return int(statements.first(_UNBALANCED, [first, last])[0])


def _unsealed(last: date) -> int:
    sealed = LedgerSeal.objects.aggregate(last=Max("last_id"))["last"] or 0
    return JournalEntry.objects.filter(pk__gt=sealed, posted_on__lte=last).count()


def _proven(at: datetime) -> Item:
    proof = books.last_check()
    is_sound = (
        proof is not None
        and proof.status == JobRun.Status.COMPLETED
        and not proof.failed
        and at - proof.started_at <= PROOF_HOLDS
    )
    return Item("proven", is_met=is_sound, count=proof.failed if proof is not None else 0)


def _unallocated() -> Item:
    count, amount = statements.first(_UNALLOCATED)
    return Item("allocated", is_met=not count, is_blocking=False, count=count, amount=amount)
