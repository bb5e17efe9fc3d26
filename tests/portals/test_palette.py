"""The search box: whatever the caller says leads to the page."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.models import AccountState
from ispbill.accounts.models import User
from tests.factories.accounts import UserFactory
from tests.factories.customers import AreaFactory, CustomerFactory, SubscriptionFactory
from tests.factories.network import RouterFactory

pytestmark = pytest.mark.django_db

URL = "/admin/search/"
HTMX = {"HX-Request": "true"}


@pytest.fixture
def ask(client):
    def asked(text, *, role=User.Role.OWNER, **user):
        client.force_login(UserFactory(role=role, **user))
        return client.get(URL, {"q": text}, headers=HTMX)

    return asked


def hits(answer, label):
    return [hit for group in answer.context["groups"] if group.label == label for hit in group.hits]


@pytest.mark.parametrize("role", [role for role in User.Role.values])
def test_staff_search_and_nobody_else(client, role):
    area = AreaFactory()
    client.force_login(UserFactory(role=role, branch=area.branch))

    outside = {User.Role.CUSTOMER, User.Role.RESELLER, User.Role.TECHNICIAN, User.Role.COLLECTOR}
    assert client.get(URL, {"q": "amina"}).status_code == (302 if role in outside else 200)


@pytest.mark.parametrize(
    "text", ["amina", "CT-12", "12", "01711-000001", "০১৭১১০০০০০১", "0001", "amina30", "amnia"]
)
def test_a_customer_is_found_by_anything_the_caller_says(ask, text):
    customer = CustomerFactory(
        name="Amina Begum", number="CT-2026-00012", phone="+8801711000001", keywords="amina30"
    )
    SubscriptionFactory(customer=customer, connection_id="amina30")
    AccountState.objects.filter(customer=customer).update(balance_amount=Decimal("1200"))
    CustomerFactory(name="Babul Hossain", number="CT-2026-00099", phone="+8801811555555")

    found = hits(ask(text), "Customers")

    assert [hit.title for hit in found] == ["Amina Begum"]
    assert found[0].url == "/admin/customers/CT-2026-00012/"
    assert "Owes" in found[0].detail
    assert "customer=CT-2026-00012" in found[0].action_url


def test_a_branch_manager_finds_own_customers_alone(ask):
    customer = CustomerFactory(name="Amina Begum")
    CustomerFactory(name="Amina Khatun")

    found = ask("amina", role=User.Role.BRANCH_MANAGER, branch=customer.branch)

    assert [hit.title for hit in hits(found, "Customers")] == ["Amina Begum"]


def test_routers_pages_and_actions_are_found(ask):
    RouterFactory(name="sim-1")

    assert [hit.title for hit in hits(ask("sim-1"), "Routers")] == ["sim-1"]
    assert "Packages & prices" in [hit.title for hit in hits(ask("packa"), "Pages")]
    assert "Due & suspension" in [hit.title for hit in hits(ask("cut off"), "Pages")]
    assert "Add customer" in [hit.title for hit in hits(ask("add cu"), "Actions")]


def test_a_cashier_is_offered_no_routers(ask):
    RouterFactory(name="sim-1")

    assert hits(ask("sim-1", role=User.Role.CASHIER), "Routers") == []


def test_an_unknown_phone_offers_to_add_the_customer(ask):
    answer = ask("01711-999999")

    assert answer.context["empty_url"] == "/admin/customers/add/?phone=01711999999"
    assert "Nothing for" in answer.content.decode()
    assert "Add customer with this phone?" in answer.content.decode()


def test_an_unknown_name_offers_nothing(ask):
    assert ask("zzqqxx").context["empty_url"] == ""


@pytest.mark.parametrize("text", ["", " ", "\x00", "%", "'", "999.1.1.1", "a" * 900, "inv", "=1"])
def test_whatever_is_typed_is_answered(ask, text):
    assert ask(text).status_code == 200


def test_an_empty_box_offers_pages(ask):
    assert hits(ask(""), "Pages") != []


def test_without_htmx_it_is_a_page(client):
    client.force_login(UserFactory())

    assert "<h1>Search</h1>" in client.get(URL, {"q": "x1"}).content.decode()


def test_more_hits_cost_no_more_queries(ask, client):
    counts = []
    for total in (1, 3):
        CustomerFactory(name=f"Amina {total}", customer_since=date(2025, 1, 1))
        CustomerFactory(name=f"Amina B{total}")
        ask("amina")
        with CaptureQueriesContext(connection) as queries:
            client.get(URL, {"q": "amina"}, headers=HTMX)
        counts.append(len(queries))

    assert counts[0] == counts[1]
    assert counts[1] <= 8
