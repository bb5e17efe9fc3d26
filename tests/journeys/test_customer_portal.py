"""What a customer sees on a cheap phone, in Bangla, also without JavaScript."""

import re

import pytest
from playwright.sync_api import expect

from billing.invoices.models import Invoice


def test_a_cut_off_customer_reads_what_she_owes(visit):
    page = visit("01711000003", door="/portal/login", width=360)

    expect(page.get_by_text(re.compile("1,725")).first).to_be_visible()
    page.get_by_role("link", name="Bills").first.click()
    number = Invoice.objects.get(customer__phone="+8801711000003", amount_due__gt=0).number
    expect(page.get_by_text(number).first).to_be_visible()


@pytest.mark.parametrize("javascript", [True, False])
def test_the_portal_works_without_javascript_too(visit, javascript):
    page = visit("01711000001", door="/portal/login", width=360, javascript=javascript)

    expect(page.locator("html")).to_have_attribute("lang", "bn")
    page.goto("/portal/bills/")
    numbers = Invoice.objects.filter(customer__phone="+8801711000001").values_list(
        "number", flat=True
    )
    expect(page.get_by_text(numbers[0]).first).to_be_visible()
    if javascript:
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_somebody_elses_bill_does_not_exist(visit):
    page = visit("01711000002", door="/portal/login", width=360)
    other = Invoice.objects.get(customer__phone="+8801711000003", amount_due__gt=0).number

    answer = page.goto(f"/portal/invoices/{other}/")

    assert answer.status == 404


def test_a_reseller_sees_own_customers_only(visit):
    page = visit("r1@demo.test", door="/reseller-login/")

    page.goto("/reseller-portal/")

    expect(page.get_by_text("Dulal Mia").first).to_be_visible()
    expect(page.get_by_text("Amina Begum")).to_have_count(0)


def test_a_technician_has_a_page_that_opens_without_signal(visit):
    page = visit("tech1@demo.test", door="/technician/login", width=360)

    page.goto("/technician/")

    expect(page.get_by_role("heading", name="Today").first).to_be_visible()
    manifest = page.request.get("/technician/manifest.webmanifest")
    assert manifest.json()["start_url"].startswith("/technician/")
