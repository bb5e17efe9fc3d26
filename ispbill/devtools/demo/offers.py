"""What the demo company sells beside the line: taxes, fees, add-ons, offers, two price changes."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from billing.changes.services import addons
from billing.invoices.queries import positions
from billing.pricing.models import PriceChange, Promotion
from billing.pricing.services import discounts, price_changes, promotions
from billing.pricing.services.discounts import Given
from billing.pricing.services.price_changes import Wanted
from billing.pricing.services.promotions import Offer
from customers.models import Addon, Fee, Package, Subscription
from customers.queries import catalogue as codes
from customers.services import catalogue, taxes
from customers.services.catalogue import AddonDetails, FeeDetails
from ispbill.core.acts import Act
from ispbill.devtools.demo.days import Calendar, moment
from ispbill.devtools.demo.ground import Ground

NOTICE_DAYS = 45  # changes are planned so long before their day
SHORTEST_MONTHS = 5  # a history shorter than this has no change in it
WITH_ADDON, WITH_OFFER = 8, 6  # services, of the first who are active


@dataclass(frozen=True)
class Shelf:
    """What there is to sell."""

    addons: list[Addon]
    promotions: list[Promotion]


def lay(base: Ground, *, since: date, at: datetime) -> Shelf:
    """Put the catalogue on the shelf, from the first day of the history on."""
    owner = base.owner
    reduced = taxes.create(
        code="VAT75",
        name="VAT 7.5 %",
        local_name="ভ্যাট ৭.৫ %",
        rate=Decimal("0.075"),
        effective_from=since,
        act=Act(owner, at),
    )
    taxes.create(
        code="ZERO",
        name="No VAT",
        local_name="ভ্যাট নেই",
        rate=Decimal(0),
        effective_from=since,
        act=Act(owner, at),
    )
    for code, name, local, net, account, tax in (
        (codes.INSTALLATION, "Installation", "সংযোগ স্থাপন", "500.00", 4100, None),
        (codes.ROUTER, "Router", "রাউটার", "1800.00", 4200, reduced.pk),
        (codes.RECONNECTION, "Reconnection", "পুনঃসংযোগ", "200.00", 4100, None),
    ):
        details = FeeDetails(code, name, Decimal(net), account, local, tax)
        catalogue.save_fee(fee=Fee(), details=details, act=Act(owner, at))
    sold = [
        catalogue.save_addon(
            addon=Addon(),
            act=Act(owner, at),
            details=AddonDetails(code, name, Decimal(price), kind, local, tax),
        )
        for code, name, local, price, kind, tax in (
            ("REAL-IP", "Real IP address", "রিয়েল আইপি", "300.00", Addon.Kind.STATIC_IP, None),
            ("OTT", "Streaming bundle", "স্ট্রিমিং বান্ডল", "150.00", Addon.Kind.OTT, reduced.pk),
            (
                "IPTV",
                "Television, 120 channels",
                "টিভি, ১২০ চ্যানেল",
                "120.00",
                Addon.Kind.IPTV,
                reduced.pk,
            ),
        )
    ]
    offers = [
        promotions.save(promotion=Promotion(), offer=offer, packages=[], act=Act(owner, at))
        for offer in (
            Offer(
                name="Welcome: three months 20 % off",
                local_name="স্বাগতম: তিন মাস ২০ % ছাড়",
                code="WELCOME20",
                rate=Decimal("0.20"),
                cycles=3,
                valid_from=since,
                is_for_new_only=True,
            ),
            Offer(
                name="Loyal customer",
                local_name="বিশ্বস্ত গ্রাহক",
                code="THANKS",
                amount=Decimal("100.00"),
                cycles=2,
                valid_from=since,
                max_grants=200,
                is_stackable=True,
            ),
        )
    ]
    return Shelf(sold, offers)


def change_in_the_past(base: Ground, calendar: Calendar) -> None:
    """Let the price of the wireless package rise in the middle of the history, for everybody."""
    months = (calendar.today.year - calendar.start.year) * 12
    months += calendar.today.month - calendar.start.month
    if months < SHORTEST_MONTHS:
        return
    middle = calendar.start + (calendar.today - calendar.start) / 2
    on = middle.replace(day=1) - timedelta(days=NOTICE_DAYS)
    if on < calendar.start:
        return
    wanted = Wanted(
        package=Package.objects.get(code="W15"),
        cycle="MONTHLY",
        effective_from=middle.replace(day=1),
        amount=Decimal("690.00"),
        includes_tax=False,
        scope=PriceChange.Scope.ALL,
        is_noticed=False,
    )
    _change(wanted, "tower rent has risen", on=on, at=moment(on, 12), base=base)


def change_to_come(base: Ground, *, today: date, now: datetime) -> None:
    """Plan a rise of the dearest package, some weeks ahead."""
    soon = today + timedelta(days=NOTICE_DAYS)
    first = (soon.replace(day=1) + timedelta(days=32)).replace(day=1)
    wanted = Wanted(
        package=Package.objects.get(code="B200"),
        cycle="MONTHLY",
        effective_from=first,
        amount=Decimal("15500.00"),
        includes_tax=False,
        scope=PriceChange.Scope.ALL,
    )
    _change(wanted, "upstream bandwidth has become dearer", on=today, at=now, base=base)


def sell(shelf: Shelf, base: Ground, *, today: date, now: datetime) -> None:
    """Give some services add-ons and discounts, from the first day not billed yet."""
    seller = base.staff["sales@demo.test"]
    active = Subscription.objects.filter(
        status=Subscription.Status.ACTIVE, schedule__billed_until__gt=today
    )
    services = list(
        active.select_related("customer", "package").order_by("pk")[: WITH_ADDON + WITH_OFFER]
    )
    for place, service in enumerate(services[:WITH_ADDON]):
        addons.attach(
            subscription=service,
            addon=shelf.addons[place % len(shelf.addons)],
            quantity=2 if place == 3 else 1,
            starts_on=positions.next_unbilled(service, on=today),
            act=Act(seller, now, on=today, reason="asked for at the counter"),
        )
    for place, service in enumerate(services[-WITH_OFFER:]):
        if place % 2 == 0:
            discounts.grant(
                subscription=service,
                promotion=shelf.promotions[1],
                act=Act(seller, now, on=today, reason="customer for many years"),
            )
        else:
            discounts.grant_own(
                subscription=service,
                given=Given("Neighbourhood", rate=Decimal("0.05")),
                act=Act(seller, now, on=today, reason="whole building has come to us"),
            )


def _change(wanted: Wanted, reason: str, *, on: date, at: datetime, base: Ground) -> None:
    actor = base.staff["billing@demo.test"]
    change = price_changes.draft(wanted=wanted, act=Act(actor, at, on=on, reason=reason))
    change = price_changes.confirm(change=change, act=Act(actor, at, on=on))
    price_changes.carry(change=change, at=at)  # what a job would do for many
