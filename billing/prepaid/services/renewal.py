"""Renew a prepaid service from its customer's credit: the bill, the credit, the schedule, the line.

One service at a time, for payments, top-ups and people; the job that renews what is due by the
thousand is `prepaid_run`. Both price with the billing run's own statement, and both decide with
the customer's account locked, from the balance the books keep: what is not covered by credit is
never billed, so a renewal cannot make anybody owe.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _
from psycopg.types.range import DateRange

from billing.allocation.services import account_state, allocation
from billing.invoices.models import InvoiceLine, Schedule
from billing.invoices.rules.periods import Cycle, is_billing_date, last_billing_date
from billing.invoices.services import seller
from billing.ledger.services import account_states, ledger
from billing.prepaid.models import BridgedDays, RenewalChoice
from billing.prepaid.queries import prepaid as facts
from billing.prepaid.rules import prepaid as rules
from billing.prepaid.services import prepaid_notices
from billing.run.queries import plan
from billing.run.services import cycle_chunk
from customers.models import AccountState, Subscription, Suspension
from ispbill.audit.services import events, trail
from ispbill.core import clock, formats, statements
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from ispbill.core.models import Company
from network.services import access

REASON = "prepaid period paid from credit"
MOST_PERIODS = 24


class NotCovered(DomainError):
    """The credit does not pay the period. `missing` is what a payment would have to bring."""

    def __init__(self, missing: Decimal) -> None:
        self.missing = missing
        super().__init__(
            _("The credit does not cover this: %(amount)s is missing.")
            % {"amount": formats.money(missing)}
        )


class NotRenewable(DomainError):
    """The service is not prepaid, not in use, or switched off for another reason."""


@dataclass(frozen=True)
class Renewed:
    """What a renewal came to: `amount` with tax, and the day the time is over now."""

    subscription_id: int
    periods: int
    amount: Decimal
    expires_on: date
    was_closed: bool


@dataclass(frozen=True)
class Quote:
    """What renewing now would take. `missing` is zero when the credit covers it."""

    amount: Decimal
    credit: Decimal
    expires_on: date

    @property
    def missing(self) -> Decimal:
        return max(self.amount - self.credit, Decimal(0)) if self.amount else Decimal(0)


class _Looked(Exception):
    """Carries a quote out of the transaction that is undone with it."""

    def __init__(self, quote: Quote) -> None:
        self.quote = quote


@transaction.atomic
def renew(
    *,
    subscription: Subscription,
    act: Act,
    periods: int = 1,
    incoming: int | None = None,
    is_told: bool = True,
) -> Renewed:
    """Renew a service for so many periods from the credit, all of them or none.

    Before its expiry the time is added to what is left; a closed line is opened again. `incoming`
    is a payment being settled in this transaction. Raises NotCovered, NotRenewable.
    """
    trail.begin(act=act.because(REASON))
    account_states.lock([subscription.customer_id])
    plan.lock_changes([subscription.customer_id])
    done = _renew(subscription.pk, periods=periods, act=act, is_forced=False)
    brought = {incoming: ()} if incoming is not None else {}
    allocation.allocate([subscription.customer_id], at=act.at, incoming=brought)
    account_state.recompute([subscription.customer_id], incoming=incoming)
    events.record(
        act=act,
        action="subscription.renewed",
        target=subscription,
        after={
            "periods": done.periods,
            "amount": str(done.amount),
            "expires_on": done.expires_on.isoformat(),
            "was_closed": done.was_closed,
        },
    )
    if is_told:
        prepaid_notices.renewed([subscription.pk], at=act.at)
    return done


def quote(*, subscription: Subscription, at: datetime, periods: int = 1) -> Quote:
    """Return what `renew` would take now, by doing it and undoing it. Raises NotRenewable."""
    try:
        with transaction.atomic():
            trail.begin(act=Act(None, at, reason=REASON))
            account_states.lock([subscription.customer_id])
            have = _credit(subscription.customer_id)
            done = _renew(subscription.pk, periods=periods, act=Act(None, at), is_forced=True)
            raise _Looked(Quote(amount=done.amount, credit=have, expires_on=done.expires_on))
    except _Looked as looked:
        return looked.quote


@transaction.atomic
def renew_due(*, customer_id: int, act: Act, incoming: int | None = None) -> list[Renewed]:
    """Renew what is due of a customer and renews itself, as far as the credit goes.

    To be called with the customer's account locked, in the transaction that brought the credit.
    Services whose time was over first come first.
    """
    on, done = clock.local_date(act.at), []
    services = (
        facts.due_to_renew(on=on)
        .filter(customer=customer_id)
        .order_by("schedule__billed_until", "pk")
    )
    for service in list(services):
        try:
            with transaction.atomic():
                done.append(renew(subscription=service, act=act, incoming=incoming))
        except DomainError:
            continue
    return done


def _renew(subscription_id: int, *, periods: int, act: Act, is_forced: bool) -> Renewed:
    """Do it with the account locked. `is_forced` ignores the credit (a quote, undone after)."""
    if not 1 <= periods <= MOST_PERIODS:
        raise NotRenewable(
            _("Choose 1 to %(most)s periods.") % {"most": formats.number(MOST_PERIODS)}
        )
    on = clock.local_date(act.at)
    service = Subscription.objects.select_for_update(no_key=True).get(pk=subscription_id)
    was_closed = _reopen(service, act=Act(act.actor, act.at))
    lent = _go_on(service, on=on)
    ledger.open_chart()
    frozen, amount, made, ends = seller.current(), Decimal(0), 0, None
    while made < periods or (ends is not None and ends <= on):
        have = _credit(service.customer_id)
        if not facts.make_plan([service.pk], issued_on=on):
            raise NotRenewable(_("There is nothing to renew."))
        cost = facts.planned([service.pk])[service.pk]
        if cost.amount and cost.amount > have and not is_forced:
            raise NotCovered(cost.amount - have)
        if is_forced:
            Schedule.objects.filter(subscription=service).update(billed_until=cost.end)
        else:
            if lent.lent and not made:
                _take_off(service, on=on)
            cycle_chunk.write(run_id=None, seller_id=frozen.pk, issued_on=on, act=act)
        amount, made, ends = amount + cost.amount, made + 1, cost.end
    if lent.lent and not is_forced:
        _note_lent(service, lent.lent, act=Act(act.actor, act.at))
    if ends is None:
        raise NotRenewable(_("There is nothing to renew."))
    return Renewed(service.pk, made, amount, ends, was_closed)


def _credit(customer_id: int) -> Decimal:
    balance = AccountState.objects.values_list("balance_amount", flat=True).get(
        customer=customer_id
    )
    return -balance


def _reopen(service: Subscription, *, act: Act) -> bool:
    """Open a line that was closed because its time was over. Raises NotRenewable for others."""
    if service.mode != Subscription.Mode.PREPAID:
        raise NotRenewable(_("This service is not prepaid."))
    if service.status == Subscription.Status.ACTIVE:
        return False
    if service.status != Subscription.Status.SUSPENDED:
        raise NotRenewable(_("This service is not in use."))
    running = Suspension.objects.get(subscription=service, ended_at__isnull=True)
    if running.kind != Suspension.Kind.PREPAID:
        raise NotRenewable(_("This service is paused for another reason."))
    access.reactivate_many(subscription_ids=[service.pk], act=act.because(REASON))
    return True


def _go_on(service: Subscription, *, on: date) -> rules.Start:
    """Move the schedule to where the next period is reckoned from; return what was lent."""
    schedule = Schedule.objects.select_for_update(no_key=True).get(subscription=service)
    if schedule.billed_until is None:
        raise NotRenewable(_("This service is not in use."))
    rolls = Company.current().prepaid_start == Company.PrepaidStart.ROLLING
    if rolls:
        at_most = 27 * Cycle(service.cycle.lower()).months
    else:
        at_most = (on - last_billing_date(on, service.billing_day)).days
    start = rules.start_after(schedule.billed_until, on, off_days(service.pk), at_most=at_most)
    if start.reckoned_on != schedule.billed_until:
        schedule.billed_until = start.reckoned_on
        schedule.save(update_fields=["billed_until"])
    if rolls and not is_billing_date(start.reckoned_on, service.billing_day):
        service.billing_day = start.reckoned_on.day
        service.save(update_fields=["billing_day"])
    return start


def off_days(subscription_id: int) -> list[rules.Days]:
    """Return the ranges of days a service was switched off without being billed for them."""
    spans = (
        Suspension.objects.filter(
            subscription=subscription_id,
            is_billed=False,
            ended_at__isnull=False,
            span__isempty=False,
        )
        .order_by("started_at", "pk")
        .values_list("span", flat=True)
    )
    return [(span.lower, span.upper) for span in spans]


def _take_off(service: Subscription, *, on: date) -> None:
    """Let the planned period begin on the day of renewal: the lent days are its first ones.

    The price stays that of the whole stretch; the explanation says which days were lent.
    """
    statements.run(
        "UPDATE billing_plan SET start_on = %(on)s, explanation = explanation"
        " || jsonb_build_object('lent_days', %(on)s::date - start_on, 'start', %(on)s::date)"
        " WHERE subscription_id = %(service)s AND start_on < %(on)s AND end_on > %(on)s",
        {"on": on, "service": service.pk},
    )


def _note_lent(service: Subscription, lent: Sequence[rules.Days], *, act: Act) -> None:
    line = (
        InvoiceLine.objects.filter(subscription=service, span__startswith=act.on, is_live=True)
        .order_by("pk")
        .first()
    )
    BridgedDays.objects.bulk_create(
        BridgedDays(
            subscription=service,
            customer_id=service.customer_id,
            kind=BridgedDays.Kind.LENT,
            span=DateRange(*days),
            invoice_id=line.invoice_id if line else None,
            reason=REASON,
            at=act.at,
            by_id=act.actor.pk if act.actor is not None else None,
        )
        for days in lent
    )


def renews_itself(subscription: Subscription) -> bool:
    """Tell whether a service renews itself from credit."""
    choice = RenewalChoice.objects.filter(subscription=subscription).first()
    return choice is None or choice.is_on
