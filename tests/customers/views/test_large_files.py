"""A file of many people leaves only with a fresh proof of who takes it."""

import pytest
from django.urls import reverse

from ispbill.accounts import access
from ispbill.accounts.models import User
from tests.factories.accounts import UserFactory
from tests.factories.customers import CustomerFactory
from tests.factories.payments import open_invoice, paid

pytestmark = pytest.mark.django_db

FILES = [
    ("staff_customers:export", ["csv"], ""),
    ("staff_billing:invoices-export", [], ""),
    ("staff_payments:export", [], ""),
]


@pytest.mark.parametrize(("name", "args", "query"), FILES)
def test_more_people_than_leave_without_a_proof(client, monkeypatch, at, name, args, query):
    for customer in (CustomerFactory(), CustomerFactory()):
        open_invoice(customer)
        paid(customer, "100.00", at=at)
        paid(customer, "50.00", at=at)
    client.force_login(UserFactory(role=User.Role.OWNER))
    session = client.session
    session[access.PROVEN_AT] = 0
    session.save()
    path = reverse(name, args=args) + query

    monkeypatch.setattr(access, "MOST_UNPROVEN", 2)
    assert client.get(path).status_code == 200
    monkeypatch.setattr(access, "MOST_UNPROVEN", 1)
    asked = client.get(path)
    proven = client.post(path, {"step_up": "read", "step_up_password": "Test-12345!"})

    assert (asked.status_code, asked.headers["X-Step-Up"]) == (403, "asked")
    assert (proven.status_code, proven.headers["Location"]) == (303, path)
    assert client.get(path).status_code == 200
