"""A partner's own prices: within the limits, used for new services, nobody else's."""

from datetime import UTC, date, datetime
from decimal import Decimal as D

import pytest
from django.urls import reverse

from customers.queries import prices
from ispbill.core import clock
from ispbill.core.acts import Act
from resellers.models import PriceLimit
from resellers.queries import price_list
from resellers.services import pricing
from resellers.services.pricing import NotPriced
from resellers.services.terms import OutsideLimits
from tests.factories.customers import CustomerFactory, PackageFactory, PackagePriceFactory
from tests.factories.resellers import ResellerFactory

pytestmark = pytest.mark.django_db
AT = datetime(2026, 1, 10, 4, 0, tzinfo=UTC)
ON = date(2026, 1, 10)


@pytest.fixture(autouse=True)
def _now(db):
    clock.set_simulated(AT)


@pytest.fixture
def package():
    return PackagePriceFactory().package  # 1,000.00 a month


def set_own(reseller, package, net):
    return pricing.set_own(
        reseller=reseller, package=package, net=D(net), act=Act(reseller.user, AT)
    )


def test_the_list_price_is_the_floor_and_a_quarter_above_it_the_ceiling(package):
    reseller = ResellerFactory()

    for net in ("999.99", "1250.01"):
        with pytest.raises(OutsideLimits) as refusal:
            set_own(reseller, package, net)
        assert "1,000.00" in str(refusal.value)
        assert "1,250.00" in str(refusal.value)
    for net in ("1000.00", "1250.00"):
        set_own(reseller, package, net)
        assert price_list.line_of(reseller, package, on=ON).price == D(net)


def test_who_buys_cheaper_may_sell_cheaper_and_the_agreed_limits_come_first(package):
    reseller = ResellerFactory()
    limit = PriceLimit.objects.create(reseller=reseller, package=package, buy_amount=D("800.00"))

    set_own(reseller, package, "800.00")
    limit.floor_amount = D("900.00")
    limit.save()

    assert price_list.line_of(reseller, package, on=ON).is_outside
    with pytest.raises(OutsideLimits):
        set_own(reseller, package, "899.99")


def test_a_new_service_of_an_own_customer_costs_the_own_price_and_of_another_the_list(package):
    reseller, other = ResellerFactory(), ResellerFactory()
    set_own(reseller, package, "1200.00")

    for whose, net in ((reseller.pk, "1200.00"), (other.pk, "1000.00"), (None, "1000.00")):
        customer = CustomerFactory(reseller_id=whose)
        found = prices.for_customer(customer=customer, package=package, cycle="MONTHLY", on=ON)
        assert found.net_amount == D(net)


def test_what_was_not_agreed_is_not_sold(package):
    reseller = ResellerFactory()
    PriceLimit.objects.create(reseller=reseller, package=PackageFactory())

    with pytest.raises(NotPriced):
        set_own(reseller, package, "1100.00")
    assert price_list.lines(reseller, on=ON) == []


def test_the_list_takes_as_many_questions_for_three_packages_as_for_one(
    package, django_assert_max_num_queries
):
    reseller = ResellerFactory()
    PackagePriceFactory.create_batch(2)

    with django_assert_max_num_queries(4):
        assert len(price_list.lines(reseller, on=ON)) == 3


def test_a_partner_sets_a_price_on_its_page_and_is_told_the_limits(client, package):
    reseller = ResellerFactory()
    client.force_login(reseller.user)
    address = reverse("reseller:price", args=[package.pk])

    refused = client.post(address, {"net": "2000"})
    taken = client.post(address, {"net": "1150"})

    assert refused.status_code == 422
    assert "1,250.00" in refused.content.decode()
    assert taken.status_code == 302
    assert "1,150.00" in client.get(reverse("reseller:prices")).content.decode()
