"""A collector's round at 360 px: cash taken without a connection is in the books once."""

import re
from decimal import Decimal

from playwright.sync_api import expect

from billing.allocation.models import Payment
from customers.models import Customer
from fieldservice.rounds.models import RoundReceipt
from tests.journeys.conftest import eventually
from tests.journeys.test_technician_offline import IS_NARROW, KEPT

DUE = Decimal("1725.00")


def lose_the_first_answer(context):
    lost = []

    def handle(route):
        if lost:
            route.continue_()
            return
        lost.append(route.fetch())
        route.abort()

    context.route("**/technician/round/payments/", handle)
    return lost


def test_cash_taken_without_a_connection_gets_its_receipt_and_is_booked_once(visit):
    chitra = Customer.objects.select_related("account_state").get(name="Chitra Roy")
    assert chitra.account_state.balance_amount == DUE
    phone = visit("collector@demo.test", door="/technician/login", width=360)
    phone.goto("/technician/")
    phone.get_by_label("PIN", exact=True).fill("4711")
    phone.get_by_label("The same PIN once more").fill("4711")
    phone.get_by_role("button", name="Save").click()
    door = phone.get_by_role("button", name=re.compile("Chitra Roy"))
    expect(door).to_contain_text("1,725.00")
    eventually(lambda: phone.evaluate(KEPT), what="the app on the phone")

    phone.context.set_offline(True)
    phone.goto("/technician/round/")
    phone.get_by_role("button", name=re.compile("Chitra Roy")).click()
    expect(phone.get_by_label("Cash received")).to_have_value("1725.00")
    phone.get_by_role("button", name="Take the payment").click()
    slip = phone.locator(".slip")
    expect(slip).to_contain_text("Provisional receipt")
    expect(slip).to_contain_text(re.compile(r"PR-[A-Z2-9]{4}-00001-[0-9A-Z]"))
    assert phone.evaluate(IS_NARROW)
    assert not RoundReceipt.objects.exists()

    lost = lose_the_first_answer(phone.context)
    with phone.expect_event("requestfailed", lambda asked: "payments" in asked.url):
        phone.context.set_offline(False)
    phone.get_by_role("button", name="Send now").click()
    expect(slip).to_have_attribute("data-state", "final", timeout=45_000)
    assert lost
    receipt = RoundReceipt.objects.select_related("payment").get()
    expect(slip).to_contain_text(receipt.payment.receipt_number)
    assert Payment.objects.filter(received_by__login="collector@demo.test").count() == 1
    chitra.account_state.refresh_from_db()
    assert chitra.account_state.balance_amount == 0
    phone.get_by_role("button", name="All doors").click()
    expect(phone.get_by_text("Cash in hand")).to_contain_text("1,725.00")
    expect(phone.get_by_role("link", name="Hand cash over")).to_be_visible()
