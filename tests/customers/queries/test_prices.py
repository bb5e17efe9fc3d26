"""Which price list decides: the reseller's, else the branch's, else the general one."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.models import Customer
from customers.queries import prices
from customers.services import subscriptions
from ispbill.core.acts import Act
from resellers.models import Reseller
from tests.factories.accounts import BranchFactory, UserFactory
from tests.factories.customers import CustomerFactory, PackageFactory, PackagePriceFactory

pytestmark = pytest.mark.django_db

ON = date(2026, 1, 10)


def a_reseller(branch, name="Sub-dealer"):
    return Reseller.objects.create(
        user=UserFactory(role="RESELLER"),
        name=name,
        phone="+8801911000001",
        branch=branch,
        commission_rate=Decimal("0.1"),
    )


def a_price(package, net, **values):
    net = Decimal(net)
    return PackagePriceFactory(
        package=package, net_amount=net, gross_amount=net * Decimal("1.15"), **values
    )


def net(package, **who):
    found = prices.price_on(package=package, cycle="MONTHLY", on=ON, **who)
    return found.net_amount if found else None


def test_the_most_specific_list_with_a_price_in_force_decides():
    package, branch = PackageFactory(), BranchFactory()
    reseller = a_reseller(branch)
    a_price(package, 1000)
    a_price(package, 900, branch=branch)
    a_price(package, 800, reseller=reseller, effective_from=ON)
    who = {"branch_id": branch.pk, "reseller_id": reseller.pk}

    assert net(package) == 1000
    assert net(package, branch_id=branch.pk) == 900
    assert net(package, **who) == 800
    assert net(package, branch_id=BranchFactory().pk) == 1000


def test_a_list_decides_only_for_what_it_prices_and_from_its_day():
    priced, other, branch = PackageFactory(), PackageFactory(), BranchFactory()
    reseller = a_reseller(branch)
    a_price(priced, 1000)
    a_price(other, 2000)
    a_price(priced, 700, reseller=reseller, effective_from=date(2026, 1, 11))
    who = {"branch_id": branch.pk, "reseller_id": reseller.pk}

    assert (net(priced, **who), net(other, **who)) == (1000, 2000)


def test_an_older_general_price_never_beats_an_own_one():
    package, branch = PackageFactory(), BranchFactory()
    a_price(package, 900, branch=branch, effective_from=date(2025, 1, 1))
    a_price(package, 1000, effective_from=date(2026, 1, 1))

    assert net(package, branch_id=branch.pk) == 900


def test_all_prices_of_a_day_take_one_question():
    for _n in range(3):
        a_price(PackageFactory(), 1000)

    with CaptureQueriesContext(connection) as asked:
        assert len(prices.prices_on(on=ON)) == 3
    assert len(asked) == 1


def test_a_new_service_is_sold_from_its_customers_list(at):
    customer = CustomerFactory()
    reseller = a_reseller(customer.branch)
    Customer.objects.filter(pk=customer.pk).update(reseller_id=reseller.pk)
    package = PackageFactory()
    a_price(package, 1000)
    a_price(package, 800, reseller=reseller, includes_tax=True)

    service = subscriptions.add(customer=customer, package=package, act=Act(None, at, on=ON))

    assert (service.price_amount, service.gross_amount) == (Decimal("800.00"), Decimal("920.00"))


def test_a_price_agreed_without_tax_leaves_the_gross_to_the_rate_of_the_day(at):
    package = PackageFactory()
    a_price(package, 1000)

    service = subscriptions.add(
        customer=CustomerFactory(), package=package, act=Act(None, at, on=ON)
    )

    assert (service.price_amount, service.gross_amount) == (Decimal("1000.00"), None)


def test_every_branch_and_reseller_could_have_a_list():
    branch = BranchFactory()
    reseller = a_reseller(branch)

    assert [one.key for one in prices.lists()] == ["", f"b{branch.pk}", f"r{reseller.pk}"]
