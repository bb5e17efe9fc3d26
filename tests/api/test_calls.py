"""What the API answers: shapes, refusals in their order, keys, cursors, nobody else's anything."""

import json
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.models import CustomerLogin, Subscription
from ispbill.accounts.access import PROVEN_AT
from ispbill.accounts.models import User
from ispbill.api.models import ApiToken, KeptAnswer
from ispbill.api.services import tokens
from ispbill.api.views import service
from ispbill.core import clock
from ispbill.core.acts import Act
from ispbill.reports.queries import definitions
from ispbill.reports.queries.scope import Scope
from ispbill.reports.services import figures
from tests.factories.accounts import BranchFactory, UserFactory
from tests.factories.customers import CustomerFactory, SubscriptionFactory
from tests.factories.payments import open_invoice, paid
from tickets.services import founding

pytestmark = pytest.mark.django_db
ALL = ["customers:read", "payments:read", "tickets:read", "tickets:write", "services:read"]
ALL += ["services:switch", "billing:read", "billing:run", "usage:read", "audit:read"]
ALL += ["reports:read"]


@pytest.fixture(autouse=True)
def _fresh():
    cache.clear()


def token(user, scopes=None, days=90):
    wanted = scopes or tokens.offered(user)
    return tokens.issue(name="script", scopes=wanted, days=days, act=Act.now(user))[1]


class Program:
    """A program with a token."""

    def __init__(self, client, word):
        self.client, self.word = client, word

    def __call__(self, method, path, body=None, **headers):
        content = {} if body is None else {"data": json.dumps(body)}
        return self.client.generic(
            method,
            path,
            **content,
            content_type="application/json",
            headers={"Authorization": f"Bearer {self.word}", **headers},
        )


@pytest.fixture
def office(client):
    return Program(client, token(UserFactory(role=User.Role.OWNER)))


@pytest.fixture
def me(client):
    customer = SubscriptionFactory(status=Subscription.Status.ACTIVE).customer
    user = UserFactory(role=User.Role.CUSTOMER)
    CustomerLogin.objects.create(user=user, customer=customer)
    program = Program(client, token(user, ["dashboard:read", "dashboard:write"]))
    program.customer = customer
    return program


def problem(answer):
    assert answer["Content-Type"] == "application/problem+json"
    told = answer.json()
    assert told["status"] == answer.status_code
    return told["code"]


# --- Who


def test_missing_wrong_ended_and_expired_tokens_sound_the_same(client, office):
    word = office.word
    said = [client.get("/api/admin/customers")]
    said.append(Program(client, "isp_" + "x" * 40)("GET", "/api/admin/customers"))
    long_ago = clock.real_now() - timedelta(days=9)
    ApiToken.objects.update(created_at=long_ago, expires_at=long_ago + timedelta(days=8))
    said.append(Program(client, word)("GET", "/api/admin/customers"))

    bodies = [{**one.json(), "request_id": None} for one in said]
    assert [one.status_code for one in said] == [401, 401, 401]
    assert bodies[0] == bodies[1] == bodies[2]


def test_a_token_does_what_its_owner_may_now(client):
    owner = UserFactory(role=User.Role.OWNER)
    program = Program(client, token(owner, ["customers:read", "audit:read"]))
    assert program("GET", "/api/admin/customers").status_code == 200
    assert problem(program("GET", "/api/admin/payments")) == "insufficient_scope"

    User.objects.filter(pk=owner.pk).update(role=User.Role.TECHNICIAN)
    assert program("GET", "/api/admin/customers").status_code == 403
    User.objects.filter(pk=owner.pk).update(role=User.Role.OWNER, is_active=False)
    assert program("GET", "/api/admin/customers").status_code == 401


def test_a_scope_the_role_cannot_fill_is_not_granted():
    with pytest.raises(tokens.NotGrantable):
        token(UserFactory(role=User.Role.AUDITOR), ["payments:write"])


def test_a_branch_managers_world_ends_at_the_branch(client):
    branch = BranchFactory()
    manager = UserFactory(role=User.Role.BRANCH_MANAGER, branch=branch)
    theirs, other = CustomerFactory(branch=branch), CustomerFactory()
    program = Program(client, token(manager, ["customers:read"]))

    told = program("GET", "/api/admin/customers").json()["data"]
    assert [one["id"] for one in told] == [theirs.number]
    assert program("GET", f"/api/admin/customers/{other.number}").status_code == 404


def test_too_many_calls_are_told_how_long_to_wait(client, me):
    for _turn in range(60):
        last = me("GET", "/api/dashboard/services")
    assert last["RateLimit"] == '"default";r=0;t=60'
    over = me("GET", "/api/dashboard/services")
    assert problem(over) == "too_many_calls"
    assert int(over["Retry-After"]) >= 1


# --- What a customer sees


def test_the_summary_is_the_worked_example(me):
    open_invoice(me.customer, "1725.00")
    told = me("GET", "/api/dashboard/summary").json()

    assert told["balance_amount"] == "1725.00"
    assert told["customer"]["id"] == me.customer.number
    assert told["recent_invoices"][0]["amount_due"] == "1725.00"
    assert told["services"][0]["id"] == f"{me.customer.number}-1"
    assert told["outage"] is None


def test_a_portal_session_opens_the_dashboard_and_nothing_of_the_office(client, me):
    client.force_login(CustomerLogin.objects.get(customer=me.customer).user)

    assert client.get("/api/dashboard/summary").status_code == 200
    assert client.get("/api/admin/customers").status_code == 403


def test_every_dashboard_address_of_somebody_else_is_404(me):
    other = SubscriptionFactory().customer
    bill = open_invoice(other)
    for path in (
        f"invoices/{bill.number}",
        f"invoices/{bill.number}/pdf",
        f"usage?service={other.number}-1",
        f"summary?account={other.number}",
        f"invoices?account={other.number}",
        f"billing?account={other.number}",
        "payment-methods/pm_00000000-0000-4000-8000-000000000000",
    ):
        method = "DELETE" if path.startswith("payment") else "GET"
        assert problem(me(method, f"/api/dashboard/{path}")) == "not_found"


def test_a_login_with_two_accounts_says_which(client, me):
    second = CustomerFactory()
    user = CustomerLogin.objects.get(customer=me.customer).user
    CustomerLogin.objects.create(user=user, customer=second)

    assert problem(me("GET", "/api/dashboard/summary")) == "account_required"
    assert me("GET", f"/api/dashboard/summary?account={second.number}").status_code == 200


def test_ways_to_pay_are_added_chosen_and_removed(me):
    body = {"kind": "eft", "holder": "Amina", "number": "0012345678", "bank": "City"}
    made = me("POST", "/api/dashboard/payment-methods", body)
    assert made.status_code == 201
    assert "12345678" not in made.content.decode()
    address = f"/api/dashboard/payment-methods/{made.json()['id']}"

    assert me("PATCH", address, {"is_primary": True}).json()["is_primary"]
    assert me("DELETE", address).status_code == 204
    assert me("DELETE", address).status_code == 404


def test_usage_of_a_year_and_a_bit_is_refused_and_of_a_day_is_strings(me):
    long = me("GET", "/api/dashboard/usage?from=2024-01-01&to=2026-01-01")
    assert long.status_code == 422
    told = me("GET", "/api/dashboard/usage?from=2026-01-01&to=2026-01-02").json()
    assert (told["total_gb"], told["rows"]) == ("0.000", [])


# --- Lists


def test_pages_repeat_and_hide_nothing_and_a_cursor_fits_its_own_list_only(office):
    customer = CustomerFactory()
    numbers = [open_invoice(customer).number for _ in range(3)]
    first = office("GET", "/api/admin/invoices?limit=2").json()
    newcomer = open_invoice(customer).number
    rest = office("GET", f"/api/admin/invoices?limit=2&cursor={first['next_cursor']}").json()

    seen = [one["id"] for one in first["data"] + rest["data"]]
    assert seen == numbers[::-1]
    assert newcomer not in seen
    assert (first["has_more"], rest["has_more"], rest["next_cursor"]) == (True, False, None)
    other = office("GET", f"/api/admin/invoices?status=open&cursor={first['next_cursor']}")
    assert problem(other) == "invalid_cursor"


def test_a_list_asks_no_more_for_three_rows_than_for_one(office):
    for path, make in (
        ("/api/admin/customers", SubscriptionFactory),
        ("/api/admin/invoices", lambda: open_invoice(CustomerFactory())),
        ("/api/admin/payments", lambda: paid(CustomerFactory(), at=clock.now())),
    ):
        make()
        office("GET", path)
        with CaptureQueriesContext(connection) as one:
            office("GET", path)
        make(), make()
        with CaptureQueriesContext(connection) as three:
            assert len(office("GET", path).json()["data"]) == 3
        assert len(three) == len(one), path


def test_unknown_query_and_body_fields_are_refused_by_pointer(office):
    assert office("GET", "/api/admin/invoices?colour=red").status_code == 422
    told = office("POST", "/api/admin/billing/generate-invoices-now", {"colour": "red"})
    assert told.status_code == 422
    assert "colour" in told.json()["errors"][0]["pointer"]


def test_a_character_no_text_may_hold_is_refused_and_breaks_nothing(office, me):
    customer = CustomerFactory()
    said = [
        office("GET", "/api/admin/customers?q=%00"),
        office("GET", "/api/admin/customers/%00"),
        office(
            "POST",
            "/api/admin/tickets",
            {"customer": customer.number, "subject": "a\x00b", "text": "No light."},
        ),
        me("GET", "/api/dashboard/summary?account=%00"),
    ]
    assert [one.status_code for one in said] == [200, 404, 422, 200]  # of queries it is taken out


# --- Writes


def test_a_service_is_suspended_with_a_reason_and_not_twice(office):
    service = SubscriptionFactory(status=Subscription.Status.ACTIVE)
    number = service.customer.number
    base = f"/api/admin/customers/{number}/services/{number}-1"
    body = {"reason": "Asked for it by phone", "suspension_kind": "CUSTOMER_REQUEST"}

    assert problem(office("POST", f"{base}/suspend", {})) == "reason_missing"
    moved = office("POST", f"{base}/suspend", body).json()
    assert moved["service"]["status"] == "suspended"
    assert (moved["event"]["from"], moved["event"]["to"]) == ("active", "suspended")
    wrong = office("POST", f"{base}/activate", {"reason": "Asked for it by phone"})
    assert problem(wrong) == "invalid_transition"
    assert wrong.json()["current_status"] == "suspended"
    assert office("POST", f"{base}/reactivate", body).json()["service"]["status"] == "active"
    acts = [one["action"] for one in office("GET", f"{base}/audit").json()["data"]]
    assert "subscription.suspended" in acts


def test_somebody_elses_service_is_404_before_the_body_is_read(office):
    one, other = SubscriptionFactory(), SubscriptionFactory()
    path = f"/api/admin/customers/{one.customer.number}/services/{other.customer.number}-1/suspend"
    assert problem(office("POST", path, {"colour": "red"})) == "not_found"


def test_a_payment_needs_a_key_and_is_made_once(client):
    owner = UserFactory(role=User.Role.BILLING)
    program = Program(client, token(owner, ["payments:write", "payments:read"]))
    customer = CustomerFactory()
    body = {"customer": customer.number, "amount": "500.00", "method": "BKASH", "reference": "TX1"}

    assert problem(program("POST", "/api/admin/payments", body)) == "idempotency_key_missing"
    first = program("POST", "/api/admin/payments", body, **{"Idempotency-Key": '"k1"'})
    again = program("POST", "/api/admin/payments", body, **{"Idempotency-Key": "k1"})
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert (again["Idempotent-Replayed"], customer.payments.count()) == ("true", 1)
    other = program(
        "POST", "/api/admin/payments", {**body, "amount": "501.00"}, **{"Idempotency-Key": "k1"}
    )
    assert problem(other) == "idempotency_key_reused"
    assert customer.payments.get().amount == Decimal("500.00")
    assert KeptAnswer.objects.count() == 1


def test_a_refused_write_keeps_no_answer(client):
    program = Program(client, token(UserFactory(role=User.Role.BILLING), ["payments:write"]))
    customer = CustomerFactory()
    body = {"customer": customer.number, "amount": "500.00", "method": "SEASHELLS"}

    refused = program("POST", "/api/admin/payments", body, **{"Idempotency-Key": "k1"})
    assert refused.status_code == 422
    assert not KeptAnswer.objects.exists()


def test_a_ticket_is_opened_and_found(office):
    customer = CustomerFactory()
    founding.lay()
    body = {"customer": customer.number, "subject": "No light", "text": "Since this morning."}
    made = office("POST", "/api/admin/tickets", body)
    assert made.status_code == 201
    told = office("GET", f"/api/admin/tickets/{made.json()['id']}").json()
    assert (told["subject"], told["customer"]) == ("No light", customer.number)


def test_a_dry_run_says_what_would_come_and_bills_nothing(office):
    SubscriptionFactory(status=Subscription.Status.ACTIVE)
    told = office("POST", "/api/admin/billing/generate-invoices-now", {"dry_run": True})
    assert told.status_code == 200
    assert told.json()["state"] == "dry_run"
    ordered = office("POST", "/api/admin/billing/generate-invoices-now", {})
    assert ordered.status_code == 202
    run = office("GET", f"/api/admin/billing/runs/{ordered.json()['run_id']}").json()
    assert run["state"] in {"ordered", "done"}


# --- The whole


def test_the_document_names_every_address(client):
    document = client.get("/api/openapi.json").json()
    routes = {str(one.pattern).replace("<", "{").replace(">", "}") for one in service.patterns()}
    assert {path.removeprefix("/api/") for path in document["paths"]} == routes
    assert client.get("/api/docs/").status_code == 200
    assert client.get("/api/docs/problems").status_code == 200


def test_a_token_is_made_on_its_page_shown_once_and_ended(client):
    client.force_login(UserFactory(role=User.Role.BILLING))
    session = client.session
    session[PROVEN_AT] = clock.real_now().timestamp()
    session.save()
    typed = {"name": "Accountant", "scopes": ["billing:read"], "days": 30}
    made = client.post("/admin/api-tokens/new/", typed).content.decode()
    row = ApiToken.objects.get()

    assert f"…{row.hint}" in client.get("/admin/api-tokens/").content.decode()
    assert "isp_" in made
    assert "isp_" not in client.get("/admin/api-tokens/").content.decode()
    client.post(f"/admin/api-tokens/{row.pk}/revoke/")
    assert "Ended" in client.get("/admin/api-tokens/").content.decode()


def test_figures_are_those_of_the_pages(office):
    service = SubscriptionFactory(activated_on=date(2026, 1, 3), price_amount="900.00")
    figures.build(until=date(2026, 3, 5), at=clock.now())
    days = {"since": date(2026, 1, 1), "until": date(2026, 1, 31)}

    told = office("GET", "/api/admin/figures?from=2026-01-01&to=2026-01-31").json()

    found = {one["key"]: one["value"] for one in told["figures"]}
    assert set(found) == set(definitions.FIGURES)
    assert (found["mrr"], found["customers_joined"]) == ("900.00", "1")
    for key, value in found.items():
        said = definitions.value(key, **days, scope=Scope())
        assert (key, value) == (key, None if said is None else str(said))
    assert (told["as_of"], told["is_final"]) == ("2026-03-05", True)
    assert told["branch"] is None
    code = service.customer.branch.code
    of_branch = office("GET", f"/api/admin/figures?from=2026-01-01&to=2026-01-31&branch={code}")
    assert of_branch.json()["branch"] == code


def test_figures_of_another_branch_do_not_exist(client):
    other = BranchFactory(code="OTHER")
    manager = UserFactory(role=User.Role.BRANCH_MANAGER, branch=BranchFactory())
    program = Program(client, token(manager))

    days = "from=2026-01-01&to=2026-01-31"
    assert program("GET", f"/api/admin/figures?{days}&branch={other.code}").status_code == 404
    assert program("GET", f"/api/admin/figures?{days}").json()["branch"] == manager.branch.code
    backwards = program("GET", "/api/admin/figures?from=2026-01-31&to=2026-01-01")
    assert backwards.status_code == 422
