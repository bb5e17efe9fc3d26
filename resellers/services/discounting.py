"""Discounts that partners give their customers, as far as the house lets them."""

from decimal import Decimal

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from billing.invoices.rules.periods import Cycle
from billing.pricing.models import Discount
from billing.pricing.queries import discounts as queries
from billing.pricing.services import discounts
from billing.pricing.services.discounts import Given
from customers.models import Subscription
from ispbill.accounts.models import User
from ispbill.audit.services import events, trail
from ispbill.core import formats
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from resellers.models import PriceLimit, Reseller

LONGEST_CYCLES = 12


class DiscountRefused(DomainError):
    """More than the house lets the partner give, below the buying price, or one runs already."""


@transaction.atomic
def give(
    *, reseller: Reseller, subscription: Subscription, rate: Decimal, cycles: int, act: Act[User]
) -> Discount:
    """Give a service of an own customer a share `rate` (a fraction) off for some billing periods.

    It begins with the first day not billed yet, and only staff end it early. Raises
    DiscountRefused, NotGrantable, ReasonMissing.
    """
    act = trail.begin_with_reason(act=act)
    reseller = Reseller.objects.select_for_update(no_key=True, of=("self",)).get(pk=reseller.pk)
    rows = Subscription.objects.select_related("customer")
    subscription = rows.get(pk=subscription.pk, customer__reseller_id=reseller.pk)
    _check(reseller, subscription, rate, cycles, act=act)
    with translation.override(subscription.customer.language):
        label = _("Discount")
    made = discounts.grant_own(
        subscription=subscription, given=Given(label=label, rate=rate, cycles=cycles), act=act
    )
    events.record(
        act=act,
        action="reseller.discount_given",
        target=reseller,
        customer_id=subscription.customer_id,
        after={"service": subscription.connection_id, "rate": str(rate), "cycles": cycles},
    )
    return made


def _check(
    reseller: Reseller, subscription: Subscription, rate: Decimal, cycles: int, *, act: Act
) -> None:
    if not reseller.is_active or not reseller.discount_limit:
        raise DiscountRefused(_("You give no discounts at present."))
    if not 0 < rate <= reseller.discount_limit:
        raise DiscountRefused(
            _("You may give %(percent)s %% at most.") % {"percent": percent(reseller)}
        )
    if not 1 <= cycles <= LONGEST_CYCLES:
        raise DiscountRefused(
            _("A discount lasts %(count)s periods at most.") % {"count": LONGEST_CYCLES}
        )
    if queries.of_service(subscription, on=act.on).discounts:
        raise DiscountRefused(_("This service has a discount already."))
    agreed = PriceLimit.objects.filter(reseller=reseller, package=subscription.package_id).first()
    if agreed is None or agreed.buy_amount is None:
        return
    least = agreed.buy_amount * Cycle(subscription.cycle.lower()).months
    if subscription.price_amount * (1 - rate) < least:
        raise DiscountRefused(
            _("That is below your buying price of %(amount)s.") % {"amount": formats.money(least)}
        )


def percent(reseller: Reseller) -> str:
    """Return how much a partner may give away, in percent."""
    return f"{(reseller.discount_limit * 100).normalize():f}"
