"""What people decide about a prepaid service: days as a present, renewing itself, its kind."""

from datetime import timedelta
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _
from psycopg.types.range import DateRange

from billing.approvals.models import Approval
from billing.approvals.services import approvals
from billing.approvals.services.approvals import Correction, Outcome, Payload
from billing.invoices.models import Schedule
from billing.invoices.rules.periods import Cycle
from billing.ledger.services import account_states
from billing.prepaid.models import BridgedDays, RenewalChoice
from billing.prepaid.rules import prepaid as rules
from billing.prepaid.services import prepaid_notices, renewal
from customers.models import Subscription, Suspension
from ispbill.accounts.models import User
from ispbill.audit.services import events, trail
from ispbill.core import clock
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from ispbill.core.models import Company
from ispbill.core.money import round_money, times
from network.services import access

Mode = Subscription.Mode
Status = Subscription.Status
MOST_DAYS = 366


class NotPrepaid(DomainError):
    """The service is not prepaid, or not in use."""


class NotSwitchable(DomainError):
    """The service cannot change between prepaid and billed in advance as it stands."""


@transaction.atomic
def give_days(*, subscription: Subscription, days: int, act: Act[User]) -> Outcome:
    """Prolong a prepaid service by days nobody pays; above the company's limit, ask for approval.

    Raises ReasonMissing, NotPrepaid, AlreadyRequested.
    """
    act = trail.begin_with_reason(act=act)
    account_states.lock([subscription.customer_id])
    subscription = _prepaid(subscription)
    if not 1 <= days <= MOST_DAYS:
        raise NotPrepaid(_("Give 1 to %(most)d days.") % {"most": MOST_DAYS})
    if days <= Company.current().prepaid_gift_days:
        return Outcome(document=_give(subscription, days, act=act))
    approval = approvals.request(
        kind=Approval.Kind.DAYS,
        customer=subscription.customer,
        amount=_worth(subscription, days),
        payload={"service": subscription.pk, "days": days},
        reason=act.reason,
        at=act.at,
        requested_by=act.actor,
    )
    return Outcome(approval=approval)


def register() -> None:
    """Tell approvals what giving days does."""
    approvals.register(Approval.Kind.DAYS, Correction("prepaid_gift_days", _perform, _facts))


@transaction.atomic
def choose_renewal(*, subscription: Subscription, is_on: bool, act: Act) -> None:
    """Let a service renew itself from credit, or only when somebody says so."""
    trail.begin(act=act.because(""))
    account_states.lock([subscription.customer_id])
    subscription = _prepaid(subscription)
    was = renewal.renews_itself(subscription)
    if was == is_on:
        return
    RenewalChoice.objects.update_or_create(
        subscription=subscription,
        defaults={"customer_id": subscription.customer_id, "is_on": is_on, "changed_at": act.at},
    )
    events.record(
        act=act,
        action="prepaid.renewal_chosen",
        target=subscription,
        before={"renews_itself": was},
        after={"renews_itself": is_on},
    )


@transaction.atomic
def switch_mode(*, subscription: Subscription, mode: str, act: Act) -> Subscription:
    """Make a service prepaid, or billed in advance, from the first day that is not billed yet.

    What is billed stays as it is, so the change always falls on the boundary of two periods.
    Twice is once. Raises NotSwitchable, ReasonMissing.
    """
    act = trail.begin_with_reason(act=act)
    account_states.lock([subscription.customer_id])
    subscription = Subscription.objects.select_for_update(no_key=True).get(pk=subscription.pk)
    if subscription.mode == mode:
        return subscription
    if subscription.status not in (Status.PENDING, Status.ACTIVE):
        raise NotSwitchable(_("Only a service that is pending or active can change its kind."))
    if subscription.status == Status.ACTIVE:
        schedule = Schedule.objects.select_for_update(no_key=True).get(subscription=subscription)
        today = clock.local_date(act.at)
        if schedule.billed_until is None or schedule.billed_until < today:
            raise NotSwitchable(_("Days of this service are not billed yet: bill them first."))
    was, subscription.mode = subscription.mode, Mode(mode)
    subscription.save(update_fields=["mode"])
    events.record(
        act=act,
        action="subscription.mode_switched",
        target=subscription,
        before={"mode": was},
        after={"mode": mode},
    )
    return subscription


def _perform(payload: Payload, *, act: Act[User]) -> BridgedDays:
    subscription = _prepaid(Subscription.objects.get(pk=payload["service"]))
    return _give(subscription, payload["days"], act=act)


def _facts(payload: Payload) -> str:
    """What a gift is decided on: until when the service is paid, and that it is prepaid."""
    schedule = Schedule.objects.select_related("subscription").get(pk=payload["service"])
    return f"{schedule.billed_until} {schedule.subscription.mode}"


def _worth(subscription: Subscription, days: int) -> Decimal:
    """Return about what the days would cost, for people to judge: a thirtieth of a month each."""
    months = Cycle(subscription.cycle.lower()).months
    amount = times(subscription.price_amount, Decimal(days) / (30 * months))
    return max(round_money(amount), Decimal("0.01"))


def _give(subscription: Subscription, days: int, *, act: Act[User]) -> BridgedDays:
    on = clock.local_date(act.at)
    if subscription.status == Status.SUSPENDED:
        access.reactivate_many(
            subscription_ids=[subscription.pk], act=Act(act.actor, act.at, reason=act.reason)
        )
    schedule = Schedule.objects.select_for_update(no_key=True).get(subscription=subscription)
    if schedule.billed_until is None:
        raise NotPrepaid(_("This service is not in use."))
    begins = max(schedule.billed_until, on)
    ends = begins + timedelta(days=days)
    lent = rules.days_in_use(schedule.billed_until, on, renewal.off_days(subscription.pk))
    given = BridgedDays.objects.bulk_create(
        BridgedDays(
            subscription=subscription,
            customer_id=subscription.customer_id,
            kind=BridgedDays.Kind.GIVEN,
            span=DateRange(*stretch),
            reason=act.reason,
            at=act.at,
            by=act.actor,
        )
        for stretch in [*lent, (begins, ends)]
    )
    schedule.billed_until = ends
    schedule.save(update_fields=["billed_until"])
    account_states.refresh([subscription.customer_id])
    events.record(
        act=act,
        action="prepaid.days_given",
        target=subscription,
        after={"days": days, "expires_on": ends.isoformat()},
    )
    prepaid_notices.renewed([subscription.pk], at=act.at)
    return given[-1]


def _prepaid(subscription: Subscription) -> Subscription:
    subscription = Subscription.objects.select_for_update(no_key=True).get(pk=subscription.pk)
    if subscription.mode != Mode.PREPAID:
        raise NotPrepaid(_("This service is not prepaid."))
    if subscription.status == Status.SUSPENDED:
        running = Suspension.objects.get(subscription=subscription, ended_at__isnull=True)
        if running.kind != Suspension.Kind.PREPAID:
            raise NotPrepaid(_("This service is paused for another reason."))
    elif subscription.status != Status.ACTIVE:
        raise NotPrepaid(_("This service is not in use."))
    return subscription
