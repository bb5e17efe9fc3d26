"""The customer's page at a desk and on a phone: the payment is taken from the card with one key."""

import re

import pytest
from playwright.sync_api import expect

from billing.allocation.models import Payment
from customers.models import Customer


@pytest.mark.parametrize("width", [360, 1440])
def test_the_card_takes_the_payment_and_says_that_all_is_paid(visit, width):
    chitra = Customer.objects.get(phone="+8801711000003")
    page = visit("cashier@demo.test", width=width)

    page.goto(f"/admin/customers/{chitra.number}/")
    card = page.locator("#state-card .state-card")
    expect(card).to_have_attribute("data-state", "off_for_debt")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    page.keyboard.press("p")
    dialog = page.locator("dialog[open]")
    amount = dialog.locator("input[name=amount]")
    expect(amount).to_have_value(re.compile("1,?725"))
    dialog.locator("input[name=reference]").fill("8N7A6D5EE7")
    amount.press("Enter")
    expect(dialog.get_by_text(re.compile(r"RCP-2026-\d{5}")).first).to_be_visible()
    page.keyboard.press("Escape")

    receipt = Payment.objects.filter(customer=chitra).latest("pk").receipt_number
    expect(card).not_to_have_attribute("data-state", "off_for_debt")
    expect(page.locator("#timeline").get_by_text(receipt).first).to_be_visible()


def test_on_a_phone_what_is_pressed_is_large_enough_and_facts_are_a_tab(visit):
    chitra = Customer.objects.get(phone="+8801711000003")
    page = visit("cashier@demo.test", width=360)

    page.goto(f"/admin/customers/{chitra.number}/")
    pressed = page.locator(
        ".state-acts .btn, .page-head-actions .btn, .tabs .nav-link, .happenings-kinds a"
    )
    heights = [box["height"] for one in pressed.all() if (box := one.bounding_box())]
    facts = page.locator(".tabs .nav-link", has_text="Facts")

    assert min(heights) >= 44
    assert page.locator(".state-acts .btn-primary").bounding_box()["height"] >= 48
    expect(page.locator(".customer-aside")).to_be_hidden()
    facts.click()
    expect(page.locator(".account-facts")).to_be_visible()
