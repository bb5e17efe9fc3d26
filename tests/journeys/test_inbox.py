"""The owner clears an inbox of several kinds without touching the mouse."""

import re

from playwright.sync_api import expect

from billing.allocation.models import Payment
from customers.models import Customer
from ispbill.accounts.models import User
from ispbill.core import clock
from ispbill.inbox.queries import items
from ispbill.reports.queries import proofs
from tests.inbox import scenes

WHY = "looked at it and it is so"


def test_an_inbox_of_several_kinds_is_cleared_by_keyboard_alone(visit):
    at, owner = clock.now(), User.objects.get(login="owner@demo.test")
    amina = Customer.objects.get(phone="+8801711000001")
    pause, approval = scenes.pause(at, owner), scenes.approval(at, owner)
    referral = scenes.referral(at, owner)
    line = scenes.line_of(scenes.bank_account(), "735.00", "ATM DEPOSIT", at=at)
    page = visit("owner@demo.test", width=1440)
    keys = page.keyboard

    def open_item(row, kind):
        """Walk down to an item by `j`."""
        page.goto("/admin/inbox/")
        here = page.locator(f".inbox-row.is-here[data-item='{kind}/{row.pk}']")
        for _step in range(page.locator(".inbox-row").count()):
            if here.count():
                break
            before = page.locator("[data-inbox-item]").get_attribute("data-inbox-item")
            keys.press("j")
            expect(page.locator(f"[data-inbox-item='{before}']")).to_have_count(0)
        expect(here).to_be_visible()

    open_item(pause, "pause")
    keys.press("Enter")
    expect(page.locator("[data-inbox-done]")).to_contain_text("is planned")

    open_item(line, "unmatched")
    expect(page.locator("#inbox-primary")).to_be_disabled()
    keys.press("Enter")  # nobody is chosen: nothing happens
    keys.press("/")
    keys.type(amina.number)
    expect(page.locator("#inbox-hits .inbox-choice")).to_have_count(1)
    keys.press("Enter")
    expect(page.locator("#inbox-primary")).to_contain_text(amina.name)
    keys.press("Enter")
    expect(page.locator("[data-inbox-done]")).to_contain_text(f"booked to {amina.name}")
    keys.press("u")
    expect(page.locator("dialog[open]")).to_contain_text("Undo this match?")
    keys.press("Escape")

    open_item(referral, "referral")
    keys.press("x")
    expect(page.locator("dialog[open] textarea")).to_be_focused()
    keys.type("no")
    keys.press("Control+Enter")
    expect(page.locator("dialog[open]")).to_contain_text("at least ten characters")
    page.locator("dialog[open] textarea").focus()
    keys.type(f" {WHY}")
    keys.press("Control+Enter")
    expect(page.locator("dialog[open]")).to_have_count(0)
    expect(page.locator("[data-inbox-done]")).to_contain_text("is refused")

    open_item(approval, "approval")
    keys.press("h")
    expect(page.locator("dialog[open]")).to_contain_text("Until when?")
    page.locator("dialog[open] input[name=when]").first.focus()
    keys.press("Control+Enter")
    expect(page.locator("#inbox")).to_contain_text("Nothing waits for you.")
    keys.press("u")
    page.wait_for_url(re.compile(rf"/admin/inbox/approval/{approval.pk}/"))
    expect(page.locator(".inbox-total")).to_have_text("1 waits for you")
    keys.press("Enter")
    expect(page.locator("#inbox")).to_contain_text("Nothing waits for you.")

    assert items.count(owner, at=clock.now()) == 0
    assert Payment.objects.filter(customer=amina, amount="735.00").count() == 1
    assert proofs.check_all() == []


def test_a_colleague_who_is_deciding_is_named_and_enter_leaves_it_to_them(visit):
    at, owner = clock.now(), User.objects.get(login="owner@demo.test")
    pause = scenes.pause(at, owner)
    colleague = User.objects.get(login="billing@demo.test").name
    first, second = visit("billing@demo.test", width=1440), visit("owner@demo.test", width=1440)

    first.goto(f"/admin/inbox/pause/{pause.pk}/")
    expect(first.locator("#inbox-opened")).to_have_text("Only you have it open")
    second.goto(f"/admin/inbox/pause/{pause.pk}/")
    expect(second.locator("#inbox-opened")).to_contain_text(f"{colleague} is deciding")
    second.keyboard.press("Enter")
    expect(second.locator("#announcer")).to_contain_text("is deciding")
    assert type(pause).objects.get(pk=pause.pk).status == pause.status

    first.keyboard.press("Enter")
    expect(first.locator("[data-inbox-done]")).to_contain_text("is planned")


def test_on_a_phone_the_item_fills_the_screen_with_its_verbs_at_the_bottom(visit):
    at, owner = clock.now(), User.objects.get(login="owner@demo.test")
    scenes.pause(at, owner)
    phone = visit("owner@demo.test", width=360)

    phone.goto("/admin/inbox/")
    expect(phone.locator("#inbox-item")).to_be_hidden()
    phone.locator(".inbox-row").first.click()
    expect(phone.locator(".inbox-question")).to_be_visible()
    bar = phone.locator(".inbox-bar").bounding_box()
    accept = phone.locator("#inbox-primary").bounding_box()

    assert round(bar["y"] + bar["height"]) == 900
    assert accept["height"] >= 44
    assert phone.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    phone.locator(".inbox-back").click()
    expect(phone.locator("#inbox-item")).to_be_hidden()
