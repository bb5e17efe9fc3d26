"""A campaign from the draft to the phone; one customer says no and is not reached the next time."""

import re

from playwright.sync_api import expect

from customers.models import Customer
from ispbill.notifications.models import Message
from tests.journeys.conftest import eventually


def test_an_offer_is_previewed_sent_and_refused_for_the_next_time(visit):
    Customer.objects.filter(phone__in=["+8801711000001", "+8801711000002"]).update(
        wants_marketing=True
    )
    desk = visit("billing@demo.test", width=1440)

    _write(desk, "Eid offer")
    expect(desk.get_by_role("button", name="Send 2 messages")).to_be_visible()
    expect(desk.get_by_text("Has not agreed to offers.")).to_be_visible()
    desk.get_by_role("button", name="Send 2 messages").click()
    expect(desk.get_by_role("heading", name="Progress")).to_be_visible()

    sent = Message.objects.filter(event="offer", state__in=["SENT", "DELIVERED"])
    eventually(lambda: sent.count() == 2, seconds=40, what="both messages")
    link = re.search(r"/stop/\S+", sent.first().body).group()
    guest = visit(None, width=360)
    guest.goto(link)
    guest.get_by_role("button", name="Stop offers").click()
    expect(guest.get_by_text("You get no more offers from us.")).to_be_visible()

    _write(desk, "The next offer")
    expect(desk.get_by_role("button", name="Send 1 message")).to_be_visible()


def _write(desk, name):
    desk.goto("/admin/campaigns/add/")
    desk.get_by_label("Name", exact=True).fill(name)
    desk.get_by_label("Text", exact=True).fill("Dear {name}, half the price.")
    desk.get_by_role("button", name="Save and preview").click()
    expect(desk.get_by_role("heading", name=name)).to_be_visible()
