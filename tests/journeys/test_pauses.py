"""A customer asks for a pause on a phone, in Bangla and without JavaScript; staff say yes."""

import re

import pytest
from playwright.sync_api import expect

from billing.changes.models import PauseRequest, PlannedMove

START, BACK = "2026-01-20", "2026-01-25"  # the company's day in the fixture is 10 January


@pytest.mark.parametrize("javascript", [True, False])
def test_asked_on_a_phone_and_approved_at_the_office(visit, javascript):
    phone = visit("01711000001", door="/portal/login", width=360, javascript=javascript)
    phone.goto("/portal/breaks/")
    phone.locator("a[href^='/portal/breaks/CT-']").first.click()
    phone.fill("input[name=start]", START)
    phone.fill("input[name=until]", BACK)
    phone.locator("button[value=show]").click()
    expect(phone.locator(".effects li")).to_have_count(3)
    assert not PauseRequest.objects.exists()
    if javascript:
        assert phone.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    phone.locator("button[value=ask]").click()
    phone.wait_for_url(re.compile(r"/portal/breaks/\d+/$"))
    row = PauseRequest.objects.get()

    office = visit("owner@demo.test")
    office.goto("/admin/breaks/")
    office.get_by_role("link", name=re.compile("^Approve")).click()
    expect(office.locator("#dialog-body .effects")).to_be_visible()
    office.locator("#dialog-body button[type=submit]").click()
    expect(office.get_by_text("Nothing waiting")).to_be_visible()

    row.refresh_from_db()
    assert row.status == "APPROVED"
    assert PlannedMove.objects.get().span.lower.isoformat() == START
    phone.reload()
    expect(phone.locator("main")).to_contain_text("অনুমোদিত")
