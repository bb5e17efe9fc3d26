"""Give a service a discount, by staff or by code, and end it. See docs/algorithms/discounts.md."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from psycopg.types.range import DateRange

from billing.invoices.queries import positions
from billing.invoices.rules.periods import Cycle
from billing.ledger.services import account_states
from billing.pricing.models import Discount, Promotion
from billing.pricing.rules.discount_spans import end_after
from customers.models import Subscription
from ispbill.audit.services import events, trail
from ispbill.core import amounts
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError

LONGEST_CYCLES = 120


class NotGrantable(DomainError):
    """The offer is over, not for this service, or has been granted as often as it may be."""


class NoSuchCode(DomainError):
    """No offer has this code."""


class AlreadyOver(DomainError):
    """The discount has ended."""


@dataclass(frozen=True)
class Given:
    """What is granted: a fraction, or an amount per month; for N periods, until a day, or open."""

    label: str
    rate: Decimal | None = None
    amount: Decimal | None = None
    is_stackable: bool = False
    cycles: int | None = None
    ends_on: date | None = None  # no day from here on is discounted


def of_promotion(promotion: Promotion, *, language: str = "en") -> Given:
    """Return what a promotion gives, called as the customer reads it."""
    local = promotion.local_name if language == "bn" else ""
    return Given(
        label=local or promotion.name,
        rate=promotion.rate,
        amount=promotion.amount,
        is_stackable=promotion.is_stackable,
        cycles=promotion.cycles,
        ends_on=promotion.ends_on,
    )


@transaction.atomic
def grant(*, subscription: Subscription, promotion: Promotion, act: Act) -> Discount:
    """Grant a promotion to a service, from its first day not billed yet.

    Raises NotGrantable, ReasonMissing.
    """
    act = trail.begin_with_reason(act=act)
    subscription = account_states.lock_service(subscription)
    # One grant at a time: whoever waits here counts the ones before it.
    promotion = Promotion.objects.select_for_update().get(pk=promotion.pk)
    refuse_unfit(promotion, subscription, on=act.on)
    given = of_promotion(promotion, language=subscription.customer.language)
    return _write(subscription, given, promotion, act=act)


@transaction.atomic
def redeem(*, subscription: Subscription, code: str, act: Act) -> Discount:
    """Grant the promotion with a code to a service. Raises NoSuchCode, NotGrantable."""
    code = code.strip()
    promotion = Promotion.objects.filter(code__iexact=code).first() if code else None
    if promotion is None or promotion.archived_at is not None:
        raise NoSuchCode(_("There is no offer with this code."))
    reason = f"redeemed with the code {promotion.code}"
    return grant(subscription=subscription, promotion=promotion, act=act.because(reason))


@transaction.atomic
def grant_own(*, subscription: Subscription, given: Given, act: Act) -> Discount:
    """Grant a service a discount of its own, from its first day not billed yet.

    Raises NotGrantable, ReasonMissing.
    """
    act = act.because(trail.required_reason(act.reason))
    amounts.check(given.amount)
    if given.rate is not None and not (given.rate.is_finite() and 0 < given.rate <= 1):
        raise NotGrantable(_("A discount is more than nothing and at most the whole price."))
    trail.begin(act=act)
    subscription = account_states.lock_service(subscription)
    _refuse_cancelled(subscription)
    return _write(subscription, given, None, act=act)


@transaction.atomic
def revoke(*, discount: Discount, act: Act) -> Discount | None:
    """End a discount at the next day not billed yet; one no bill has seen is taken away (None).

    Raises AlreadyOver, ReasonMissing.
    """
    act = trail.begin_with_reason(act=act)
    subscription = account_states.lock_service(discount.subscription)
    discount = Discount.objects.select_for_update().get(pk=discount.pk)
    end = positions.next_unbilled(subscription, on=act.on)
    if discount.span.upper is not None and discount.span.upper <= end:
        raise AlreadyOver(_("No day still to be billed has this discount."))
    until = positions.billed_until(subscription)
    kept: Discount | None = discount
    if discount.span.lower >= end or until is None or until <= discount.span.lower:
        Discount.objects.filter(pk=discount.pk).delete()
        kept = None
    else:
        discount.span = DateRange(discount.span.lower, end)
        discount.save(update_fields=["span"])
    _record(discount, "discount.revoked", subscription, act=act, after={"ends": end})
    return kept


@transaction.atomic
def begin(*, subscription: Subscription, on: date, act: Act) -> None:
    """Count a waiting service's discounts from its first day, the company date `on`.

    To be called before the service is activated. Twice is once: an active service's stay.
    """
    trail.begin(act=act.because(""))
    subscription = account_states.lock_service(subscription)
    if subscription.status != Subscription.Status.PENDING:
        return
    for discount in Discount.objects.filter(subscription=subscription).select_related(
        "promotion", "subscription"
    ):
        promotion = discount.promotion
        given = of_promotion(promotion) if promotion is not None else _as_granted(discount)
        if given.ends_on is not None and given.ends_on <= on:
            Discount.objects.filter(pk=discount.pk).delete()  # it ended while the service waited
            continue
        discount.span = span_of(given, subscription, start=on)
        discount.save(update_fields=["span"])


def refuse_unfit(promotion: Promotion, subscription: Subscription, *, on: date) -> None:
    """Raise NotGrantable, saying why, when a promotion cannot be granted to a service today."""
    _refuse_cancelled(subscription)
    if promotion.archived_at is not None or promotion.valid_from > on:
        raise NotGrantable(_("This offer does not run today."))
    if promotion.valid_until is not None and promotion.valid_until < on:
        raise NotGrantable(_("This offer is over."))
    allowed = set(promotion.packages.values_list("pk", flat=True))
    if allowed and subscription.package_id not in allowed:
        raise NotGrantable(
            _("This offer is not for %(package)s.") % {"package": subscription.package.name}
        )
    services = Subscription.objects.filter(customer_id=subscription.customer_id)
    if promotion.is_for_new_only and services.filter(activated_on__isnull=False).exists():
        raise NotGrantable(_("This offer is for new customers."))
    if Discount.objects.filter(subscription=subscription, promotion=promotion).exists():
        raise NotGrantable(_("This service has had this offer already."))
    most = promotion.max_grants
    if most is not None and Discount.objects.filter(promotion=promotion).count() >= most:
        raise NotGrantable(_("This offer has been taken as often as it was available."))


def span_of(given: Given, subscription: Subscription, *, start: date) -> DateRange:
    """Return the days a discount lasts when it starts on a day. Raises NotGrantable for none."""
    end = given.ends_on
    if given.cycles is not None:
        after = end_after(
            start=start,
            billing_day=subscription.billing_day,
            cycles=given.cycles,
            cycle=Cycle(subscription.cycle.lower()),
        )
        end = after if end is None else min(end, after)
    if end is not None and end <= start:
        raise NotGrantable(_("No day still to be billed would be discounted."))
    return DateRange(start, end)


def _as_granted(discount: Discount) -> Given:
    """Return what an own discount gives: how many periods it was to last, or until which day."""
    subscription, span = discount.subscription, discount.span
    given = Given(discount.label, discount.rate, discount.amount, discount.is_stackable)
    if span.upper is None:
        return given
    for cycles in range(1, LONGEST_CYCLES + 1):
        counted = replace(given, cycles=cycles)
        if span_of(counted, subscription, start=span.lower).upper == span.upper:
            return counted
    return replace(given, ends_on=span.upper)


def _write(
    subscription: Subscription, given: Given, promotion: Promotion | None, *, act: Act
) -> Discount:
    start = positions.next_unbilled(subscription, on=act.on)
    try:
        with transaction.atomic():
            discount = Discount.objects.create(
                subscription=subscription,
                customer_id=subscription.customer_id,
                promotion=promotion,
                label=given.label[:80],
                rate=given.rate,
                amount=given.amount,
                is_stackable=given.is_stackable,
                span=span_of(given, subscription, start=start),
                reason=act.reason,
                granted_by_id=act.actor.pk if act.actor is not None else None,
                granted_at=act.at,
            )
    except IntegrityError as error:
        if "promotion" in str(error):
            raise NotGrantable(
                _("This offer has been taken as often as it was available.")
            ) from error
        raise
    _record(
        discount,
        "discount.granted",
        subscription,
        act=act,
        after={
            "label": given.label,
            "rate": given.rate,
            "amount": given.amount,
            "from": discount.span.lower,
            "until": discount.span.upper,
        },
    )
    return discount


def _refuse_cancelled(subscription: Subscription) -> None:
    if subscription.status == Subscription.Status.CANCELLED:
        raise NotGrantable(_("This service is cancelled."))


def _record(
    discount: Discount,
    action: str,
    subscription: Subscription,
    *,
    act: Act,
    after: dict[str, object],
) -> None:
    events.record(
        act=act,
        action=action,
        target=discount,
        label=f"{discount.label} ({subscription.connection_id})",
        customer_id=subscription.customer_id,
        branch_id=subscription.customer.branch_id,
        after=after,
    )
