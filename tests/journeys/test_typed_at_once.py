"""What a cashier types right after a key is never lost, however slow the line is."""

import re
import time

import pytest
from playwright.sync_api import expect

from customers.models import Customer

LATENCY_SECONDS = 0.4


@pytest.fixture
def page(visit):
    page = visit("cashier@demo.test")
    page.goto("/admin/customers/")

    def slowly(route):
        time.sleep(LATENCY_SECONDS)
        route.continue_()

    page.route("**/admin/payments/**", slowly)
    return page


def test_the_number_typed_after_the_key_is_whole(page):
    page.keyboard.type("p1711000003", delay=30)

    search = page.locator("dialog[open]").get_by_role("combobox")
    expect(search).to_have_value("1711000003")
    amount = page.locator("dialog[open] input[name=amount]")
    expect(amount).to_have_value(re.compile("1,?725"))


def test_the_amount_typed_on_a_customers_page_is_whole(page):
    chitra = Customer.objects.get(phone="+8801711000003")
    page.goto(f"/admin/customers/{chitra.number}/")

    page.keyboard.type("p900", delay=30)

    expect(page.locator("dialog[open] input[name=amount]")).to_have_value("900")
