"""PATCH by whoever has seen how a thing is: tags, what was changed meanwhile, what is refused."""

import pytest

from customers.models import Customer, CustomerLogin
from ispbill.accounts.models import User
from ispbill.api.models import ApiToken
from tests.api.test_calls import Program, problem, token
from tests.factories.accounts import UserFactory
from tests.factories.customers import CustomerFactory
from tests.factories.tickets import opened
from tickets.services import founding

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(client):
    return Program(client, token(UserFactory(role=User.Role.OWNER)))


@pytest.fixture
def customer():
    return CustomerFactory(name="Amina Begum", phone="+8801711000001", email="amina@mail.test")


def read(program, path):
    answer = program("GET", path)
    assert answer.status_code == 200
    return answer["ETag"]


def test_who_has_seen_it_changes_it_and_only_what_was_said(office, customer):
    path = f"/api/admin/customers/{customer.number}"

    changed = office("PATCH", path, {"email": "new@mail.test"}, **{"If-Match": read(office, path)})

    assert changed.status_code == 200
    assert changed.json()["email"] == "new@mail.test"
    assert changed["ETag"] == read(office, path)
    now = Customer.objects.get()
    assert (now.name, now.phone, now.email) == ("Amina Begum", "+8801711000001", "new@mail.test")
    assert office("GET", path, **{"If-None-Match": changed["ETag"]}).status_code == 304


def test_what_was_changed_meanwhile_is_not_overwritten(office, customer):
    path = f"/api/admin/customers/{customer.number}"
    seen = read(office, path)
    Customer.objects.update(address="House 9, Road 4")

    assert problem(office("PATCH", path, {"name": "Nila"}, **{"If-Match": seen})) == "stale"
    assert problem(office("PATCH", path, {"name": "Nila"})) == "if_match_missing"
    assert Customer.objects.get().name == "Amina Begum"
    assert office("PATCH", path, {"name": "Nila"}, **{"If-Match": "*"}).status_code == 200


@pytest.mark.parametrize(
    "body",
    [{"email": "nobody"}, {"phone": "12"}, {"national_id": "1"}, {"name": ""}, {"name": "a\x00b"}],
)
def test_what_cannot_be_read_is_said_by_field(office, customer, body):
    path = f"/api/admin/customers/{customer.number}"

    refused = office("PATCH", path, body, **{"If-Match": "*"})

    assert problem(refused) == "invalid"
    assert refused.json()["errors"][0]["pointer"].startswith("/body/")


def test_a_phone_of_another_account_is_refused(office, customer):
    CustomerFactory(phone="+8801711000002")
    path = f"/api/admin/customers/{customer.number}"

    refused = office("PATCH", path, {"phone": "01711000002"}, **{"If-Match": "*"})

    assert problem(refused) == "refused"


def test_a_customer_needs_scope_and_role(client, customer):
    program = Program(client, token(UserFactory(role=User.Role.OWNER), ["customers:read"]))
    path = f"/api/admin/customers/{customer.number}"

    refused = program("PATCH", path, {"name": "Nila"}, **{"If-Match": "*"})

    assert problem(refused) == "insufficient_scope"


def test_a_ticket_is_sorted_and_a_lower_priority_needs_a_reason(office, customer):
    founding.lay()
    ticket = opened(customer)
    path = f"/api/admin/tickets/{ticket.number}"

    raised = office(
        "PATCH", path, {"priority": "HIGH", "category": "speed"}, **{"If-Match": read(office, path)}
    )
    assert (raised.json()["priority"], raised.status_code) == ("high", 200)
    lower = {"priority": "LOW"}
    assert problem(office("PATCH", path, lower, **{"If-Match": "*"})) == "reason_missing"
    lower["reason"] = "the customer can wait until Monday"
    assert office("PATCH", path, lower, **{"If-Match": "*"}).status_code == 200
    assert problem(office("PATCH", path, {"category": "x"}, **{"If-Match": "*"})) == "invalid"
    assert office("PATCH", "/api/admin/tickets/TK-2026-99999", {}).status_code == 404


def test_a_customer_makes_and_ends_tokens_in_the_portal(client):
    phone = "+8801711000001"
    customer = CustomerFactory(phone=phone)
    user = UserFactory(role="CUSTOMER", login=phone)
    user.set_password("Test-12345!")
    user.save()
    CustomerLogin.objects.create(user=user, customer=customer)
    client.post("/portal/login", {"login": phone, "password": "Test-12345!"})
    given = {"name": "My budget", "scopes": ["dashboard:read"], "days": "30"}

    shown = client.post("/portal/tokens/", given).content.decode()

    word = shown.partition("data-token>")[2].partition("<")[0]
    assert Program(client, word)("GET", "/api/dashboard/summary").status_code == 200
    assert word not in client.get("/portal/tokens/").content.decode()
    for _n in range(4):
        client.post("/portal/tokens/", given)
    assert client.post("/portal/tokens/", given).status_code == 422
    client.post(f"/portal/tokens/{ApiToken.objects.first().pk}/revoke/")
    assert Program(client, word)("GET", "/api/dashboard/summary").status_code == 401


def test_nobody_ends_anothers_token(client):
    token(UserFactory(role=User.Role.OWNER))
    other = UserFactory(role="CUSTOMER")
    client.force_login(other)

    answer = client.post(f"/portal/tokens/{ApiToken.objects.get().pk}/revoke/")

    assert answer.status_code in (302, 404)
    assert ApiToken.objects.get().revoked_at is None
