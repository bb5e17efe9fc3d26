"""From signing in to the first useful act: at most three clicks or keys, whatever one does here."""

import re
from datetime import date

from playwright.sync_api import expect

from customers.models import Customer
from tests.factories.payments import open_invoice


def test_the_owner_opens_who_is_late_and_a_figure_s_list(visit):
    page = visit("owner@demo.test")

    expect(page).to_have_url(re.compile("/admin/$"))
    sentence = page.locator(".home-words")
    expect(sentence).not_to_be_empty()
    expect(page.locator("#cash-title")).to_be_visible()
    expect(page.locator(".home-ageing .home-rows li")).to_have_count(4)
    page.get_by_role("link", name="All late bills").click()  # one
    expect(page.get_by_role("heading", name="Owed and past due")).to_be_visible()


def test_a_phone_shows_the_sentence_first_and_scrolls_nowhere_sideways(visit):
    page = visit("owner@demo.test", width=360)

    expect(page.locator(".home-words")).to_be_visible()
    expect(page.locator(".home-work .home-title")).to_be_visible()
    expect(page.locator("[aria-busy=true] .skeleton-line")).to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    tops = [
        page.locator(f".home-{name}").bounding_box()["y"] for name in ("ageing", "cash", "lines")
    ]
    assert tops == sorted(tops)


def test_a_cashier_types_at_the_desk_at_once(visit):
    page = visit("cashier@demo.test")

    expect(page).to_have_url(re.compile("/cash-desk/"))
    expect(page.locator("input:focus")).to_be_visible()


def test_support_opens_the_customer_to_be_called(visit):
    amina = Customer.objects.get(phone="+8801711000001")
    open_invoice(amina, amount="575.00", due=date(2026, 1, 5))
    page = visit("support@demo.test")

    expect(page.locator(".home-work .home-title")).to_have_text("Waits for you")
    page.locator(".home-calls").get_by_role("link", name=amina.name).click()  # one
    expect(page).to_have_url(re.compile(f"/customers/{amina.number}/"))


def test_an_engineer_opens_the_first_router(visit):
    page = visit("noc@demo.test")

    page.locator(".home-routers .strip-name a").first.click()  # one
    expect(page).to_have_url(re.compile(r"/network/routers/\d+/"))


def test_sales_open_the_first_lead(visit):
    page = visit("sales@demo.test")

    expect(page.locator(".home-words")).not_to_be_empty()
    page.locator(".home-pipeline .plot-name a").first.click()  # one
    expect(page).to_have_url(re.compile("/leads/.*stage=NEW"))


def test_a_branch_manager_has_the_owner_s_page_of_the_branch(visit):
    page = visit("manager.ctg@demo.test")

    expect(page.locator("#cash-title")).to_be_visible()
    expect(page.locator(".home-words")).not_to_be_empty()
