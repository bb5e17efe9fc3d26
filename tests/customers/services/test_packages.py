"""Packages and their prices from a day on."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from customers.models import OttApp, Package, PackagePrice
from customers.queries import packages as queries
from customers.queries import prices
from customers.services import packages
from customers.services.packages import Offer
from ispbill.audit.models import AuditEvent
from ispbill.core.acts import Act
from tests.factories.acts import acting
from tests.factories.customers import PackageFactory, SubscriptionFactory

pytestmark = pytest.mark.django_db

ON = date(2026, 1, 10)
OFFER = Offer(code="H30", name="Home 30", technology="FIBER", download_mbps=30, upload_mbps=30)


def price(package, at, **changes):
    return packages.set_price(
        **acting(
            {
                "package": package,
                "cycle": "MONTHLY",
                "effective_from": ON,
                "amount": Decimal("1000"),
                "includes_tax": False,
                "actor": None,
                "at": at,
                "on": ON,
                **changes,
            }
        )
    )


def test_a_package_is_created_with_its_extras_and_a_trail(at):
    app = OttApp.objects.create(name="Chorki")

    package = packages.create(offer=OFFER, ott_apps=(app,), act=Act(None, at))

    assert list(package.ott_apps.all()) == [app]
    assert AuditEvent.objects.get(action="package.created").after["ott_apps"] == ["Chorki"]


def test_a_code_belongs_to_one_package(at):
    packages.create(offer=OFFER, act=Act(None, at))

    with pytest.raises(packages.CodeTaken):
        packages.create(offer=OFFER, act=Act(None, at))
    with pytest.raises(packages.CodeTaken):
        packages.edit(package=PackageFactory(), offer=OFFER, act=Act(None, at))


def test_a_change_leaves_sold_services_as_they_are(at):
    package = packages.create(offer=OFFER, act=Act(None, at))
    service = SubscriptionFactory(package=package, download_mbps=30)

    packages.edit(
        package=package,
        offer=Offer("H30", "Home 30", "FIBER", download_mbps=60, upload_mbps=60),
        act=Act(None, at),
    )

    service.refresh_from_db()
    assert (Package.objects.get().download_mbps, service.download_mbps) == (60, 30)
    assert AuditEvent.objects.get(action="package.edited").before["download_mbps"] == 30


@pytest.mark.parametrize(
    ("amount", "includes_tax", "net", "gross"),
    [
        ("1000", False, "1000.00", "1150.00"),
        ("1150", True, "1000.00", "1150.00"),
        ("999.99", True, "869.56", "999.99"),
        ("0", False, "0.00", "0.00"),
    ],
)
def test_a_price_is_told_with_or_without_tax(at, amount, includes_tax, net, gross):
    row = price(PackageFactory(), at, amount=Decimal(amount), includes_tax=includes_tax)

    assert (row.net_amount, row.gross_amount) == (Decimal(net), Decimal(gross))


@pytest.mark.parametrize(
    "changes",
    [{"amount": Decimal("-1")}, {"effective_from": ON - timedelta(days=1)}, {"cycle": "WEEKLY"}],
)
def test_a_price_that_makes_no_sense_is_refused(at, changes):
    with pytest.raises(packages.PriceRefused):
        price(PackageFactory(), at, **changes)

    assert PackagePrice.objects.count() == 0


def test_the_price_of_a_day_is_the_last_one_set_before_it(at):
    package = PackageFactory()
    price(package, at)
    price(package, at, effective_from=date(2026, 3, 1), amount=Decimal("1200"))
    price(package, at, effective_from=date(2026, 3, 1), amount=Decimal("1300"))

    def on(day):
        found = prices.price_on(package=package, cycle="MONTHLY", on=day)
        return found.net_amount if found else None

    assert on(date(2026, 1, 9)) is None
    assert on(date(2026, 2, 28)) == Decimal("1000.00")
    assert on(date(2026, 3, 1)) == Decimal("1300.00")
    assert prices.price_on(package=package, cycle="ANNUAL", on=ON) is None
    assert prices.prices_on(on=ON)[(package.pk, "MONTHLY")].net_amount == Decimal("1000.00")


def test_an_archived_package_is_not_listed_and_can_come_back(at):
    package = PackageFactory()

    packages.archive(package=package, act=Act(None, at))
    packages.archive(package=package, act=Act(None, at))
    assert list(queries.sold()) == []
    packages.restore(package=package, act=Act(None, at))
    assert list(queries.sold()) == [package]
    assert AuditEvent.objects.filter(target_type="package").count() == 2
