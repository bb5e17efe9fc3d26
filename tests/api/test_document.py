"""Any call the document allows, and any it does not, is answered; none breaks the server."""

import json

import pytest
import schemathesis
from django.core.cache import cache
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from customers.models import CustomerLogin
from ispbill.accounts.models import User
from ispbill.api.rules import scopes
from ispbill.api.services import tokens
from ispbill.api.views.service import api
from ispbill.core.acts import Act
from tests.factories.accounts import UserFactory
from tests.factories.customers import SubscriptionFactory
from tests.factories.payments import open_invoice

pytestmark = pytest.mark.django_db
TRIES = 12
BROKEN = 500
NO_ENTRY = {401, 403, 405, 429}


def operations():
    document = json.loads(json.dumps(api.get_openapi_schema(path_prefix="/api/")))
    schema = schemathesis.openapi.from_dict(document)
    return [found.ok() for found in schema.get_all_operations()]


def word_for(path, customer):
    """Return a token of somebody who may: the customer for the dashboard, else an owner."""
    user = UserFactory(role=User.Role.OWNER)
    if "/dashboard/" in path:
        user = UserFactory(role=User.Role.CUSTOMER)
        CustomerLogin.objects.create(user=user, customer=customer)
    scopes_held = tokens.offered(user)
    return tokens.issue(name="fuzz", scopes=scopes_held, days=1, act=Act.now(user))[1]


@pytest.mark.parametrize("operation", operations(), ids=lambda one: f"{one.method} {one.path}")
def test_no_call_of_the_documents_kind_breaks_the_server(operation, monkeypatch):
    monkeypatch.setattr(scopes, "STAFF", 10**6)
    monkeypatch.setattr(scopes, "STAFF_WRITES", 10**6)
    monkeypatch.setattr(scopes, "CUSTOMER", 10**6)
    cache.clear()
    service = SubscriptionFactory()
    bill = open_invoice(service.customer)
    known = {"number": service.customer.number, "service": f"{service.customer.number}-1"}
    if "invoices" in operation.path:
        known["number"] = bill.number
    word = word_for(operation.path, service.customer)
    seen = set()
    browser = Client(raise_request_exception=False)

    @settings(
        max_examples=TRIES,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        derandomize=True,
    )
    @given(case=operation.as_strategy(), is_known=st.booleans())
    def try_it(case, is_known):
        given_path = case.path_parameters or {}
        if is_known:
            given_path = {name: known.get(name, value) for name, value in given_path.items()}
        path = operation.path
        for name, value in given_path.items():
            path = path.replace(f"{{{name}}}", str(value).replace("/", "%2F"))
        body = case.body if isinstance(case.body, dict | list | str) else None
        answer = browser.generic(
            operation.method.upper(),
            path,
            json.dumps(body) if body is not None else "",
            content_type="application/json",
            query_params={name: str(value) for name, value in (case.query or {}).items()},
            headers={"Authorization": f"Bearer {word}", "Idempotency-Key": "k"},
        )
        assert answer.status_code < BROKEN, answer.content
        seen.add(answer.status_code)

    try_it()
    assert seen - NO_ENTRY, "no call came through the door"
