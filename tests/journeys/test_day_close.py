"""A cashier collects at the door, counts in the evening; the owner signs and locks the day."""

import re
from datetime import date
from decimal import Decimal

from playwright.sync_api import expect

from billing.tills.models import CashMove, DayClose, Shift
from tests.journeys.conftest import eventually


def test_a_day_from_the_door_to_the_locked_safe(visit):
    phone = visit("cashier@demo.test", width=360)
    phone.goto("/admin/collect/")
    stop = phone.locator(".round-stop", has_text="Chitra Roy")
    expect(stop.get_by_text("1,725.00")).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    stop.get_by_role("link", name="Take payment").click()
    dialog = phone.locator("dialog[open]")
    dialog.locator("input[value=CASH]").check()
    dialog.get_by_label("Cash tendered").fill("2000")
    expect(dialog.get_by_text("Change to return")).to_be_visible()
    dialog.get_by_role("button", name="Record payment").click()
    expect(dialog.get_by_text("RCP-2026-").first).to_be_visible()
    phone.goto("/admin/collect/")
    expect(phone.get_by_text("You hold")).to_contain_text("1,725")
    expect(phone.locator(".round-stop", has_text="Chitra Roy")).to_have_count(0)

    desk = visit("cashier@demo.test")
    desk.goto("/admin/cash-desk/")
    desk.get_by_role("link", name="Count and close").click()
    for piece, count in (("1000", "1"), ("500", "1"), ("200", "1"), ("20", "1")):
        desk.locator(f"[data-piece='{piece}']").fill(count)
    expect(desk.get_by_text("are missing. Say why.")).to_contain_text("5")
    desk.get_by_label("Reason of a difference").fill("A coin fell through the drawer")
    desk.get_by_role("button", name="I counted this").click()
    expect(desk.get_by_text("Counted, not signed").first).to_be_visible()

    owner = visit("owner@demo.test")
    owner.goto("/admin/day-close/")
    branch = Shift.objects.get(state="COUNTED").branch
    if owner.locator("#f-branch").count():
        owner.goto(f"/admin/day-close/?branch={branch.pk}")
    owner.get_by_role("link", name="Close day").click()
    dialog = owner.locator("dialog[open]")
    dialog.get_by_role("button", name="Close day").click()
    expect(dialog.get_by_text("First count and sign")).to_be_visible()
    dialog.get_by_role("button", name="Cancel").click()
    owner.locator("tbody a").first.click()
    owner.get_by_role("link", name="Sign").click()
    expect(owner.locator("dialog[open]").get_by_text("A coin fell")).to_be_visible()
    owner.locator("dialog[open]").get_by_role("button", name="Sign").click()
    expect(owner.get_by_text("is closed.").first).to_be_visible()
    owner.goto(f"/admin/day-close/?branch={branch.pk}")
    owner.get_by_role("link", name="Close day").click()
    owner.locator("dialog[open]").get_by_role("button", name="Close day").click()
    expect(owner.get_by_text(re.compile("Corrections are made on a later day"))).to_be_visible()

    closing = DayClose.objects.get()
    assert (closing.day, closing.difference) == (date(2026, 1, 10), Decimal("-5.00"))
    paper = f"/admin/day-close/{branch.code}/2026-01-10/paper/"
    eventually(
        lambda: owner.request.get(paper).headers["content-type"] == "application/pdf",
        seconds=30,
        what="the paper of the day",
    )

    desk.goto("/admin/cash-desk/?q=01711000001")
    desk.get_by_label("Amount", exact=True).fill("300")
    desk.locator("input[value=CASH]").check()
    desk.get_by_role("button", name="Record payment").click()
    expect(desk.locator("[data-desk-done]")).to_be_visible()
    late = CashMove.objects.latest("pk")
    assert (late.amount, late.moved_on) == (Decimal(300), date(2026, 1, 11))
