"""The customers' list."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.models import AccountState, Customer
from ispbill.accounts.models import SavedView, User
from tests.factories.customers import AreaFactory, CustomerFactory, SubscriptionFactory
from tests.factories.resellers import ResellerFactory

pytestmark = pytest.mark.django_db

URL = "/admin/customers/"


@pytest.mark.parametrize("role", [role for role in User.Role.values])
def test_staff_see_the_list_and_nobody_else(client, sign_in, role):
    sign_in(role)

    status = client.get(URL).status_code

    outside = {User.Role.CUSTOMER, User.Role.RESELLER, User.Role.TECHNICIAN, User.Role.COLLECTOR}
    assert status == (302 if role in outside else 200)


def test_signed_out_is_sent_to_sign_in(client):
    assert client.get(URL).status_code == 302


def test_the_first_page_shows_names_phones_balances(client, owner):
    customer = CustomerFactory(name="Amina Begum", phone="+8801711000001")
    AccountState.objects.filter(customer=customer).update(balance_amount=Decimal("1200"))
    SubscriptionFactory(customer=customer, package__name="Home 30")

    page = client.get(URL).content.decode()

    assert "<h1>Customers</h1>" in page.replace("\n", "")
    assert "Amina Begum" in page
    assert "01711000001" in page
    assert "Owes <strong>1,200.00</strong>" in page
    assert "Home 30" in page
    assert 'id="list-count">1<' in page


def test_htmx_gets_the_list_region_alone(client, owner, htmx):
    CustomerFactory(name="Amina Begum")

    answer = client.get(URL, headers=htmx("list"))

    assert "Amina Begum" in answer.content.decode()
    assert "<html" not in answer.content.decode()
    assert "HX-Request" in answer["Vary"]


def test_a_branch_manager_sees_the_branch_alone(client, sign_in):
    user = sign_in(User.Role.BRANCH_MANAGER)
    CustomerFactory(name="Amina Begum", area=AreaFactory(branch=user.branch))
    CustomerFactory(name="Babul Hossain")

    page = client.get(URL).content.decode()

    assert ("Amina Begum" in page, "Babul Hossain" in page) == (True, False)


def test_the_branch_chosen_above_narrows_the_list(client, owner):
    mine = CustomerFactory(name="Amina Begum")
    CustomerFactory(name="Babul Hossain")
    session = client.session
    session["branch_id"] = mine.branch_id
    session.save()

    page = client.get(URL).content.decode()

    assert ("Amina Begum" in page, "Babul Hossain" in page) == (True, False)


def test_first_use_offers_to_add_a_customer(client, owner):
    page = client.get(URL).content.decode()

    assert "No customers yet" in page


def test_no_match_offers_to_clear_the_filters(client, owner):
    CustomerFactory()

    page = client.get(URL, {"status": "SUSPENDED"}).content.decode()

    assert "No customers match these filters" in page
    assert "Clear filters" in page


def test_filters_in_force_are_chips_that_can_be_removed(client, owner):
    area = AreaFactory(name="Mirpur-10")

    page = client.get(URL, {"area": area.pk, "status": ["ACTIVE", "SUSPENDED"]}).content.decode()

    assert "Mirpur-10" in page
    assert f'href="?area={area.pk}&amp;status=SUSPENDED"' in page


@pytest.mark.parametrize(
    "query",
    [
        {"status": "NONSENSE"},
        {"area": "x"},
        {"balance_from": "lots"},
        {"joined_from": "2026-13-45"},
        {"after": "%%%"},
        {"after": "bm9uc2Vuc2U"},
        {"sort": "password"},
        {"size": "1000000"},
        {"q": "\x00"},
        {"q": "%_\\'; DROP TABLE"},
        {"q": "x" * 3000},
    ],
)
def test_an_address_that_makes_no_sense_still_shows_the_list(client, owner, query):
    CustomerFactory()

    assert client.get(URL, query).status_code == 200


def test_a_typo_is_answered_with_what_was_looked_for(client, owner):
    CustomerFactory(name="Rahim Chowdhury")

    page = client.get(URL, {"q": "rahim chowdury"}).content.decode()

    assert "Rahim Chowdhury" in page
    assert "Nothing is spelt" in page


@pytest.mark.parametrize("query", [{"status": "ACTIVE"}, {"q": "rahim"}, {"q": "01711000001"}])
def test_the_foot_says_what_a_filter_owes_with_nobodys_credit_set_off(client, owner, query):
    for number, balance in enumerate(("1200.50", "800", "-300", "999")):
        one = CustomerFactory(
            name="Rahim Uddin" if number < 3 else "Zahid",
            phone="+8801711000001",
            allows_shared_phone=True,
            status="ACTIVE" if number < 3 else "CANCELLED",
        )
        AccountState.objects.filter(customer=one).update(balance_amount=Decimal(balance))

    foot = client.get(URL, query).content.decode().split('class="pager-count"')[1].split("</p>")[0]

    owed = "2999.50" if query == {"q": "01711000001"} else "2000.50"
    assert f'owing <strong><span class="money" data-plain="{owed}">' in foot


def test_the_foot_of_everybody_says_nothing_of_what_is_owed(client, owner):
    customer = CustomerFactory()
    AccountState.objects.filter(customer=customer).update(balance_amount=Decimal("1200"))

    assert "owing" not in client.get(URL).content.decode()


@pytest.mark.parametrize("query", [{}, {"q": "rahim"}, {"status": "ACTIVE", "overdue": "0"}])
def test_more_rows_cost_no_more_queries(client, owner, query):
    counts = []
    for total in (1, 3):
        while Customer.objects.count() < total:
            service = SubscriptionFactory(customer__name=f"Rahim {total}")
            AccountState.objects.filter(customer=service.customer).update(
                oldest_due_date=date(2020, 1, 1)
            )
        client.get(URL, query)
        with CaptureQueriesContext(connection) as queries:
            assert "Rahim" in client.get(URL, query).content.decode()
        counts.append(len(queries))

    assert counts[0] == counts[1]
    assert counts[1] <= 8


def test_columns_are_remembered(client, owner):
    CustomerFactory(area__name="Uttara-4")

    client.post("/admin/customers/columns/", {"columns": ["number", "bogus"], "density": "compact"})

    owner.refresh_from_db()
    assert owner.preferences["customers"]["columns"] == ["number"]
    assert "Uttara-4" not in client.get(URL).content.decode()


def test_a_view_is_saved_shown_and_removed(client, owner):
    client.post(
        "/admin/customers/views/save/", {"name": "Rich", "query": "balance_to=-1&after=abc"}
    )

    view = SavedView.objects.get()
    assert (view.name, view.query) == ("Rich", "balance_to=-1")
    assert "Rich" in client.get(URL).content.decode()
    client.post(f"/admin/customers/views/{view.pk}/remove/")
    assert SavedView.objects.count() == 0


def test_nobody_removes_anothers_view(client, owner):
    view = SavedView.objects.create(
        user=User.objects.create_user("x@demo.test", name="X", role="OWNER"),
        page="customers",
        name="Theirs",
        query="",
    )

    assert client.post(f"/admin/customers/views/{view.pk}/remove/").status_code == 404


def test_the_filter_drawer_is_a_dialog_and_a_page(client, owner, htmx):
    AreaFactory(name="Uttara-4")

    whole = client.get("/admin/customers/filters/?status=ACTIVE&q=x")
    part = client.get("/admin/customers/filters/", headers=htmx())

    assert "<html" in whole.content.decode()
    assert "<html" not in part.content.decode()
    assert "Uttara-4" in part.content.decode()


def test_the_row_menu_offers_what_the_role_may(client, sign_in):
    customer = CustomerFactory()
    url = f"/admin/customers/{customer.number}/menu/"

    sign_in(User.Role.AUDITOR)
    assert "Edit customer" not in client.get(url).content.decode()
    sign_in(User.Role.OWNER)
    assert "Edit customer" in client.get(url).content.decode()


def test_keyset_pages_lead_on_and_back(client, owner):
    for index in range(30):
        CustomerFactory(name=f"Customer {index:02d}")

    first = client.get(URL, {"size": "25"})
    after = first.context["pager"].older
    second = client.get(URL, {"size": "25", "after": after})
    back = client.get(URL, {"size": "25", "before": second.context["pager"].newer})

    names = [row["name"] for row in first.context["rows"] + second.context["rows"]]
    assert names == [f"Customer {index:02d}" for index in range(30)]
    assert [row["name"] for row in back.context["rows"]] == names[:25]
    assert (first.context["pager"].newer, second.context["pager"].older) == ("", "")


def test_resellers_are_chosen_by_name(client, owner, htmx):
    reseller = ResellerFactory(name="Karim Net")
    address = f"/admin/customers/?reseller={reseller.pk}"

    drawer = client.get("/admin/customers/filters/", headers=htmx()).content.decode()

    assert f'name="reseller" value="{reseller.pk}"' in drawer
    assert "Karim Net" in drawer
    assert "<strong>Karim Net</strong>" in client.get(address).content.decode()
