"""A ticket from the portal to the survey: reported on a phone, answered by keyboard, judged."""

import re

from django.utils import timezone
from playwright.sync_api import expect

from customers.models import Customer
from tests.factories.tickets import opened
from tests.journeys.conftest import eventually
from tickets.models import Survey, Ticket


def test_a_customer_reports_staff_answer_and_the_customer_judges(visit):
    home = visit("01711000002", door="/portal/login", width=360)
    home.goto("/portal/support/")
    home.get_by_role("link", name="New ticket").click()
    home.get_by_label("No connection").check()
    home.get_by_label("What happens?").fill("The red lamp is on.")
    home.get_by_role("button", name="Send").click()
    expect(home.get_by_text("We have it, and look into it.")).to_be_visible()
    number = Ticket.objects.get().number

    desk = visit("support@demo.test", width=1440)
    desk.goto("/admin/tickets/")
    desk.get_by_role("link", name=number).click()
    expect(desk.get_by_role("heading", name="The red lamp is on.")).to_be_visible()
    desk.wait_for_load_state()
    desk.keyboard.press("a")
    expect(desk.locator(".ticket-side")).to_contain_text("Tanvir Hasan")
    desk.keyboard.press("r")
    desk.keyboard.type("Please restart the router.")
    desk.get_by_role("button", name="Send and wait for the customer").click()
    expect(desk.get_by_text("Waiting for customer").first).to_be_visible()
    expect(desk.get_by_text(re.compile("paused")).first).to_be_visible()

    home.reload()
    expect(home.get_by_text("Our clock stands still until then.")).to_be_visible()
    home.get_by_label("Your answer").fill("Still red.")
    home.get_by_role("button", name="Send").click()

    expect(desk.get_by_text("Still red.")).to_be_visible()  # by itself
    desk.keyboard.press("e")
    desk.get_by_label("What the customer reads").fill("The joint is mended.")
    desk.get_by_role("dialog").get_by_role("button", name="Resolve").click()
    expect(desk.get_by_text("Resolved").first).to_be_visible()

    home.reload()
    home.locator("input[name=stars][value='5']").check(force=True)
    home.locator("form:has(input[name=stars])").get_by_role("button", name="Send").click()
    expect(home.get_by_text("Thank you. That helps us.")).to_be_visible()
    assert Survey.objects.get().stars == 5


def test_what_a_customer_typed_is_there_after_a_reload_and_gone_once_sent(visit):
    ticket = opened(Customer.objects.get(phone="+8801711000002"), at=timezone.now())
    home = visit("01711000002", door="/portal/login", width=360)
    page = f"/portal/support/{ticket.number}/"
    home.goto(page)
    home.get_by_label("Your answer").fill("The lamp is still red")

    home.goto("/portal/")
    home.goto(page)
    expect(home.get_by_label("Your answer")).to_have_value("The lamp is still red")
    home.get_by_role("button", name="Send").click()

    expect(home.locator(".talk")).to_contain_text("The lamp is still red")
    expect(home.get_by_label("Your answer")).to_have_value("")


def test_an_answer_that_was_typed_is_there_after_a_reload_and_gone_once_sent(visit):
    ticket = opened(Customer.objects.order_by("pk").first(), at=timezone.now())
    desk = visit("support@demo.test", width=1440)
    desk.on("dialog", lambda one: one.accept())

    def kept():
        return desk.evaluate("JSON.stringify(window.localStorage)")

    desk.goto(f"/admin/tickets/{ticket.number}/")
    desk.get_by_label("Answer to the customer").fill("A long answer")
    eventually(lambda: "A long answer" in kept(), what="the draft")

    desk.reload()
    desk.get_by_role("button", name="Restore what I typed").click()
    expect(desk.get_by_label("Answer to the customer")).to_have_value("A long answer")
    desk.get_by_role("button", name="Send", exact=True).click()

    expect(desk.locator(".talk")).to_contain_text("A long answer")
    expect(desk.get_by_role("button", name="Restore what I typed")).to_have_count(0)
    assert "draft:" not in kept()
