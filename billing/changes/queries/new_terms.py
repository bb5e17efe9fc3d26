"""Another billing day or cycle: what the next bills would be. Reads only."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from billing.invoices.queries import positions
from billing.invoices.rules.periods import Cycle
from billing.pricing.models import PackageChange
from billing.pricing.queries import outlook, service_terms
from billing.pricing.queries.outlook import Outlook
from billing.pricing.queries.service_terms import Price
from customers.models import Subscription
from ispbill.core.errors import DomainError

_SHOWN = 3


class NotMovable(DomainError):
    """This service cannot be billed on another day or in another cycle now."""


@dataclass(frozen=True)
class NewTerms:
    """The bills that follow, and the price of a period; days until `starts` stay as billed."""

    starts: date
    cycle: str
    billing_day: int
    price: Price
    before: list[Outlook]
    after: list[Outlook]

    @property
    def fingerprint(self) -> str:
        """Everything the preview promises, in a line."""
        bills = [f"{one.start}/{one.end}/{one.total.gross}" for one in self.after]
        return f"{self.cycle}|{self.billing_day}|{self.price.amount}|{';'.join(bills)}"


def preview(subscription: Subscription, *, cycle: str, billing_day: int, today: date) -> NewTerms:
    """Return the bills of a service under other terms, from its next period on.

    The first of them may be a stub up to the new billing day, priced as any other stub, so every
    day is billed once. Needs the subscription's customer and package. Raises NotMovable.
    """
    starts = positions.billed_until(subscription)
    _refuse_unfit(subscription, starts)
    if starts is None:
        raise NotMovable(_("This service has not been billed yet."))
    price = service_terms.own_price(subscription)
    if cycle != subscription.cycle:
        found = service_terms.list_price(
            customer=subscription.customer,
            package=subscription.package,
            cycle=Cycle(cycle.lower()),
            on=max(starts, today),
        )
        if found is None:
            raise NotMovable(
                _("%(package)s has no price for this billing cycle.")
                % {"package": subscription.package.name}
            )
        price = found
    likeness = service_terms.as_if(subscription, subscription.package, price)
    likeness.cycle, likeness.billing_day = cycle, billing_day
    return NewTerms(
        starts, cycle, billing_day, price, _bills(subscription, starts), _bills(likeness, starts)
    )


def _bills(subscription: Subscription, start: date) -> list[Outlook]:
    found = []
    for _number in range(_SHOWN):
        found.append(outlook.next_bill(subscription, start=start))
        start = found[-1].end
    return found


def _refuse_unfit(subscription: Subscription, starts: date | None) -> None:
    if subscription.status == subscription.Status.CANCELLED:
        raise NotMovable(_("This service has been cancelled."))
    if subscription.status == subscription.Status.PENDING:
        raise NotMovable(_("This service is not in use yet; edit it instead."))
    if subscription.mode != subscription.Mode.POSTPAID:
        raise NotMovable(_("A prepaid service renews from its own expiry, not on a billing day."))
    waiting = PackageChange.objects.filter(subscription=subscription, status__in=PackageChange.OPEN)
    if waiting.exists():
        raise NotMovable(_("A change of this service's package is waiting. Decide on it first."))
