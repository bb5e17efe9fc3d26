"""Deposits held: of everybody, or of customers no service of whom goes on any more."""

from decimal import Decimal

from django.db.models import Exists, OuterRef, QuerySet, Sum

from billing.receivables.models import Deposit
from customers.models import Subscription
from customers.queries import directory
from ispbill.accounts.access import branch_scope
from ispbill.accounts.models import User

PER_PAGE = 50


def visible_to(user: User) -> QuerySet[Deposit]:
    """Return the deposits held of customers a member of staff may see."""
    reach = directory.visible_to(user)
    return Deposit.objects.filter(held_amount__gt=0, customer__in=reach)


def of_who_left(branch_id: int | None = None) -> QuerySet[Deposit]:
    """Return the deposits of customers who had a service and have none that goes on."""
    services = Subscription.objects.filter(customer=OuterRef("customer"))
    found = Deposit.objects.filter(
        ~Exists(services.exclude(status=Subscription.Status.CANCELLED)),
        Exists(services),
        held_amount__gt=0,
    )
    return found if branch_id is None else found.filter(customer__branch_id=branch_id)


def listed(user: User, *, left_only: bool) -> QuerySet[Deposit]:
    """Return the list a page shows, the largest first."""
    found = visible_to(user)
    if left_only:
        found = found.filter(pk__in=of_who_left(branch_scope(user)).values("pk"))
    return found.select_related("customer__account_state").order_by("-held_amount", "pk")


def total(found: QuerySet[Deposit]) -> Decimal:
    """Return what is held together, in the company's currency."""
    return Decimal(found.aggregate(sum=Sum("held_amount"))["sum"] or 0)
