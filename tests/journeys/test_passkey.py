"""Olive adds a passkey, signs out, and comes back with her fingerprint alone."""

import re

from playwright.sync_api import expect

from ispbill.accounts.models import Passkey


def with_a_fingerprint_reader(page):
    """Give the browser an authenticator of its own (Chromium's, over its debugging protocol)."""
    browser = page.context.new_cdp_session(page)
    browser.send("WebAuthn.enable")
    browser.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )


def test_a_passkey_is_added_and_signs_in_without_a_password(visit):
    page = visit("owner@demo.test")
    with_a_fingerprint_reader(page)
    problems = []
    page.on("console", lambda said: said.type == "error" and problems.append(said.text))

    page.goto("/account/second-factor/")
    page.get_by_label("Name of this device").fill("Olive's phone")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_text("Olive's phone")).to_be_visible()
    expect(page.get_by_text("not used yet")).to_be_visible()

    page.goto("/admin/")
    page.locator("details.user-menu > summary").click()
    with page.expect_navigation():
        page.get_by_role("button", name="Sign out").click()
    page.goto("/admin/customers/")
    expect(page).to_have_url(re.compile("/login"))

    page.get_by_role("button", name="Sign in with a passkey").click()

    expect(page).to_have_url(re.compile("/admin/customers/$"))
    expect(page.get_by_role("heading", level=1, name="Customers")).to_be_visible()
    assert Passkey.objects.get().last_used_at is not None
    assert problems == []
