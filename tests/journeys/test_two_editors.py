"""Two people with the same form, a session that ends under it, a network that goes."""

import os
import re

import pytest
from django.contrib.sessions.models import Session
from django.core.cache import cache
from playwright.sync_api import expect

from customers.models import Customer
from tests.journeys.conftest import PASSWORD, eventually


def shot(page, name):
    if os.environ.get("PICTURES"):
        page.screenshot(path=f"{os.environ['PICTURES']}/{name}.png")


def customer():
    return Customer.objects.order_by("pk").first()


def open_form(page, *, as_page=False):
    number = customer().number
    if as_page:
        page.goto(f"/admin/customers/{number}/edit/")
        return page.locator("main form")
    page.goto(f"/admin/customers/{number}/")
    if page.viewport_size["width"] < 640:  # in a hand it lies in the menu
        page.locator(".page-head details[data-menu] > summary").click()
    page.get_by_role("link", name=re.compile("^Edit")).locator("visible=true").first.click()
    form = page.locator("#dialog form")
    expect(form.get_by_label("Name", exact=True)).to_be_visible()
    return form


def sign_everybody_out():
    Session.objects.all().delete()
    cache.clear()


@pytest.mark.parametrize(("width", "as_page"), [(1280, False), (360, False), (1280, True)])
def test_the_second_of_two_editors_chooses_and_nothing_is_lost(visit, width, as_page):
    ann, ben = visit("owner@demo.test", width=width), visit("billing@demo.test", width=width)
    forms = [open_form(ann), open_form(ben, as_page=as_page)]
    forms[0].get_by_label("Address", exact=True).fill("House 22, Road 4")
    forms[0].get_by_label("Notes").fill("Gate code 4471, dog in the yard")
    forms[0].get_by_role("button", name="Save").click()
    expect(ann.locator("#dialog")).not_to_be_visible()
    forms[1].get_by_label("Address", exact=True).fill("House 23, Road 4")
    forms[1].get_by_label("Notes").fill("Call before coming")
    forms[1].get_by_label("Name in local script").fill("বাবুল")

    forms[1].get_by_role("button", name="Save").click()
    question = ben.locator("#over")
    expect(question.get_by_role("heading", level=2)).to_contain_text("saved this while you were")
    expect(question.get_by_role("radio").first).to_be_focused()
    shot(ben, f"conflict-{width}-{as_page}")
    assert ben.evaluate("document.documentElement.scrollWidth") <= width
    ben.keyboard.press("Escape")
    expect(question).not_to_be_visible()
    expect(forms[1].get_by_label("Notes")).to_have_value("Call before coming")
    assert customer().notes == "Gate code 4471, dog in the yard"

    forms[1].get_by_role("button", name="Save").click()
    save = question.get_by_role("button", name=re.compile("Save the choice"))
    expect(save).to_be_disabled()
    expect(question.get_by_text("2 of 2 still to choose")).to_be_visible()
    ben.keyboard.press("ArrowDown")
    expect(question.get_by_text("1 of 2 still to choose")).to_be_visible()
    question.get_by_role("radio", name="Both").check()
    expect(save).to_be_enabled()
    shot(ben, f"chosen-{width}-{as_page}")
    ben.keyboard.press("Control+Enter")

    eventually(lambda: customer().local_name == "বাবুল", what="the choice")
    expect(question).not_to_be_visible()
    assert customer().address == "House 23, Road 4"
    assert customer().notes == "Gate code 4471, dog in the yard. Call before coming"


@pytest.mark.parametrize("as_page", [False, True])
def test_a_session_that_ended_signs_in_over_the_form_and_saves(visit, as_page):
    page = visit("owner@demo.test")
    form = open_form(page, as_page=as_page)
    form.get_by_label("Notes").fill("Typed before the session ended")
    sign_everybody_out()

    form.get_by_role("button", name="Save").click()
    over = page.locator("#over")
    expect(over.get_by_role("heading", name="Sign in to go on")).to_be_visible()
    expect(over.get_by_label("E-mail or phone")).to_have_value("owner@demo.test")
    shot(page, f"sign-in-{as_page}")
    over.get_by_label("Password").fill("not this one")
    over.get_by_role("button", name="Sign in", exact=True).click()
    expect(over.get_by_role("alert")).to_be_visible()
    over.get_by_label("Password").fill(PASSWORD)
    over.get_by_role("button", name="Sign in", exact=True).click()

    eventually(lambda: customer().notes == "Typed before the session ended", what="the save")
    expect(over).not_to_be_visible()
    expect(page.get_by_text("Saved.").first).to_be_visible()


def test_somebody_else_who_signs_in_there_saves_nothing(visit):
    page = visit("owner@demo.test")
    form = open_form(page)
    form.get_by_label("Notes").fill("In nobody else's name")
    sign_everybody_out()
    form.get_by_role("button", name="Save").click()
    over = page.locator("#over")
    over.get_by_label("E-mail or phone").fill("billing@demo.test")
    over.get_by_label("Password").fill(PASSWORD)

    with page.expect_navigation():
        over.get_by_role("button", name="Sign in", exact=True).click()

    expect(page.locator("#dialog")).not_to_be_visible()
    expect(page.locator("body")).to_have_attribute("data-login", "billing@demo.test")
    assert customer().notes != "In nobody else's name"


@pytest.mark.parametrize("as_page", [False, True])
def test_without_a_network_nothing_is_lost_and_it_is_sent_again(visit, as_page):
    page = visit("owner@demo.test")
    form = open_form(page, as_page=as_page)
    form.get_by_label("Notes").fill("Typed on the train")
    page.context.set_offline(True)
    form.get_by_role("button", name="Save").click()

    toast = page.locator(".toast-card")
    expect(toast).to_contain_text("No connection. Nothing was saved.")
    expect(toast).to_have_count(1)
    page.wait_for_timeout(300)
    form.get_by_role("button", name="Save").click()
    page.wait_for_timeout(500)
    expect(toast).to_have_count(1)
    assert (
        page.locator("#toasts").evaluate("one => one.closest('dialog[open]') !== null") != as_page
    )
    page.context.set_offline(False)
    toast.get_by_role("button", name="Retry").click()

    eventually(lambda: customer().notes == "Typed on the train", what="the save")


def test_what_was_typed_is_offered_again_after_a_reload_and_wiped_when_saved(visit):
    page = visit("owner@demo.test")
    asked = []
    page.on("dialog", lambda one: (asked.append(one.type), one.accept()))
    form = open_form(page, as_page=True)
    form.get_by_label("Notes").fill("A long story")
    form.get_by_label("National id").fill("1990123456789")
    page.wait_for_timeout(600)
    kept = page.evaluate("JSON.stringify(window.localStorage)")
    assert "A long story" in kept
    assert "1990123456789" not in kept

    page.reload()
    assert asked == ["beforeunload"]
    expect(form.get_by_label("Notes")).to_have_value("")
    page.get_by_role("button", name="Restore what I typed").click()
    expect(form.get_by_label("Notes")).to_have_value("A long story")
    shot(page, "restored")
    form.get_by_role("button", name="Save").click()

    eventually(lambda: customer().notes == "A long story", what="the save")
    expect(page.get_by_text("Saved.").first).to_be_visible()
    open_form(page, as_page=True)
    expect(page.get_by_role("button", name="Restore what I typed")).not_to_be_visible()
    assert "draft:" not in page.evaluate("JSON.stringify(window.localStorage)")
    assert asked == ["beforeunload"]
