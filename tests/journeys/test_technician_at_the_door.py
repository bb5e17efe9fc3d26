"""A technician's phone at the door: locked with a PIN, the map, a correction, a job passed on."""

import json
import re

from playwright.sync_api import expect

from customers.models import Customer
from fieldservice.models import FieldAction, SwapRequest
from tests.journeys.conftest import eventually
from tests.journeys.test_technician_offline import IS_NARROW, POINT, repair


def test_the_app_is_locked_with_a_pin_of_the_phone_and_opens_with_it_alone(visit):
    order = repair("tech1@demo.test")
    phone = visit("tech1@demo.test", door="/technician/login", width=360)
    phone.goto("/technician/")
    expect(phone.get_by_role("link", name=re.compile("Repair"))).to_be_visible()
    phone.get_by_role("button", name="Lock this app").click()
    phone.get_by_label("PIN", exact=True).fill("4711")
    phone.get_by_label("The same PIN once more").fill("4712")
    phone.get_by_role("button", name="Save").click()
    expect(phone.get_by_role("alert").filter(has_text="differ")).to_be_visible()
    phone.get_by_label("PIN", exact=True).fill("4711")
    phone.get_by_label("The same PIN once more").fill("4711")
    phone.get_by_role("button", name="Save").click()
    expect(phone.get_by_role("link", name=re.compile("Repair"))).to_be_visible()

    again = phone.context.new_page()  # the app opened anew
    again.goto(f"/technician/jobs/{order.number}/")
    pin = again.get_by_label("PIN", exact=True)
    expect(pin).to_be_visible()
    expect(again.locator("#field-app")).not_to_contain_text("Amina Begum")
    for _try in range(5):
        pin.fill("0000")
        again.get_by_role("button", name="Open").click()
        expect(again.get_by_text("not your PIN")).to_be_visible()
    pin.fill("4711")
    again.get_by_role("button", name="Open").click()
    expect(again.get_by_text("Try again in")).to_be_visible()
    known = again.evaluate(
        "field.store.fact(`pin:${document.getElementById('field-app').dataset.user}`)"
    )
    assert "4711" not in json.dumps(known)


def test_the_days_jobs_stand_on_a_map_without_tiles_and_in_a_list_without_a_connection(visit):
    order = repair("tech1@demo.test")
    phone = visit("tech1@demo.test", door="/technician/login", width=360)
    phone.goto("/technician/")
    phone.get_by_role("link", name="Map").click()
    expect(phone.get_by_role("link", name=re.compile("Repair"))).to_be_visible()
    phone.get_by_role("button", name="Show the map").click()
    expect(phone.locator(".field-map path.map-ASSIGNED")).to_have_count(1)
    expect(phone.get_by_text("No map is set up")).to_be_visible()
    assert phone.evaluate(IS_NARROW)
    phone.locator(".field-map path.map-ASSIGNED").click()
    phone.locator(".leaflet-popup").get_by_role("link").click()
    expect(phone.locator(".page-head")).to_contain_text(order.number)


def test_a_number_is_corrected_and_a_job_passed_on_in_one_go_once_there_is_a_connection(visit):
    order = repair("tech2@demo.test")
    phone = visit("tech2@demo.test", door="/technician/login", width=360)
    phone.context.grant_permissions(["geolocation"])
    phone.context.set_geolocation(POINT)
    phone.goto(f"/technician/jobs/{order.number}/")
    phone.get_by_role("button", name="Test the line").click()
    expect(phone.get_by_text("Wanted")).to_be_visible()
    sent = []
    phone.on("request", lambda one: sent.append(one) if one.url.endswith("/outbox/") else None)

    phone.context.set_offline(True)
    phone.get_by_text("Correct what is wrong").click()
    phone.get_by_label("The right phone number").fill("01711999888")
    phone.get_by_role("button", name="Save").first.click()
    expect(phone.get_by_role("link", name=re.compile("01711999888"))).to_be_visible()
    phone.get_by_role("button", name="Ask somebody else").click()
    phone.get_by_label("Why?").fill("I have a fever since the morning")
    phone.get_by_role("button", name="Save").first.click()
    expect(phone.get_by_text("You asked that somebody else")).to_be_visible()
    sent.clear()
    phone.context.set_offline(False)
    eventually(lambda: FieldAction.objects.count() == 2, what="both acts")

    assert set(FieldAction.objects.values_list("outcome", flat=True)) == {"APPLIED"}
    assert Customer.objects.get(pk=order.customer_id).phone == "+8801711999888"
    assert SwapRequest.objects.get().order == order
    expect(phone.locator("#sync-pill")).to_have_attribute("data-state", "online")
    arrived = [one for one in sent if one.response()]
    assert [len(json.loads(one.post_data)["actions"]) for one in arrived] == [2]
    expect(phone.get_by_text("You asked that somebody else")).to_be_visible()
