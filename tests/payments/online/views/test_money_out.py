"""Refunds and deposits in the console."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.urls import reverse

from billing.allocation.models import Refund
from billing.receivables.services import deposits
from ispbill.accounts.models import User
from ispbill.core import clock
from ispbill.core.acts import Act
from tests.factories.accounts import BranchFactory, UserFactory
from tests.factories.changes import billed_service
from tests.factories.customers import CustomerFactory, SubscriptionFactory
from tests.factories.network import AccessFactory
from tests.factories.payments import open_invoice, paid

pytestmark = pytest.mark.django_db(transaction=True)

AT = datetime(2026, 1, 10, 4, 0, tzinfo=UTC)
WHY = {"reason_code": "OTHER", "reason": "told so on the phone"}


@pytest.fixture(autouse=True)
def _ten_january(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: AT)


@pytest.fixture
def owner(client):
    user = UserFactory()
    client.force_login(user)
    return user


def address(name, *args):
    return reverse(f"staff_payments:{name}", args=args)


def text_of(response):
    return " ".join(response.content.decode().split())


def test_credit_is_paid_out_and_the_voucher_made(client, owner):
    customer = CustomerFactory()
    paid(customer, "300.00", at=AT)
    panel = text_of(client.get(address("customer-panel", customer.number)))

    response = client.post(
        address("refund", customer.number), {"amount": "120", "method": "CASH", **WHY}
    )

    refund = Refund.objects.get()
    assert address("refund", customer.number) in panel
    assert response.status_code == 302
    assert (refund.amount, refund.paid_by) == (Decimal(120), owner)
    assert client.get(address("paper", refund.number)).status_code in (200, 202)
    assert refund.number in text_of(client.get(address("customer-panel", customer.number)))
    assert refund.number in text_of(client.get(address("statement", customer.number)))


def test_without_credit_there_is_nothing_to_pay_out(client, owner):
    customer = CustomerFactory()

    assert "no credit" in text_of(client.get(address("refund", customer.number)))


@pytest.mark.parametrize("amount", ["300.01", "0", "-1", "lots"])
def test_too_much_or_nonsense_is_refused(client, owner, amount):
    customer = CustomerFactory()
    paid(customer, "300.00", at=AT)

    response = client.post(
        address("refund", customer.number), {"amount": amount, "method": "CASH", **WHY}
    )

    assert response.status_code == 422
    assert Refund.objects.count() == 0


def test_a_deposit_is_taken_used_and_paid_back(client, owner):
    customer = CustomerFactory()
    open_invoice(customer, "500.00")
    money = {"method": "CASH", **WHY}

    client.post(address("take-deposit", customer.number), {"amount": "2000", **money})
    client.post(address("apply-deposit", customer.number), {"amount": "500", **WHY})
    client.post(address("return-deposit", customer.number), {"amount": "1000", **money})

    assert deposits.held(customer.pk) == Decimal(500)
    panel = text_of(client.get(address("customer-panel", customer.number)))
    assert all(f"DEP-2026-0000{number}" in panel for number in (1, 2, 3))
    for number in (1, 2, 3):
        voucher = address("paper", f"DEP-2026-0000{number}")
        assert client.get(voucher).status_code in (200, 202)


def test_a_cashier_takes_deposits_but_pays_nothing_out(client):
    customer = CustomerFactory()
    client.force_login(UserFactory(role=User.Role.CASHIER))

    assert client.get(address("take-deposit", customer.number)).status_code == 200
    for name in ("refund", "apply-deposit", "return-deposit"):
        assert client.get(address(name, customer.number)).status_code == 403


def test_another_branchs_voucher_is_not_found(client, owner):
    customer = CustomerFactory()
    client.post(address("take-deposit", customer.number), {"amount": "5", "method": "CASH", **WHY})
    client.force_login(UserFactory(role=User.Role.BRANCH_MANAGER, branch=BranchFactory()))

    assert client.get(address("paper", "DEP-2026-00001")).status_code == 404


def _leaving(owner, held="2000"):
    service = billed_service("1000.00")
    AccessFactory(subscription=service)
    deposits.take(
        customer=service.customer,
        amount=Decimal(held),
        method="CASH",
        reference="",
        act=Act(owner, AT, on=AT.date(), reason="router lent out"),
    )
    return service, reverse("staff_billing:service-cancel", args=[service.customer.number, 1])


def test_who_ends_a_service_sees_what_the_deposit_does_and_chooses(client, owner):
    service, url = _leaving(owner)
    sent = {**WHY, "on": "2026-01-10", "method": "", "reference": ""}

    page = text_of(client.get(url))
    unchosen = client.post(url, sent)
    no_way = client.post(url, {**sent, "deposit": "PAY_BACK"})
    later = client.post(url, {**sent, "deposit": "PAY_BACK", "method": "CASH", "on": "2026-02-01"})
    done = client.post(url, {**sent, "deposit": "PAY_BACK", "method": "BKASH"}, follow=True)

    assert "Deposit held: ৳ 2,000.00. Of it ৳ 185.48 pays what is then owed" in page
    assert "৳ 1,814.52 is left." in page
    assert [one.status_code for one in (unchosen, no_way, later)] == [422, 422, 422]
    assert "৳ 1,814.52 is paid back: DEP-2026-00003." in text_of(done)
    assert deposits.held(service.customer_id) == 0


def test_a_deposit_stays_held_when_another_service_goes_on(client, owner):
    service, url = _leaving(owner)
    SubscriptionFactory(customer=service.customer, line_no=2)

    form = client.get(url).context["form"]

    assert form.fields["deposit"].choices[0][0] == "LEAVE"


def test_who_may_not_pay_out_ends_the_service_and_leaves_the_deposit(client, owner):
    service, url = _leaving(owner)
    noc = UserFactory(role=User.Role.NOC, branch=service.customer.branch)
    client.force_login(noc)

    page = text_of(client.get(url))
    client.post(url, {**WHY, "on": "2026-01-10", "deposit": "CREDIT"})

    assert "It stays held: using it needs somebody who may pay money out." in page
    assert deposits.held(service.customer_id) == Decimal(2000)
    client.force_login(owner)
    waiting = client.get(address("deposits") + "?show=left")
    assert [one.customer for one in waiting.context["page"]] == [service.customer]
    assert waiting.context["total"] == Decimal(2000)


def test_the_list_of_deposits_tells_who_left_from_who_stays(client, owner):
    stays, _url = _leaving(owner, held="700")

    assert stays.customer.number in text_of(client.get(address("deposits")))
    assert stays.customer.number not in text_of(client.get(address("deposits") + "?show=left"))
