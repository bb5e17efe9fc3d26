"""Adding and changing customers and services on screen: with htmx, without, and refused."""

import pytest

from customers.models import Customer, Subscription
from ispbill.accounts.models import User
from tests.factories.customers import (
    AreaFactory,
    CustomerFactory,
    PackageFactory,
    PackagePriceFactory,
    SubscriptionFactory,
)

pytestmark = pytest.mark.django_db

ADD = "/admin/customers/add/"
WHY = "Moved abroad, account closed"


def filled(**changes):
    return {
        "name": "Amina Begum",
        "kind": "RESIDENTIAL",
        "phone": "01711-000001",
        "language": "en",
        "address": "House 1, Road 2",
        "preferred_billing_day": "5",
        "cycle": "MONTHLY",
        "wants_sms": "on",
    } | changes


@pytest.mark.parametrize(
    ("role", "status"),
    [
        ("OWNER", 200),
        ("BILLING", 200),
        ("SUPPORT", 200),
        ("SALES", 200),
        ("BRANCH_MANAGER", 200),
        ("CASHIER", 403),
        ("NOC", 403),
        ("AUDITOR", 403),
        ("CUSTOMER", 302),
        ("TECHNICIAN", 302),
    ],
)
def test_who_may_add_customers(client, sign_in, role, status):
    sign_in(role)

    assert client.get(ADD).status_code == status


def test_the_form_is_a_dialog_with_htmx_and_a_page_without(client, owner, htmx):
    part, whole = client.get(ADD, headers=htmx()), client.get(ADD)

    assert "<html" not in part.content.decode()
    assert "<html" in whole.content.decode()


def test_the_form_says_what_the_30th_means_in_february(client, owner):
    page = client.get(ADD).content.decode()

    assert "30th, or the last day of shorter months" in page
    assert "goes back to the 30th" in page


def test_a_customer_is_added_with_a_service(client, owner):
    package = PackagePriceFactory().package

    answer = client.post(ADD, filled(area=AreaFactory().pk, package=package.pk))

    customer = Customer.objects.get()
    assert answer.headers["Location"] == f"/admin/customers/{customer.number}/"
    assert (customer.phone, customer.preferred_billing_day) == ("+8801711000001", 5)
    assert Subscription.objects.get().billing_day == 5


def test_with_htmx_the_browser_is_sent_to_the_new_customer(client, owner, htmx):
    answer = client.post(ADD, filled(area=AreaFactory().pk), headers=htmx())

    assert answer.status_code == 204
    assert answer.headers["HX-Redirect"] == f"/admin/customers/{Customer.objects.get().number}/"


def test_save_and_add_another_opens_an_empty_form(client, owner):
    answer = client.post(ADD, filled(area=AreaFactory().pk, another="1"))

    assert answer.headers["Location"] == ADD


def test_a_broken_phone_number_is_refused_beside_its_field(client, owner, htmx):
    answer = client.post(ADD, filled(area=AreaFactory().pk, phone="0171"), headers=htmx())

    assert answer.status_code == 422
    assert "too few digits" in answer.content.decode()
    assert Customer.objects.count() == 0


def test_a_package_without_a_price_is_refused_and_nobody_is_registered(client, owner):
    package = PackageFactory(name="Home 30")

    answer = client.post(ADD, filled(area=AreaFactory().pk, package=package.pk))

    assert answer.status_code == 422
    assert "Home 30 has no monthly price" in answer.content.decode()
    assert Customer.objects.count() == 0


def test_a_taken_phone_names_the_other_and_asks_why(client, owner):
    CustomerFactory(number="CT-2025-00099", name="Rahim", phone="+8801711000001")
    data = filled(area=AreaFactory().pk)

    refused = client.post(ADD, data)
    allowed = client.post(ADD, data | {"shared_phone_reason": "Father and son share a phone"})

    assert refused.status_code == 422
    assert "CT-2025-00099 Rahim" in refused.content.decode()
    assert 'name="shared_phone_reason"' in refused.content.decode()
    assert allowed.status_code == 302


def test_a_form_with_other_mistakes_asks_for_the_reason_as_well(client, owner):
    CustomerFactory(number="CT-2025-00099", phone="+8801711000001")

    page = client.post(ADD, filled(address="")).content.decode()

    assert "CT-2025-00099" in page
    assert 'name="shared_phone_reason"' in page


def test_a_branch_manager_cannot_add_in_another_branchs_area(client, sign_in):
    sign_in(User.Role.BRANCH_MANAGER)

    assert client.post(ADD, filled(area=AreaFactory().pk)).status_code == 422


@pytest.mark.parametrize(
    ("phone", "words"),
    [("01711000001", "CT-2025-00099"), ("0171", "too few digits"), ("01711000002", ""), ("", "")],
)
def test_the_phone_is_checked_while_typing(client, owner, phone, words):
    CustomerFactory(number="CT-2025-00099", phone="+8801711000001")

    page = client.get("/admin/customers/phone-check/", {"phone": phone}).content.decode()

    assert words in page
    assert words or not page.strip()


def test_another_branch_s_customer_is_never_named(client, sign_in):
    manager = sign_in(User.Role.BRANCH_MANAGER)
    strange = CustomerFactory(number="CT-2025-00099", phone="+8801711000001", name="Kanta Rani")
    mine = CustomerFactory(
        area=AreaFactory(branch=manager.branch),
        branch=manager.branch,
        email="k@example.org",
        is_duplicate_suspect=True,
    )
    type(strange).objects.filter(pk=strange.pk).update(email="k@example.org")

    pages = [
        client.get("/admin/customers/phone-check/", {"phone": "01711000001"}),
        client.post(ADD, filled(area=mine.area_id, phone="01711000001")),
        client.post(ADD, filled(area=mine.area_id, phone="01711000001", name="")),
        client.get(f"/admin/customers/{mine.number}/"),
    ]

    for page in pages:
        shown = page.content.decode()
        assert "CT-2025-00099" not in shown
        assert "Kanta" not in shown
    for page in pages[:3]:
        assert "Another account of the company has the same phone." in page.content.decode()


def test_ones_own_phone_is_not_taken(client, owner):
    CustomerFactory(number="CT-2025-00099", phone="+8801711000001")

    page = client.get(
        "/admin/customers/phone-check/", {"phone": "01711000001", "but": "CT-2025-00099"}
    )

    assert page.content.decode().strip() == ""


def test_an_edit_changes_and_a_dialog_closes(client, owner, htmx):
    customer = CustomerFactory(phone="+8801711000001", reseller_id=None)
    url = f"/admin/customers/{customer.number}/edit/"
    data = filled(area=customer.area_id, name="Amina Khatun")

    answer = client.post(url, data, headers=htmx())

    customer.refresh_from_db()
    assert (answer.status_code, customer.name) == (204, "Amina Khatun")
    assert "dialog:close" in answer.headers["HX-Trigger"]
    assert client.post(url, data).status_code == 302
    assert client.post(url, data | {"name": ""}).status_code == 422


def test_the_edit_form_never_shows_the_national_id(client, owner):
    client.post(ADD, filled(area=AreaFactory().pk, national_id="198405012345"))

    page = client.get(f"/admin/customers/{Customer.objects.get().number}/edit/").content.decode()

    assert "198405012345" not in page
    assert "01711000001" in page


def test_archiving_asks_for_a_reason_and_says_what_happens(client, owner, htmx):
    customer = CustomerFactory()
    url = f"/admin/customers/{customer.number}/archive/"

    asked = client.get(url, headers=htmx())
    short = client.post(url, {"reason": "gone"}, headers=htmx())
    done = client.post(url, {"reason": WHY}, headers=htmx())

    assert "its number and history stay" in asked.content.decode()
    assert (short.status_code, done.status_code) == (422, 204)
    customer.refresh_from_db()
    assert customer.is_archived
    assert client.post(f"/admin/customers/{customer.number}/restore/").status_code == 302
    customer.refresh_from_db()
    assert not customer.is_archived


def test_a_customer_with_a_service_is_not_archived(client, owner):
    customer = SubscriptionFactory().customer

    answer = client.post(f"/admin/customers/{customer.number}/archive/", {"reason": WHY})

    assert answer.status_code == 422
    assert "Cancel the service first" in answer.content.decode()


def test_a_service_is_added_and_its_line_changed(client, owner, htmx):
    customer = CustomerFactory()
    package = PackagePriceFactory().package
    add = f"/admin/customers/{customer.number}/services/add/"
    data = {"package": package.pk, "cycle": "MONTHLY", "billing_day": "30"}

    assert client.get(add).status_code == 200
    assert client.post(add, data, headers=htmx()).status_code == 204
    assert client.post(add, data | {"cycle": "ANNUAL"}).status_code == 422
    edit = f"/admin/customers/{customer.number}/services/1/edit/"
    assert client.get(edit).status_code == 200
    line = {"connection_id": "amina30", "technology": "FIBER", "cpe_serial": "HW1"}
    assert client.post(edit, line).status_code == 302
    assert Subscription.objects.get().connection_id == "amina30"


def test_portal_access_is_opened(client, owner):
    customer = CustomerFactory()

    client.post(f"/admin/customers/{customer.number}/portal-access/")

    user = User.objects.get(login=customer.phone)
    assert (user.role, user.has_usable_password()) == (User.Role.CUSTOMER, False)
    assert customer.logins.count() == 1
