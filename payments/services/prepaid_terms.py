"""What people decide about a prepaid service: days as a present, renewing itself, its kind."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _
from psycopg.types.range import DateRange

from billing.models import Schedule
from billing.services import standings
from customers.models import Subscription, Suspension
from ispbill.accounts.models import User
from ispbill.audit.services import events, trail
from ispbill.core import clock
from ispbill.core.actors import Actor
from ispbill.core.errors import DomainError, Stale
from ispbill.core.models import Company
from network.services import access
from payments.models import BridgedDays, Gift, RenewalChoice
from payments.rules import prepaid as rules
from payments.services import prepaid_notices, renewal

Mode = Subscription.Mode
Status = Subscription.Status


class NotPrepaid(DomainError):
    """The service is not prepaid, or not in use."""


class NotSwitchable(DomainError):
    """The service cannot change between prepaid and billed in advance as it stands."""


class OwnConsent(DomainError):
    """Who asked for something cannot consent to it."""


@transaction.atomic
def give_days(
    *, subscription: Subscription, days: int, reason: str, at: datetime, actor: User
) -> Gift:
    """Prolong a prepaid service by days nobody pays; above the company's limit, ask for consent.

    Raises ReasonMissing, NotPrepaid, Stale (another gift is waiting).
    """
    reason = trail.required_reason(reason)
    trail.begin(actor=actor, at=at, reason=reason)
    standings.lock([subscription.customer_id])
    subscription = _prepaid(subscription)
    if Gift.objects.filter(subscription=subscription, status=Gift.Status.WAITING).exists():
        raise Stale(_("Days for this service are already waiting for consent."))
    needs_consent = days > Company.current().prepaid_gift_days
    gift = Gift.objects.create(
        subscription=subscription,
        customer_id=subscription.customer_id,
        days=days,
        reason=reason,
        asked_at=at,
        asked_by=actor,
        needs_consent=needs_consent,
    )
    if needs_consent:
        _record("prepaid.days_asked", subscription, gift, at=at, actor=actor)
        return gift
    return _give(gift, subscription, at=at, actor=actor)


@transaction.atomic
def decide(*, gift: Gift, is_given: bool, at: datetime, actor: User) -> Gift:
    """Consent to a gift or refuse it. Raises OwnConsent, Stale (decided already)."""
    trail.begin(actor=actor, at=at, reason=gift.reason)
    standings.lock([gift.customer_id])
    gift = Gift.objects.select_for_update().get(pk=gift.pk)
    if gift.status != Gift.Status.WAITING:
        raise Stale(_("This has already been decided."))
    if gift.asked_by_id == actor.pk:
        raise OwnConsent(_("Somebody else has to consent to this."))
    subscription = _prepaid(gift.subscription)
    if is_given:
        return _give(gift, subscription, at=at, actor=actor)
    gift.status, gift.decided_at, gift.decided_by = Gift.Status.REFUSED, at, actor
    gift.save(update_fields=["status", "decided_at", "decided_by"])
    _record("prepaid.days_refused", subscription, gift, at=at, actor=actor)
    return gift


@transaction.atomic
def choose_renewal(
    *, subscription: Subscription, is_on: bool, at: datetime, actor: Actor | None
) -> None:
    """Let a service renew itself from credit, or only when somebody says so."""
    trail.begin(actor=actor, at=at)
    standings.lock([subscription.customer_id])
    subscription = _prepaid(subscription)
    was = renewal.renews_itself(subscription)
    if was == is_on:
        return
    RenewalChoice.objects.update_or_create(
        subscription=subscription,
        defaults={"customer_id": subscription.customer_id, "is_on": is_on, "changed_at": at},
    )
    events.record(
        at=at, actor=actor, action="prepaid.renewal_chosen", target=subscription,
        label=subscription.connection_id, customer_id=subscription.customer_id,
        before={"renews_itself": was}, after={"renews_itself": is_on},
    )  # fmt: skip


@transaction.atomic
def switch_mode(
    *, subscription: Subscription, mode: str, reason: str, at: datetime, actor: Actor | None
) -> Subscription:
    """Make a service prepaid, or billed in advance, from the first day that is not billed yet.

    What is billed stays as it is, so the change always falls on the boundary of two periods.
    Twice is once. Raises NotSwitchable, ReasonMissing.
    """
    reason = trail.required_reason(reason)
    trail.begin(actor=actor, at=at, reason=reason)
    standings.lock([subscription.customer_id])
    subscription = Subscription.objects.select_for_update(no_key=True).get(pk=subscription.pk)
    if subscription.mode == mode:
        return subscription
    if subscription.status not in (Status.PENDING, Status.ACTIVE):
        raise NotSwitchable(_("Only a service that is pending or active can change its kind."))
    if subscription.status == Status.ACTIVE:
        schedule = Schedule.objects.select_for_update(no_key=True).get(subscription=subscription)
        today = clock.local_date(at)
        if schedule.billed_until is None or schedule.billed_until < today:
            raise NotSwitchable(_("Days of this service are not billed yet: bill them first."))
    was, subscription.mode = subscription.mode, Mode(mode)
    subscription.save(update_fields=["mode"])
    events.record(
        at=at, actor=actor, action="subscription.mode_switched", target=subscription,
        label=subscription.connection_id, customer_id=subscription.customer_id, reason=reason,
        before={"mode": was}, after={"mode": mode},
    )  # fmt: skip
    return subscription


def _give(gift: Gift, subscription: Subscription, *, at: datetime, actor: User) -> Gift:
    on = clock.local_date(at)
    if subscription.status == Status.SUSPENDED:
        access.reactivate_many(
            subscription_ids=[subscription.pk], reason=gift.reason, actor=actor, at=at, on=on
        )
    schedule = Schedule.objects.select_for_update(no_key=True).get(subscription=subscription)
    if schedule.billed_until is None:
        raise NotPrepaid(_("This service is not in use."))
    begins = max(schedule.billed_until, on)
    ends = begins + timedelta(days=gift.days)
    lent = rules.days_in_use(schedule.billed_until, on, renewal.off_days(subscription.pk))
    BridgedDays.objects.bulk_create(
        BridgedDays(
            subscription=subscription, customer_id=subscription.customer_id,
            kind=BridgedDays.Kind.GIVEN, span=DateRange(*days), reason=gift.reason, at=at,
            by=actor,
        )
        for days in [*lent, (begins, ends)]
    )  # fmt: skip
    schedule.billed_until = ends
    schedule.save(update_fields=["billed_until"])
    standings.refresh([subscription.customer_id])
    gift.status, gift.decided_at, gift.decided_by = Gift.Status.GIVEN, at, actor
    gift.save(update_fields=["status", "decided_at", "decided_by"])
    _record("prepaid.days_given", subscription, gift, at=at, actor=actor)
    prepaid_notices.renewed([subscription.pk], at=at)
    return gift


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


def _record(
    action: str, subscription: Subscription, gift: Gift, *, at: datetime, actor: Actor | None
) -> None:
    events.record(
        at=at, actor=actor, action=action, target=subscription, label=subscription.connection_id,
        customer_id=subscription.customer_id, reason=gift.reason, after={"days": gift.days},
    )  # fmt: skip
