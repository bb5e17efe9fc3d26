"""Prepaid services by when their time is over, and what a next period would take."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import QuerySet

from billing.prepaid.models import RenewalChoice
from billing.run.queries import plan
from billing.run.queries.plan import Scope
from customers.models import Subscription
from ispbill.accounts.access import branch_scope
from ispbill.accounts.models import User
from ispbill.core import statements

EVERYBODY = 2**62
FAR = date(9999, 1, 1)

_COST = """
    SELECT p.subscription_id, min(p.start_on), max(p.end_on), sum(p.net + p.tax)::numeric(14,2)
    FROM billing_plan p WHERE p.subscription_id = ANY (%s) GROUP BY p.subscription_id
"""


@dataclass(frozen=True)
class Cost:
    """What the next period of a service costs with tax: `[start, end)`, company currency."""

    start: date
    end: date
    amount: Decimal


def planned(subscription_ids: Sequence[int]) -> dict[int, Cost]:
    """Return what the plan of this transaction takes for each of these services."""
    return {row[0]: Cost(*row[1:]) for row in statements.read(_COST, [list(subscription_ids)])}


def make_plan(
    subscription_ids: Sequence[int], *, issued_on: date, horizon: date = FAR, is_locked: bool = True
) -> int:
    """Plan the next period of these active prepaid services, with the billing run's statement."""
    return plan.make(
        Scope(horizon=horizon, mode=Subscription.Mode.PREPAID),
        issued_on=issued_on,
        after=0,
        upto=EVERYBODY,
        only=subscription_ids,
        is_locked=is_locked,
    )


def services() -> QuerySet[Subscription]:
    """Return prepaid services in use or closed (their time is over on `schedule.billed_until`)."""
    return Subscription.objects.filter(mode=Subscription.Mode.PREPAID).exclude(
        status__in=[Subscription.Status.PENDING, Subscription.Status.CANCELLED]
    )


def renewing() -> QuerySet[Subscription]:
    """Return those of them that renew themselves from credit."""
    return services().exclude(
        pk__in=RenewalChoice.objects.filter(is_on=False).values("subscription")
    )


def due_to_renew(*, on: date) -> QuerySet[Subscription]:
    """Return those that renew themselves and whose time is over on company date `on`."""
    return renewing().filter(schedule__billed_until__lte=on)


def expiring(*, on: date, within: int) -> QuerySet[Subscription]:
    """Return services still running on `on` whose time is over within so many days of it."""
    return services().filter(
        schedule__billed_until__gt=on, schedule__billed_until__lte=on + timedelta(days=within)
    )


def expired(*, on: date) -> QuerySet[Subscription]:
    """Return services whose time is over on `on`, closed already or in their grace."""
    return services().filter(schedule__billed_until__lte=on)


@transaction.atomic
def costs(subscription_ids: Sequence[int], *, on: date) -> dict[int, Cost]:
    """Return what the next period of these active services would cost; writes nothing lasting."""
    if not subscription_ids:
        return {}
    make_plan(subscription_ids, issued_on=on, is_locked=False)
    return planned(subscription_ids)


def visible_to(user: User) -> QuerySet[Subscription]:
    """Return the prepaid services of customers in this person's reach."""
    found = services().filter(customer__archived_at=None)
    branch = branch_scope(user)
    return found if branch is None else found.filter(customer__branch_id=branch)
