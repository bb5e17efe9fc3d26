"""A debit order from the customer's phone to money, and back when the bank returns it."""

from datetime import UTC, date, datetime

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from billing.allocation.models import Payment
from customers.models import Customer
from ispbill.core import clock
from ispbill.core.models import Company
from payments.debits.models import DebitBatch, DebitOrder, Mandate
from payments.debits.services import settings as choices
from tests.factories import debits
from tests.factories.payments import open_invoice
from tests.journeys.conftest import eventually

PHONE = "01711000002"
METHODS = "/portal/payment-methods/"


@pytest.fixture
def bank(tmp_path, town):
    """A NetCash that knows where to post, on Monday 2 March 2026."""
    bank = debits.Bank(tmp_path)
    debits.connected(bank)
    Company.objects.update(phone_region="BD")  # the town's people sign in with their numbers
    Company.forget_cached()
    hook = reverse("public_payments:netcash-mandate", args=[choices.postback_secret()])
    bank.act(act="profile", postback_url=f"{town.url}{hook}")
    bank.switch(sends_postbacks=True)
    _go_to(bank, bank.day)
    yield bank
    bank.close()


def _go_to(bank, day):
    bank.go_to(day)
    clock.set_simulated(datetime(day.year, day.month, day.day, 10, tzinfo=UTC))


def _press(page, label, until, what):
    """Press a button of A-16 until the worker has seen to it."""

    def pressed():
        with page.expect_navigation():  # a plain form asks first whether one is still signed in
            page.get_by_role("button", name=label).click()
        return until()

    eventually(pressed, seconds=90, what=what)


def test_a_debit_order_is_signed_collected_and_returned(visit, bank):
    customer = Customer.objects.get(phone="+88" + PHONE)
    Customer.objects.filter(pk=customer.pk).update(phone="+27825551234")
    open_invoice(customer, "300.00", due=date(2026, 3, 4))

    phone = visit(PHONE, door="/portal/login", width=360)
    phone.goto(METHODS)
    phone.get_by_role("link", name="Add a debit order").click()
    phone.fill("input[name=number]", "4000 0000 00")
    phone.select_option("select[name=bank]", "FNB")
    phone.fill("input[name=ceiling]", "20000")
    assert phone.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    phone.get_by_role("button", name="Send the request").click()
    expect(phone.get_by_text("Approve it in your banking app").first).to_be_visible()
    _wait_for_state(customer, "SENT")

    phone.goto(METHODS)
    phone.get_by_role("link", name="Approve the debit order").click()
    phone.get_by_role("button", name="Sign").click()
    expect(phone.get_by_text("The mandate is signed.")).to_be_visible()
    _wait_for_state(customer, "ACTIVE")  # the postback made the worker ask for the list
    phone.goto(METHODS)
    expect(phone.get_by_text("collected by themselves")).to_be_visible()

    office = visit("billing@demo.test")
    office.goto("/admin/debit-orders/")
    _press(office, "Run now", DebitOrder.objects.filter(customer=customer).exists, "the run")
    _press(
        office,
        "Ask NetCash now",
        DebitBatch.objects.filter(state="AUTHORISED").exists,
        "the authorised batch",
    )
    _go_to(bank, date(2026, 3, 6))
    _press(
        office,
        "Ask NetCash now",
        DebitOrder.objects.filter(state="COLLECTED").exists,
        "the statement",
    )
    order = DebitOrder.objects.get(customer=customer)
    office.goto(f"/admin/debit-orders/{order.batch.name}/")
    expect(office.get_by_text("Collected").first).to_be_visible()
    assert Payment.objects.get(method="DEBIT_ORDER").status == "COMPLETED"

    bank.result(order, "02")
    _go_to(bank, date(2026, 3, 9))
    _press(
        office,
        "Ask NetCash now",
        DebitOrder.objects.filter(state="UNPAID").exists,
        "the returned debit",
    )
    office.goto(f"/admin/debit-orders/{order.batch.name}/")
    expect(office.get_by_text("Not enough money in the account")).to_be_visible()
    expect(office.get_by_text("1 of 5 failed debits")).to_be_visible()
    assert Payment.objects.get(method="DEBIT_ORDER").status == "REVERSED"
    phone.goto(METHODS)
    expect(phone.get_by_text("Not enough money in the account")).to_be_visible()


def _wait_for_state(customer, state):
    eventually(
        lambda: Mandate.objects.filter(customer=customer, state=state).exists(),
        seconds=60,
        what=f"the mandate's {state}",
    )
