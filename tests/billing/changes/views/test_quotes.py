"""The first bill while the form of a new customer or service is being filled in."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from billing.invoices.models import Invoice
from customers.models import Customer, Subscription
from ispbill.accounts.models import User
from ispbill.core import clock
from tests.factories.accounts import BranchFactory, UserFactory
from tests.factories.customers import CustomerFactory, PackageFactory, PackagePriceFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(client, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 1, 15, 6, tzinfo=UTC))
    client.force_login(UserFactory(role=User.Role.OWNER))


@pytest.fixture
def package():
    package = PackageFactory(installation_fee=Decimal("500.00"), router_fee=Decimal("0.00"))
    PackagePriceFactory(package=package, net_amount=Decimal("1000.00"))
    return package


def test_a_new_customer_s_first_bill_is_shown_before_anything_is_saved(client, owner, package):
    customers = Customer.objects.count()
    query = f"?package={package.pk}&cycle=MONTHLY&preferred_billing_day=1"

    html = client.get(f"/admin/billing/first-bill/{query}").content.decode()

    # 17 of 31 days of 1,000.00 and 500.00 for the installation, 15 % on each
    assert [
        words for words in ("548.39", "630.65", "575.00", "1,205.65") if words not in html
    ] == []
    assert "First bill, due on 15 Jan 2026" in html
    assert (Customer.objects.count(), Subscription.objects.count()) == (customers, 0)
    assert Invoice.objects.count() == 0


def test_the_price_of_the_customer_s_branch_and_exemption_count(client, owner, package):
    branch = BranchFactory()
    PackagePriceFactory(
        package=package, branch=branch, net_amount=Decimal("800.00"), gross_amount=Decimal("920.00")
    )
    customer = CustomerFactory(branch=branch, is_tax_exempt=True)
    query = f"?package={package.pk}&cycle=MONTHLY&billing_day=15"

    html = client.get(f"/admin/customers/{customer.number}/first-bill/{query}").content.decode()

    assert "1,300.00" in html


@pytest.mark.parametrize("query", ["", "?package=", "?package=x&preferred_billing_day=99"])
def test_a_form_hardly_begun_says_nothing(client, owner, query):
    assert client.get(f"/admin/billing/first-bill/{query}").content.decode().strip() == ""


def test_a_package_without_a_price_says_so(client, owner):
    package = PackageFactory()
    query = f"?package={package.pk}&cycle=ANNUAL&preferred_billing_day=5"

    html = client.get(f"/admin/billing/first-bill/{query}").content.decode()

    assert "has no" in html


def test_the_forms_ask_for_it(client, owner):
    customer = CustomerFactory()

    new = client.get("/admin/customers/add/").content.decode()
    further = client.get(f"/admin/customers/{customer.number}/services/add/").content.decode()

    assert 'hx-get="/admin/billing/first-bill/"' in new
    assert f'hx-get="/admin/customers/{customer.number}/first-bill/"' in further
