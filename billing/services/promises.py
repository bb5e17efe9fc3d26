"""Words given about money owed: a promise to pay, and who is never cut off."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from billing.models import DunningHold
from billing.queries import policies
from billing.services import holds, standings
from customers.models import Customer, Standing
from ispbill.audit.services import events, trail
from ispbill.core.actors import Actor
from ispbill.core.errors import DomainError


class PromiseRefused(DomainError):
    """The day is not one a promise may run to, nothing is owed, or there were too many."""


@transaction.atomic
def promise(
    *, customer: Customer, until: date, reason: str, on: date, at: datetime, actor: Actor | None
) -> Standing:
    """Note that the customer will pay by `until`: no cut for non-payment before it is over.

    `until` lies between the company date `on` and the policy's longest promise (30 days); the
    policy may limit how many are given in a calendar year. Raises PromiseRefused, ReasonMissing.
    """
    reason = trail.required_reason(reason)
    longest = longest_days(customer, on=on)
    if until < on:
        raise PromiseRefused(_("A promise runs to today or a later day."))
    if until > on + timedelta(days=longest):
        raise PromiseRefused(_("A promise runs at most %(days)d days ahead.") % {"days": longest})
    trail.begin(actor=actor, at=at, reason=reason)
    standings.lock([customer.pk])
    standing = Standing.objects.get(customer=customer)
    if standing.balance_amount <= 0:
        raise PromiseRefused(_("This customer owes nothing."))
    _check_count(customer, on=on)
    holds.give(
        [customer.pk], kind=DunningHold.Kind.PROMISE, until=until, reason=reason, on=on, at=at,
        actor=actor,
    )  # fmt: skip
    return _write(standing, until, "promise.made", reason=reason, at=at, actor=actor)


@transaction.atomic
def withdraw(*, customer: Customer, reason: str, at: datetime, actor: Actor | None) -> Standing:
    """Take a promise back; without one nothing happens. Raises ReasonMissing."""
    reason = trail.required_reason(reason)
    trail.begin(actor=actor, at=at, reason=reason)
    standings.lock([customer.pk])
    standing = Standing.objects.get(customer=customer)
    if standing.promised_until is None:
        return standing
    holds.end([customer.pk], kind=DunningHold.Kind.PROMISE, at=at)
    return _write(standing, None, "promise.withdrawn", reason=reason, at=at, actor=actor)


def longest_days(customer: Customer, *, on: date) -> int:
    """Return how many days ahead this customer may promise."""
    return policies.in_force(on=on).of(customer.kind, customer.branch_id).promise_days


def given_this_year(customer: Customer, *, on: date) -> int:
    """Return how many promises the customer made in the calendar year of `on`."""
    return DunningHold.objects.filter(
        customer=customer, kind=DunningHold.Kind.PROMISE, given_on__year=on.year
    ).count()


def _check_count(customer: Customer, *, on: date) -> None:
    most = policies.in_force(on=on).of(customer.kind, customer.branch_id).promises_a_year
    if most is not None and given_this_year(customer, on=on) >= most:
        raise PromiseRefused(
            ngettext(
                "This customer has made the %(count)d promise a year that is allowed.",
                "This customer has made the %(count)d promises a year that are allowed.",
                most,
            )
            % {"count": most}
        )


@transaction.atomic
def never_suspend(
    *, customer: Customer, is_never: bool, reason: str, at: datetime, actor: Actor | None
) -> Customer:
    """Take a customer out of automatic suspension, or put it back. Raises ReasonMissing."""
    reason = trail.required_reason(reason)
    trail.begin(actor=actor, at=at, reason=reason)
    standings.lock([customer.pk])
    customer = Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    if customer.is_never_suspended == is_never:
        return customer
    customer.is_never_suspended = is_never
    customer.save(update_fields=["is_never_suspended"])
    events.record(
        at=at, actor=actor, target=customer, customer_id=customer.pk,
        action="customer.excluded_from_suspension" if is_never else "customer.may_be_suspended",
        branch_id=customer.branch_id, reason=reason,
        before={"is_never_suspended": not is_never}, after={"is_never_suspended": is_never},
    )  # fmt: skip
    return customer


def _write(
    standing: Standing,
    until: date | None,
    action: str,
    *,
    reason: str,
    at: datetime,
    actor: Actor | None,
) -> Standing:
    before, standing.promised_until = standing.promised_until, until
    standing.save(update_fields=["promised_until"])
    customer = standing.customer
    events.record(
        at=at, actor=actor, action=action, target=customer, customer_id=customer.pk,
        branch_id=customer.branch_id, reason=reason,
        before={"promised_until": before}, after={"promised_until": until},
    )  # fmt: skip
    return standing
