"""Paying online in a browser: by a link, without signing in, with and without JavaScript."""

import re
from datetime import date
from decimal import Decimal

import pytest
from playwright.sync_api import expect

from billing.allocation.models import Payment
from customers.models import Customer, Subscription
from ispbill.core.pay_links import PayLink
from network.models import Access
from payments.online.models import PaymentAttempt
from tests.journeys.conftest import eventually

LATE = "+8801711000003"  # Chitra Roy: cut off, owes 1,725.00
OWED = Decimal("1725.00")


@pytest.fixture
def pay(visit, town, settings):
    """Open a late customer's pay link, choose SSLCommerz, and stand on the gateway's page."""
    settings.PUBLIC_URL = town.url  # where the gateway and its notices find us
    customer = Customer.objects.get(phone=LATE)

    def open_for(**browser):
        page = visit(width=360, **browser)
        page.goto(f"/pay/{PayLink(customer.pk, date(2026, 2, 1)).token()}")
        expect(page.locator(".hero-amount")).to_contain_text("1,725")
        assert "Chitra" not in page.content()
        if browser.get("javascript", True):
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        page.locator("input[name=gateway][value^=sslcommerz]").check()
        page.get_by_role("button", name="Pay now").click()
        expect(page.get_by_role("button", name="Success", exact=True)).to_be_visible()
        return page

    return open_for


def attempt():
    return PaymentAttempt.objects.latest("pk")


def test_a_late_customer_pays_by_a_link_and_is_on_line_again(pay):
    page = pay()
    page.get_by_role("button", name="Success", exact=True).click()

    expect(page.get_by_text("Paid. Thank you!")).to_be_visible()
    payment = Payment.objects.latest("pk")
    assert (payment.amount, payment.customer.phone) == (OWED, LATE)
    expect(page.get_by_text(payment.receipt_number)).to_be_visible()
    service = Subscription.objects.get(customer=payment.customer)
    assert service.status == "ACTIVE"
    eventually(
        lambda: Access.objects.get(subscription=service).is_settled, seconds=30, what="the line"
    )
    expect(page.get_by_text("Online", exact=False).first).to_be_visible()
    page.get_by_role("link", name="Receipt").click()
    expect(page.get_by_text(payment.receipt_number).first).to_be_visible()


def test_the_browser_is_closed_and_the_notice_alone_credits(pay):
    page = pay()
    page.get_by_role("button", name="Success, browser closed (IPN only)").click()
    # Chromium now and then never answers who closes a page that is on its way to another.
    expect(page.get_by_text("The browser stays here.")).to_be_visible()
    page.close()

    eventually(lambda: attempt().state == "SETTLED", seconds=30, what="the credit")
    assert Payment.objects.latest("pk").amount == OWED


def test_a_refused_card_says_why_and_lets_the_customer_try_again(pay):
    page = pay()
    page.get_by_role("button", name="Fail: insufficient balance").click()

    expect(page.get_by_text("The payment did not succeed.")).to_be_visible()
    expect(page.get_by_text("Insufficient", exact=False)).to_be_visible()
    page.get_by_role("link", name="Try again").click()
    expect(page.locator(".hero-amount")).to_contain_text("1,725")


def test_a_customer_who_cancels_is_told_that_nothing_was_taken(pay):
    page = pay()
    page.get_by_role("button", name="Cancel").click()

    expect(page.get_by_text("You cancelled the payment.")).to_be_visible()
    assert attempt().payment is None


def test_without_javascript_it_works_too(pay):
    page = pay(javascript=False)
    page.get_by_role("button", name="Success", exact=True).click()
    page.get_by_role("button", name="Return to the merchant").click()  # scripts go by themselves

    # The page looks again by itself, every five seconds.
    expect(page.get_by_text("Paid. Thank you!")).to_be_visible(timeout=30_000)


def test_the_account_is_found_by_phone_and_shown_masked(visit, town):
    page = visit(width=360)
    page.goto("/pay")
    page.fill("input[name=account]", "01711000003")
    page.get_by_role("button", name="Find my bill").click()

    expect(page.get_by_text("C***a R***y")).to_be_visible()
    assert "Chitra" not in page.content()
    page.get_by_role("link", name="Pay", exact=True).click()
    expect(page.locator(".hero-amount")).to_contain_text("1,725")

    page.goto("/pay")
    page.fill("input[name=account]", "01799999999")
    page.get_by_role("button", name="Find my bill").click()
    expect(page.get_by_text("No account is known by this number.")).to_be_visible()


@pytest.mark.parametrize("width", [360, 1280])
def test_a_customer_who_is_signed_in_pays_a_part_and_stays_in_the_portal(
    visit, town, settings, width
):
    settings.PUBLIC_URL = town.url
    page = visit("01711000003", door="/portal/login", width=width)

    def is_inside():
        expect(page.locator("nav.tabbar")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")

    page.goto("/suspended")
    expect(page.get_by_text("A bill was not paid in time, so this line is paused.")).to_be_visible()
    is_inside()
    page.get_by_role("link", name="Pay now").click()
    is_inside()
    page.fill("input[name=amount]", "1000")
    page.locator("input[name=gateway][value^=sslcommerz]").check()
    page.get_by_role("button", name="Pay now").click()
    page.get_by_role("button", name="Success", exact=True).click()

    expect(page.get_by_text("Paid. Thank you!")).to_be_visible()
    expect(
        page.get_by_text(re.compile(r"You still owe .*725\.00.* your internet stays paused"))
    ).to_be_visible()
    is_inside()
    page.get_by_role("link", name="Receipt").click()
    expect(page.get_by_role("link", name="Share")).to_be_visible()
    is_inside()
    page.goto("/portal/")
    expect(page.get_by_text(re.compile("stays paused until"))).to_be_visible()
