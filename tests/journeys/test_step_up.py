"""Olive's session was left open: what matters asks for her password, and then goes on."""

import os

import pytest
from django.contrib.sessions.models import Session
from django.core.cache import cache
from playwright.sync_api import expect

from ispbill.accounts import access
from ispbill.accounts.models import SignedInSession, User
from ispbill.audit.models import AuditEvent
from tests.journeys.conftest import PASSWORD
from tests.journeys.test_passkey import with_a_fingerprint_reader


def later():
    """Let the proof of every session be too long ago."""
    for row in SignedInSession.objects.all():
        session = Session.objects.get(session_key=row.session_key)
        store = Session.get_session_store_class()(row.session_key)
        data = {**session.get_decoded(), access.PROVEN_AT: 0}
        session.session_data = store.encode(data)
        session.save()
    cache.clear()


def shot(page, name):
    if os.environ.get("PICTURES"):
        page.screenshot(path=f"{os.environ['PICTURES']}/{name}.png", full_page=True)


@pytest.mark.parametrize("width", [1280, 360])
def test_in_the_dialog_of_a_page_nothing_typed_is_lost(visit, width):
    page = visit("owner@demo.test", width=width)
    person = User.objects.get(login="cashier@demo.test")
    problems = []
    page.on("pageerror", lambda said: problems.append(str(said)))
    page.goto(f"/admin/staff/{person.pk}/")
    page.get_by_role("link", name="Reset access").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Set a temporary password").check()
    dialog.locator("input[name=password]").fill('one "more" <sentence>')
    dialog.get_by_label("Reason").fill("Forgot it during the holidays")
    later()

    dialog.get_by_role("button", name="Reset access").click()
    expect(dialog.get_by_role("heading", name="Confirm that it is you")).to_be_visible()
    shot(page, f"dialog-{width}")
    dialog.get_by_label("Present password").fill("not this one")
    dialog.get_by_role("button", name="Confirm").click()
    expect(dialog.get_by_text("This is not your present password.")).to_be_visible()
    shot(page, f"dialog-wrong-{width}")
    dialog.get_by_label("Present password").fill(PASSWORD)
    dialog.get_by_role("button", name="Confirm").click()

    expect(page.get_by_text("Access is reset.")).to_be_visible()
    person.refresh_from_db()
    assert person.check_password('one "more" <sentence>')
    assert problems == []


@pytest.mark.parametrize("width", [1280, 360])
def test_without_a_script_it_goes_on_too(visit, width):
    page = visit("owner@demo.test", width=width, javascript=False)
    person = User.objects.get(login="cashier@demo.test")
    page.goto(f"/admin/staff/{person.pk}/access/")
    page.get_by_label("Reason").fill("Forgot it during the holidays")
    later()

    page.get_by_role("button", name="Reset access").click()
    expect(page.get_by_role("heading", name="Confirm that it is you")).to_be_visible()
    shot(page, f"page-{width}")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.get_by_label("Present password").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()

    expect(page).to_have_url(f"{page.url.split('/admin')[0]}/admin/staff/{person.pk}/")
    assert AuditEvent.objects.filter(action="user.access_link_sent").exists()


def test_a_passkey_is_added_after_the_page_has_asked(visit):
    page = visit("owner@demo.test", width=360)
    with_a_fingerprint_reader(page)
    page.goto("/account/second-factor/")
    page.get_by_label("Name of this device").fill("Olive's phone")
    later()

    page.get_by_role("button", name="Add a passkey").click()
    shot(page, "factor-360")
    page.get_by_label("Present password").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_label("Name of this device")).to_have_value("Olive's phone")
    page.get_by_role("button", name="Add a passkey").click()

    expect(page.get_by_text("not used yet")).to_be_visible()
