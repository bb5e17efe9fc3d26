"""A customer tests the speed on a cheap phone, and sends the result to support."""

import re

from playwright.sync_api import expect

from network.speedtest.models import SpeedTest, SpeedTestSettings
from tickets.models import Ticket


def test_measured_kept_and_sent_to_support(visit):
    SpeedTestSettings.objects.update_or_create(
        pk=1, defaults={"networks": "127.0.0.0/8", "seconds": 3, "most_megabytes": 40}
    )
    page = visit("01711000002", door="/portal/login", width=360)
    page.goto("/portal/speed-test/")
    form = page.locator("[data-speed]")
    expect(form.get_by_text(re.compile(r"about \d+ MB"))).to_be_visible()  # said before it begins

    form.get_by_label("Cable").check()
    form.get_by_role("button", name="Start the test").click()

    expect(page.get_by_role("heading", name="Your result")).to_be_visible(timeout=60_000)
    test = SpeedTest.objects.get()
    assert test.finished_at is not None
    assert (test.place, test.medium, test.verdict != "") == ("OWN", "CABLE", True)
    assert test.download_mbps > 0 < test.upload_mbps
    assert 0 < test.used_bytes < 75_000_000  # both halves, and what was on the way
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.get_by_role("link", name="Send this result to support").click()
    expect(page.get_by_text("Sent along:")).to_be_visible()
    page.get_by_label("What happens?").fill("It is slow in the evening.")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("It is slow in the evening.").first).to_be_visible()
    assert Ticket.objects.get(speed_test=test).category.code == "speed"
