"""Fees, add-ons, taxes and price lists on screen."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.models import Addon, Fee, PackagePrice, TaxClass, TaxRate
from ispbill.accounts.models import User
from ispbill.core import clock
from tests.customers.views.test_editing import filled
from tests.factories.accounts import BranchFactory
from tests.factories.catalogue import AddonFactory, FeeFactory, TaxRateFactory
from tests.factories.customers import CustomerFactory, PackageFactory, PackagePriceFactory

pytestmark = pytest.mark.django_db

PAGES = ["/admin/fees/", "/admin/addons/", "/admin/taxes/"]
FEE = {"code": "RECONNECTION", "name": "Reconnection", "net_amount": "200", "account_code": "4100"}
ADDON = {
    "code": "IP",
    "name": "Fixed address",
    "kind": "STATIC_IP",
    "price_amount": "150",
    "is_public": "on",
}


@pytest.mark.parametrize(
    "url", [*PAGES, "/admin/fees/add/", "/admin/addons/add/", "/admin/taxes/add/"]
)
def test_the_pages_open_for_the_owner(client, owner, url):
    assert client.get(url).status_code == 200


def test_who_may_look_may_not_always_change(client, sign_in):
    rate = TaxRateFactory()
    sign_in(User.Role.SALES)

    assert [client.get(url).status_code for url in PAGES] == [200, 200, 200]
    for url in (
        "/admin/fees/add/",
        "/admin/addons/add/",
        "/admin/taxes/add/",
        f"/admin/taxes/{rate.tax_class_id}/rate/",
    ):
        assert client.get(url).status_code == 403


@pytest.mark.parametrize(
    ("url", "make"),
    [
        ("/admin/fees/", FeeFactory),
        ("/admin/addons/", AddonFactory),
        ("/admin/taxes/", TaxRateFactory),
    ],
)
def test_a_list_of_three_asks_no_more_than_a_list_of_one(client, owner, url, make):
    def asked():
        with CaptureQueriesContext(connection) as caught:
            client.get(url)
        return len(caught)

    make()
    client.get(url)
    one = asked()
    make()
    make()
    assert asked() == one


def test_a_fee_is_added_changed_and_archived(client, owner, htmx):
    added = client.post("/admin/fees/add/", FEE, headers=htmx())
    fee = Fee.objects.get()
    again = client.post("/admin/fees/add/", FEE)
    client.post(f"/admin/fees/{fee.pk}/edit/", FEE | {"net_amount": "250"})

    assert (added.status_code, again.status_code) == (204, 422)
    assert Fee.objects.get().net_amount == Decimal("250.00")
    assert "287.50" in client.get("/admin/fees/").content.decode()  # with 15 %
    client.post(f"/admin/fees/{fee.pk}/archive/")
    assert "Reconnection" not in client.get("/admin/fees/", headers=htmx("list")).content.decode()
    client.post(f"/admin/fees/{fee.pk}/archive/")
    assert Fee.objects.get().archived_at is None


def test_an_addon_is_added_with_its_own_tax_and_archived(client, owner):
    rate = TaxRateFactory()
    client.post("/admin/addons/add/", ADDON | {"tax_class": rate.tax_class_id})
    addon = Addon.objects.get()

    page = client.get("/admin/addons/").content.decode()
    edited = client.post(f"/admin/addons/{addon.pk}/edit/", ADDON | {"price_amount": "-1"})
    client.post(f"/admin/addons/{addon.pk}/archive/")

    assert "157.50" in page  # with 5 %
    assert edited.status_code == 422
    addon.refresh_from_db()
    assert (addon.price_amount, addon.archived_at is not None) == (Decimal("150.00"), True)


def test_a_rate_is_shown_before_it_is_set_and_can_be_withdrawn(client, owner):
    client.post(
        "/admin/taxes/add/",
        {"code": "VAT5", "name": "VAT 5 %", "percent": "5", "effective_from": "2025-01-01"},
    )
    tax_class = TaxClass.objects.get()
    PackagePriceFactory(
        package=PackageFactory(name="Home 30", tax_class=tax_class),
        tax_rate=Decimal("0.05"),
        gross_amount=Decimal("1050.00"),
    )
    url, day = f"/admin/taxes/{tax_class.pk}/rate/", date(clock.today().year + 1, 1, 1)
    given = {"percent": "7.5", "effective_from": day.isoformat()}

    shown = client.get(url, given).content.decode()
    late = client.get(url, given | {"effective_from": "2020-01-01"})
    done = client.post(url, given)
    again = client.post(url, given)

    assert ("Home 30" in shown, "1,075.00" in shown) == (True, True)
    assert (late.status_code, done.status_code, again.status_code) == (422, 302, 422)
    planned = TaxRate.objects.get(effective_from=day)
    assert "7.5 %" in client.get("/admin/taxes/").content.decode()
    client.post(f"/admin/taxes/rates/{planned.pk}/withdraw/")
    assert TaxRate.objects.count() == 1


def test_a_class_is_renamed_and_kept_while_it_is_in_use(client, owner):
    tax_class = TaxRateFactory().tax_class
    FeeFactory(tax_class=tax_class)
    client.post(f"/admin/taxes/{tax_class.pk}/edit/", {"code": "V", "name": "VAT reduced"})

    page = client.post(f"/admin/taxes/{tax_class.pk}/archive/", follow=True).content.decode()

    tax_class.refresh_from_db()
    assert (tax_class.name, tax_class.archived_at) == ("VAT reduced", None)
    assert "tax of something on sale" in page


def test_a_branch_gets_its_own_price_and_the_history_shows_each_list(client, owner):
    package, branch = PackagePriceFactory().package, BranchFactory(name="Khulna")
    url = f"/admin/packages/{package.pk}"
    day = date(clock.today().year + 1, 1, 1)
    price = {
        "price_list": f"b{branch.pk}",
        "cycle": "MONTHLY",
        "amount": "1035",
        "effective_from": day.isoformat(),
        "includes_tax": "gross",
    }

    both = client.get(f"{url}/price/both/", price).content.decode()
    client.post(f"{url}/price/", price)
    page = client.get(f"{url}/prices/").content.decode()

    assert "900.00" in both
    row = PackagePrice.objects.get(branch=branch)
    assert (row.net_amount, row.includes_tax) == (Decimal("900.00"), True)
    assert ("Branch: Khulna" in page, "To come" in page, "In force" in page) == (True,) * 3
    assert "900.00" not in client.get("/admin/packages/").content.decode()
    client.post(f"/admin/packages/prices/{row.pk}/withdraw/")
    assert not PackagePrice.objects.filter(branch=branch).exists()


def test_a_price_in_force_is_not_withdrawn(client, owner):
    row = PackagePriceFactory()

    page = client.post(f"/admin/packages/prices/{row.pk}/withdraw/", follow=True)

    assert "has begun" in page.content.decode()
    assert PackagePrice.objects.count() == 1


def test_a_new_package_starts_with_the_fees_of_the_catalogue(client, owner):
    FeeFactory(code="INSTALLATION", net_amount=Decimal("750.00"))

    assert 'value="750.00"' in client.get("/admin/packages/add/").content.decode()


def test_only_who_may_change_taxes_exempts_a_customer(client, sign_in):
    customer = CustomerFactory()
    data = filled(
        name=customer.name, phone=customer.phone, area=customer.area_id, is_tax_exempt="on"
    )
    for role, exempt in ((User.Role.SALES, False), (User.Role.BILLING, True)):
        sign_in(role)
        client.post(f"/admin/customers/{customer.number}/edit/", data)
        customer.refresh_from_db()
        assert customer.is_tax_exempt is exempt
    sign_in(User.Role.SALES)
    client.post(f"/admin/customers/{customer.number}/edit/", data | {"is_tax_exempt": ""})
    customer.refresh_from_db()
    assert customer.is_tax_exempt is True
    assert customer.number in client.get("/admin/taxes/").content.decode()
