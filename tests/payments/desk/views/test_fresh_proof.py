"""Money above the limit leaves only with a fresh proof of who sends it."""

from datetime import UTC, datetime
from decimal import Decimal
from http import HTTPStatus

import pytest
from django.urls import reverse

from billing.allocation.models import Refund
from billing.approvals.models import Approval
from billing.receivables.services import deposits
from ispbill.accounts import access
from ispbill.accounts.models import User
from ispbill.core import clock
from ispbill.core.acts import Act
from ispbill.core.models import Company
from tests.factories.accounts import UserFactory
from tests.factories.changes import billed_service
from tests.factories.customers import CustomerFactory
from tests.factories.network import AccessFactory
from tests.factories.payments import paid

pytestmark = pytest.mark.django_db(transaction=True)

AT = datetime(2026, 1, 10, 4, 0, tzinfo=UTC)
WHY = {"reason_code": "OTHER", "reason": "told so on the phone"}


@pytest.fixture(autouse=True)
def _ten_january(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: AT)


@pytest.fixture(autouse=True)
def _limits():
    Company.current()
    Company.objects.update(refund_limit_amount=Decimal(500), deposit_limit_amount=Decimal(500))
    Company.forget_cached()


def person(client, *, is_proven):
    user = UserFactory(role=User.Role.BILLING)
    client.force_login(user)
    if not is_proven:
        session = client.session
        session[access.PROVEN_AT] = 0
        session.save()
    return user


def is_asked(page):
    return (page.status_code, page.headers.get("X-Step-Up")) == (HTTPStatus.FORBIDDEN, "asked")


def out(client, name, customer, amount):
    return client.post(
        reverse(f"staff_payments:{name}", args=[customer.number]),
        {"amount": amount, "method": "CASH", "reference": "", **WHY},
    )


def test_a_refund_below_the_limit_needs_none(client):
    person(client, is_proven=False)
    customer = CustomerFactory()
    paid(customer, "900.00", at=AT)

    assert out(client, "refund", customer, "500").status_code == HTTPStatus.FOUND
    assert Refund.objects.get().amount == Decimal(500)


@pytest.mark.parametrize("name", ["refund", "return-deposit"])
def test_above_the_limit_asking_for_it_needs_one(client, name):
    user = person(client, is_proven=False)
    customer = CustomerFactory()
    paid(customer, "900.00", at=AT)
    deposits.take(
        customer=customer,
        amount=Decimal(900),
        method="CASH",
        reference="",
        act=Act(user, AT, on=AT.date(), reason="router lent out"),
    )

    assert is_asked(out(client, name, customer, "500.01"))
    assert not Approval.objects.exists()
    person(client, is_proven=True)
    assert out(client, name, customer, "500.01").status_code == HTTPStatus.FOUND
    assert Approval.objects.get().amount == Decimal("500.01")


def test_the_second_person_needs_one_too(client):
    person(client, is_proven=True)
    customer = CustomerFactory()
    paid(customer, "900.00", at=AT)
    out(client, "refund", customer, "600")
    decide = reverse("staff_billing:approval", args=[Approval.objects.get().pk])
    person(client, is_proven=False)

    page = client.post(decide, {"decision": "approve", "note": ""})

    assert is_asked(page)
    assert not Refund.objects.exists()
    sent = {"decision": "approve", "note": "", "step_up": "write"}
    client.post(decide, {**sent, "step_up_password": "Test-12345!"})
    assert Refund.objects.get().amount == Decimal(600)


def test_paying_a_large_deposit_back_when_a_service_ends_needs_one(client):
    user = person(client, is_proven=False)
    service = billed_service("1000.00")
    AccessFactory(subscription=service)
    deposits.take(
        customer=service.customer,
        amount=Decimal(2000),
        method="CASH",
        reference="",
        act=Act(user, AT, on=AT.date(), reason="router lent out"),
    )
    url = reverse("staff_billing:service-cancel", args=[service.customer.number, 1])
    sent = {**WHY, "on": "2026-01-10", "method": "BKASH", "reference": "", "deposit": "PAY_BACK"}

    assert is_asked(client.post(url, sent))
    service.refresh_from_db()
    assert service.status == "ACTIVE"
