"""Breaks asked for, and what a break does to the money: worked out beforehand, reads only."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, Q, QuerySet

from billing.models import BreakRequest
from billing.queries import billed_lines, service_terms, suspension_rules
from billing.rules.giving_back import give_back
from billing.rules.suspension_kinds import Rule
from customers.models import Subscription, Suspension
from customers.queries import directory
from ispbill.accounts.models import User

Status = BreakRequest.Status
VIEWS: dict[str, tuple[str, ...]] = {
    "waiting": (Status.REQUESTED,),
    "done": (Status.APPROVED, Status.REFUSED, Status.WITHDRAWN),
}


@dataclass(frozen=True)
class Effect:
    """What a break would do to the money by the bills there are: the rule, what goes back."""

    rule: Rule
    credit: Decimal  # with tax, on return
    days: int


def visible_to(user: User, *, customer_ids: Iterable[int] | None = None) -> QuerySet[BreakRequest]:
    """Return the requests a person may see: of the customers in reach."""
    reach = directory.visible_to(user, customer_ids=customer_ids)
    return BreakRequest.objects.filter(customer__in=reach)


def listed(requests: QuerySet[BreakRequest], view: str) -> QuerySet[BreakRequest]:
    """Return one view of the queue: what waits by its first day, what is over newest first."""
    order = ("span", "pk") if view == "waiting" else ("-requested_at", "-pk")
    people = ("customer__standing", "subscription__package", "decided_by", "planned_move")
    return requests.filter(status__in=VIEWS[view]).select_related(*people).order_by(*order)


def counts(requests: QuerySet[BreakRequest]) -> dict[str, int]:
    """Return how many requests each view has."""
    found: dict[str, int] = requests.aggregate(
        **{view: Count("pk", filter=Q(status__in=statuses)) for view, statuses in VIEWS.items()}
    )
    return found


def waiting(branch_id: int | None = None) -> QuerySet[BreakRequest]:
    """Return what nobody has decided on yet, of all customers or a branch's."""
    found = BreakRequest.objects.filter(status=Status.REQUESTED)
    return found if branch_id is None else found.filter(customer__branch_id=branch_id)


def effect(subscription: Subscription, *, start: date, until: date) -> Effect:
    """Work out what days `[start, until)` without the service do to the money."""
    rule = suspension_rules.of(Suspension.Kind.CUSTOMER_REQUEST)
    credit = credit_of(subscription, start=start, end=until) if rule.is_credited else Decimal(0)
    return Effect(rule, credit, (until - start).days)


def credit_of(subscription: Subscription, *, start: date, end: date) -> Decimal:
    """Return what goes back for billed days of a break, with tax."""
    if end <= start:
        return Decimal(0)
    policy = service_terms.policy()
    held = billed_lines.holding([subscription.pk], start=start, end=end, item=None)
    backs = [give_back(one.charged, one.days, policy) for one in held]
    return sum((back.amount.gross for back in backs if back is not None), start=Decimal(0))
