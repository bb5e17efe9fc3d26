"""Words given about money owed: a promise to pay, and who is never cut off."""

from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from billing.dunning.models import DunningHold
from billing.dunning.queries import policies
from billing.dunning.services import holds
from billing.ledger.services import account_states
from customers.models import AccountState, Customer
from ispbill.audit.services import events, trail
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError


class PromiseRefused(DomainError):
    """The day is not one a promise may run to, nothing is owed, or there were too many."""


@transaction.atomic
def promise(*, customer: Customer, until: date, act: Act) -> AccountState:
    """Note that the customer will pay by `until`: no cut for non-payment before it is over.

    `until` lies between the company date `on` and the policy's longest promise (30 days); the
    policy may limit how many are given in a calendar year. Raises PromiseRefused, ReasonMissing.
    """
    act = act.because(trail.required_reason(act.reason))
    longest = longest_days(customer, on=act.on)
    if until < act.on:
        raise PromiseRefused(_("A promise runs to today or a later day."))
    if until > act.on + timedelta(days=longest):
        raise PromiseRefused(_("A promise runs at most %(days)d days ahead.") % {"days": longest})
    trail.begin(act=act)
    account_states.lock([customer.pk])
    account_state = AccountState.objects.get(customer=customer)
    if account_state.balance_amount <= 0:
        raise PromiseRefused(_("This customer owes nothing."))
    _check_count(customer, on=act.on)
    holds.give([customer.pk], kind=DunningHold.Kind.PROMISE, until=until, act=act)
    return _write(account_state, until, "promise.made", act=act)


@transaction.atomic
def withdraw(*, customer: Customer, act: Act) -> AccountState:
    """Take a promise back; without one nothing happens. Raises ReasonMissing."""
    act = trail.begin_with_reason(act=act)
    account_states.lock([customer.pk])
    account_state = AccountState.objects.get(customer=customer)
    if account_state.promised_until is None:
        return account_state
    holds.end([customer.pk], kind=DunningHold.Kind.PROMISE, at=act.at)
    return _write(account_state, None, "promise.withdrawn", act=act)


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
def never_suspend(*, customer: Customer, is_never: bool, act: Act) -> Customer:
    """Take a customer out of automatic suspension, or put it back. Raises ReasonMissing."""
    act = trail.begin_with_reason(act=act)
    account_states.lock([customer.pk])
    customer = Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    if customer.is_never_suspended == is_never:
        return customer
    customer.is_never_suspended = is_never
    customer.save(update_fields=["is_never_suspended"])
    events.record(
        act=act,
        target=customer,
        customer_id=customer.pk,
        action="customer.excluded_from_suspension" if is_never else "customer.may_be_suspended",
        before={"is_never_suspended": not is_never},
        after={"is_never_suspended": is_never},
    )
    return customer


def _write(
    account_state: AccountState, until: date | None, action: str, *, act: Act
) -> AccountState:
    before, account_state.promised_until = account_state.promised_until, until
    account_state.save(update_fields=["promised_until"])
    customer = account_state.customer
    events.record(
        act=act,
        action=action,
        target=customer,
        customer_id=customer.pk,
        before={"promised_until": before},
        after={"promised_until": until},
    )
    return account_state
