"""A partner's wallet at work: own prices, renewals from it (one is too dear), a top-up online."""

from datetime import timedelta
from decimal import Decimal

from billing.changes.services import service_states
from customers.models import Customer, Package, Subscription
from customers.services import subscriptions
from ispbill.accounts.models import User
from ispbill.core.acts import Act
from ispbill.core.models import Company
from payments.online.queries import online
from resellers.models import Checkout, Reseller
from resellers.services import notices, pricing, renewing, terms

SOLD = ("H20", "B50", "F40")  # what the wallet is asked for: the second is too much for it


def sell(customers: list[Customer], *, act: Act) -> list[Subscription]:
    """Give some customers a prepaid service whose time is over today."""
    made = []
    for customer, code in zip(customers, SOLD, strict=False):
        service = subscriptions.add(
            customer=customer,
            package=Package.objects.get(code=code),
            act=act,
            mode=Subscription.Mode.PREPAID,
            billing_day=act.on.day,
        )
        service_states.activate(subscription=service, on=act.on, act=act)
        made.append(service)
    return made


def renew(services: list[Subscription], partner: Reseller, *, act: Act[User]) -> None:
    """Let the wallet renew them: one is skipped, and the partner is told."""
    for service in services:
        service = Subscription.objects.select_related("customer").get(pk=service.pk)
        renewing.choose(subscription=service, reseller=partner, is_on=True, act=act)
    renewing.renew_of(partner.pk, act=Act(None, act.at))
    notices.low(at=act.at)


def price(partner: Reseller, *, act: Act[User]) -> None:
    """Agree on what two packages cost the partner, and let it set a price of its own."""
    packages = {one.code: one for one in Package.objects.filter(code__in=SOLD)}
    for code, buy in (("H20", "560.00"), ("F40", "800.00"), ("B50", None)):
        terms.price(
            reseller=partner,
            package=packages[code],
            buy=Decimal(buy) if buy else None,
            floor=None,
            ceiling=None,
            act=act,
        )
    partner_act = Act(partner.user, act.at) if partner.user else act
    pricing.set_own(
        reseller=partner, package=packages["H20"], net=Decimal("750.00"), act=partner_act
    )


def held(partner: Reseller, *, act: Act[User]) -> None:
    """A top-up that the gateway took in another amount than asked: a person decides."""
    account = next(iter(online.accounts()), None)
    if account is None:
        return
    Checkout.objects.create(
        order="PDEMOHELDTOPUP0001",
        account=account,
        reseller=partner,
        amount=Decimal("1000.00"),
        currency=Company.current().currency,
        state=Checkout.State.HELD,
        key="demo-checkout",
        session_key="demo",
        started_by=act.actor,
        started_at=act.at,
        expires_at=act.at + timedelta(days=1),
        gateway_reference="VAL-881201",
        paid_amount=Decimal("100.00"),
        words=f"{Company.current().currency} 100.00",
    )
