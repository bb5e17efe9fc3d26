"""What a customer sees of the own account: what is owed, and the services.

Everything here is read as the portal role: only columns it may read are asked for.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from billing.dunning.queries import ladder_place, remaining
from billing.dunning.queries.remaining import Remaining
from billing.invoices.models import Schedule
from billing.pricing.queries import discounts, outlook
from billing.pricing.queries.discounts import Extras
from customers.models import AccountState, Customer, Subscription
from ispbill.core.money import ZERO
from network.queries import lines
from network.queries.lines import LineWords


@dataclass(frozen=True)
class Owing:
    """What an account owes: positive is owed. Days are company dates."""

    balance: Decimal
    due_on: date | None
    days_left: int | None  # negative when the due date is past
    pauses_after: date | None  # the last day on line; none when nothing will be cut
    pauses_unless_paid: Decimal
    remaining: Remaining | None  # what a paused line waits for; none while the lines are on
    next_bill_on: date | None
    next_bill_amount: Decimal | None

    @property
    def is_owing(self) -> bool:
        return self.balance > 0

    @property
    def is_late(self) -> bool:
        return self.days_late > 0

    @property
    def days_late(self) -> int:
        return max(-self.days_left, 0) if self.days_left is not None else 0


@dataclass(frozen=True)
class Service:
    """A service with its line in words."""

    subscription: Subscription
    line: LineWords
    extras: Extras


def owing(customer: Customer, *, on: date, among: Iterable[Subscription] | None = None) -> Owing:
    """Return what the account owes on a day, and what comes next.

    `among` are the services with their schedules, when they are at hand.
    """
    account_state = getattr(customer, "account_state", None) or AccountState(customer=customer)
    due_on = account_state.oldest_due_date if account_state.balance_amount > 0 else None
    cut = ladder_place.decided(customer, on=on) if due_on is not None else None
    services = None if among is None else list(among)
    may_be_cut = services is None or any(one.status == one.Status.SUSPENDED for one in services)
    rest = None
    if cut is not None:
        rest = remaining.of(customer, on=on, decision=cut, may_be_cut=may_be_cut)
    pauses = None
    if rest is not None and rest.is_paused:
        cut = None
    if cut is not None and cut.suspends_on is not None and not customer.is_never_suspended:
        pauses = cut.suspends_on - timedelta(days=1)
    return Owing(
        balance=account_state.balance_amount,
        due_on=due_on,
        days_left=(due_on - on).days if due_on is not None else None,
        pauses_after=pauses if pauses is not None and pauses >= on else None,
        pauses_unless_paid=cut.amount if cut is not None else ZERO,
        remaining=rest if rest is not None and rest.is_paused else None,
        next_bill_on=account_state.next_billing_date,
        next_bill_amount=_next_bill(customer, account_state.next_billing_date, services),
    )


def services(customer: Customer, *, on: date) -> list[Service]:
    """Return the services that are not cancelled, each with its line in words and its extras."""
    found = _living(customer)
    accesses = {access.subscription_id: access for access in lines.of_portal_customer(customer.pk)}
    extras = discounts.of_services(found, on=on)
    return [
        Service(
            subscription=service,
            line=lines.line_words(accesses.get(service.pk)),
            extras=extras[service.pk],
        )
        for service in found
    ]


def _next_bill(
    customer: Customer, on: date | None, among: Iterable[Subscription] | None
) -> Decimal | None:
    """Return what the services that start a period on that day will cost, tax included."""
    if on is None:
        return None
    if among is None:
        among = _living(customer)
    bills = [
        outlook.next_bill(service, start=on).total.gross
        for service in among
        if service.status == Subscription.Status.ACTIVE
        and service.mode == Subscription.Mode.POSTPAID
        and _billed_until(service) == on
    ]
    return sum(bills, start=Decimal(0)) or None


def _living(customer: Customer) -> list[Subscription]:
    found = list(
        Subscription.objects.filter(customer=customer)
        .exclude(status=Subscription.Status.CANCELLED)
        .select_related("package", "schedule")
        .order_by("line_no")
    )
    for service in found:
        service.customer = customer
    return found


def _billed_until(service: Subscription) -> date | None:
    schedule: Schedule | None = getattr(service, "schedule", None)
    return None if schedule is None else schedule.billed_until
