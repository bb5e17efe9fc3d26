"""The present month so far: billed, collected, customers won and lost."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, Q, Sum

from billing.models import Invoice
from customers.models import Customer, Subscription
from ispbill.reports.queries.remembered import remembered
from payments.models import Payment


@dataclass(frozen=True)
class Collection:
    """Sums since the first of the month, in the company's currency."""

    billed: Decimal
    collected: Decimal

    @property
    def percent(self) -> int | None:
        """Collected out of billed, in whole percent; None when nothing was billed."""
        return int(self.collected * 100 / self.billed) if self.billed else None


@dataclass(frozen=True)
class Headcount:
    """Customers by state, and services won and lost since the first of the month."""

    active: int
    suspended: int
    won: int
    lost: int

    @property
    def net(self) -> int:
        return self.won - self.lost


def collection(*, on: date, branch_id: int | None = None) -> Collection:
    """Return what was billed and collected in the month of a company date, up to that day."""
    return remembered(f"collection:{on}:{branch_id}", lambda: _collection(on, branch_id))


def headcount(*, on: date, branch_id: int | None = None) -> Headcount:
    """Return customers by state now, and the month's gains and losses up to that day."""
    return remembered(f"headcount:{on}:{branch_id}", lambda: _headcount(on, branch_id))


def _collection(on: date, branch_id: int | None) -> Collection:
    days = (on.replace(day=1), on)
    branch = Q() if branch_id is None else Q(branch_id=branch_id)
    billed = Invoice.objects.filter(
        branch, status=Invoice.Status.OPEN, issued_on__range=days
    ).aggregate(sum=Sum("total_amount"))["sum"]
    collected = Payment.objects.filter(
        branch, status=Payment.Status.COMPLETED, posted_on__range=days
    ).aggregate(sum=Sum("amount"))["sum"]
    return Collection(billed=billed or Decimal(0), collected=collected or Decimal(0))


def _headcount(on: date, branch_id: int | None) -> Headcount:
    days = (on.replace(day=1), on)
    customers = Customer.objects.filter(archived_at=None)
    services = Subscription.objects.all()
    if branch_id is not None:
        customers = customers.filter(branch_id=branch_id)
        services = services.filter(customer__branch_id=branch_id)
    states = customers.aggregate(
        active=Count("pk", filter=Q(status=Customer.Status.ACTIVE)),
        suspended=Count("pk", filter=Q(status=Customer.Status.SUSPENDED)),
    )
    moves = services.aggregate(
        won=Count("pk", filter=Q(activated_on__range=days)),
        lost=Count("pk", filter=Q(cancelled_on__range=days, activated_on__isnull=False)),
    )
    return Headcount(**states, **moves)
