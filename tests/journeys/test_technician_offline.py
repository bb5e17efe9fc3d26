"""A technician's job on a phone of 360 px whose connection goes in the middle of it."""

import io
import re
from datetime import timedelta

from PIL import Image
from playwright.sync_api import expect

from customers.models import Customer
from fieldservice.models import FieldAction, FieldDevice, Photo, Visit, WorkOrder
from fieldservice.services import devices, orders
from fieldservice.services.orders import NewOrder, Slot
from ispbill.accounts.models import User
from ispbill.core.acts import Act
from ispbill.devtools.demo import e2e
from ispbill.notifications.models import Message
from tests.journeys.conftest import eventually

POINT = {"latitude": 23.8069, "longitude": 90.3687, "accuracy": 25}
DATABASES = "indexedDB.databases().then((all) => all.map((one) => one.name))"
KEPT = "caches.open('technician-pages').then((c) => c.match('/technician/')).then(Boolean)"
IS_NARROW = "document.documentElement.scrollWidth <= window.innerWidth"


def repair(login):
    owner, who = User.objects.get(login="owner@demo.test"), User.objects.get(login=login)
    amina = Customer.objects.get(name="Amina Begum")
    asked = NewOrder(
        customer=amina,
        kind="REPAIR",
        subscription=amina.subscriptions.get(),
        point=(POINT["latitude"], POINT["longitude"]),
    )
    act = Act(owner, e2e.moment(e2e.BUSINESS_DATE, 8))
    order = orders.create(asked=asked, act=act)
    start = e2e.moment(e2e.BUSINESS_DATE, 9)
    slot = Slot(who, start, start + timedelta(hours=3))
    return orders.assign(order=order, slot=slot, version=order.version, act=act)


def state(order):
    return WorkOrder.objects.get(pk=order.pk).state


def picture():
    out = io.BytesIO()
    Image.new("RGB", (1200, 900), "olive").save(out, "JPEG")
    return {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


def lose_the_first_answer(context):
    lost = []

    def handle(route):
        if lost:
            route.continue_()
            return
        lost.append(route.fetch())
        route.abort()

    context.route("**/technician/outbox/", handle)
    return lost


def test_a_repair_is_finished_without_a_connection_and_arrives_once(visit):
    order = repair("tech1@demo.test")
    phone = visit("tech1@demo.test", door="/technician/login", width=360)
    phone.context.grant_permissions(["geolocation"])
    phone.context.set_geolocation(POINT)
    phone.goto("/technician/")
    phone.get_by_role("link", name=re.compile("Repair")).click()
    expect(phone.get_by_role("link", name=re.compile("directions"))).to_be_visible()
    phone.get_by_role("button", name="I'm on my way").click()
    eventually(lambda: state(order) == "EN_ROUTE", what="on the way")
    assert Message.objects.filter(event="job_on_the_way", channel="SMS").count() == 1
    eventually(lambda: phone.evaluate(KEPT), what="the app on the phone")

    phone.context.set_offline(True)
    phone.get_by_role("button", name="Arrived").click()
    phone.get_by_label("Cause found").fill("Wet connector")
    phone.get_by_label("Signal before, dBm").fill("-29,5")
    phone.get_by_label("Signal after, dBm").fill("-20")
    phone.get_by_label("Signal after, dBm").press("Tab")
    expect(phone.locator("[data-done=yes]")).to_have_count(3)
    phone.get_by_label("Choose a photo").set_input_files(picture())
    expect(phone.get_by_text("Photos: 1")).to_be_visible()
    phone.get_by_label("Or the name, typed").fill("Amina Begum")
    phone.get_by_role("button", name="Save").last.click()
    expect(phone.get_by_text("Signed", exact=True)).to_be_visible()
    assert phone.evaluate(IS_NARROW)
    phone.get_by_role("button", name="Complete the job").click()
    expect(phone.locator(".page-head")).to_contain_text("Completed")
    assert state(order) == "EN_ROUTE"

    # The app begins without a connection, and another page shows the same.
    again = phone.context.new_page()
    again.goto("/technician/")
    expect(again.locator("#field-app")).to_contain_text("Amina Begum")
    expect(again.locator("#field-app")).to_contain_text("Completed")
    expect(again.locator("[data-kept-copy]")).to_be_visible()
    assert again.evaluate(IS_NARROW)
    again.goto(f"/technician/jobs/{order.number}/")
    expect(again.locator(".page-head")).to_contain_text(order.number)
    again.close()
    phone.goto("/technician/sync/")
    expect(phone.locator(".list-group-item")).to_have_count(7)

    lost = lose_the_first_answer(phone.context)
    phone.context.set_offline(False)
    expect(phone.get_by_text("All sent")).to_be_visible(timeout=30_000)
    assert lost
    assert state(order) == "COMPLETED"
    assert set(FieldAction.objects.values_list("outcome", flat=True)) == {"APPLIED"}
    assert FieldAction.objects.count() == 8
    seen = Visit.objects.get()
    assert (seen.distance_m, seen.accuracy_m, seen.signed_name) == (0, 25, "Amina Begum")
    assert Photo.objects.count() == 1

    phone.goto("/technician/me/")
    phone.get_by_role("button", name="Sign out").click()
    phone.wait_for_url(re.compile("login"))
    assert phone.evaluate(DATABASES) == []
    assert not phone.evaluate(KEPT)


def test_signing_out_warns_of_what_was_not_sent_and_a_refused_place_needs_a_reason(visit):
    order = repair("tech2@demo.test")
    phone = visit("tech2@demo.test", door="/technician/login", width=360)
    phone.goto(f"/technician/jobs/{order.number}/")
    phone.get_by_role("button", name="Arrived").click()
    phone.get_by_label("The phone gives no location").fill("the customer is in a cellar")
    lost = lose_the_first_answer(phone.context)
    with phone.expect_event("requestfailed", lambda request: request.url.endswith("/outbox/")):
        phone.get_by_role("button", name="Save").first.click()
    assert lost
    assert state(order) == "IN_PROGRESS"
    assert Visit.objects.get().no_point_reason == "the customer is in a cellar"

    phone.goto("/technician/me/")
    arrived = "async () => (await field.store.all('actions')).every((one) => one.state !== 'new')"
    eventually(lambda: phone.evaluate(arrived), seconds=15, what="the word that it has arrived")
    phone.context.route("**/technician/token/", lambda route: route.abort())
    phone.evaluate(
        "field.store.add({ user: 1, order: 'WO-1', kind: 'note', payload: {}, base_version: 1 })"
    )
    asked = []
    phone.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    phone.get_by_role("button", name="Sign out").click()
    eventually(lambda: asked or phone.wait_for_timeout(100), what="a warning")
    assert asked[0].startswith("Not sent yet, and lost when you sign out: 1.")
    assert phone.url.endswith("/technician/me/")


def noise():
    """A picture no browser can make smaller than one part."""
    out = io.BytesIO()
    Image.effect_noise((1600, 1200), 90).convert("RGB").save(out, "JPEG", quality=90)
    return {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


def at_the_door(visit, login):
    order = repair(login)
    phone = visit(login, door="/technician/login", width=360)
    phone.context.grant_permissions(["geolocation"])
    phone.context.set_geolocation(POINT)
    phone.goto(f"/technician/jobs/{order.number}/")
    phone.get_by_role("button", name="Arrived").click()
    eventually(lambda: state(order) == "IN_PROGRESS", what="the arrival")
    phone.evaluate("window.field.send.now()")  # until the phone has read the day with it
    return order, phone


def test_a_photo_goes_on_where_its_last_part_ended(visit):
    order, phone = at_the_door(visit, "tech1@demo.test")
    offsets = []

    def lose_the_second_part(route):
        if route.request.method != "POST":
            route.continue_()
            return
        offsets.append(route.request.headers["upload-offset"])
        if len(offsets) == 2:
            route.abort()
        else:
            route.continue_()

    phone.context.route("**/technician/files/**", lose_the_second_part)
    phone.get_by_label("Choose a photo").set_input_files(noise())
    eventually(lambda: len(offsets) == 2 or phone.wait_for_timeout(100), what="two parts")
    phone.goto("/technician/sync/")
    expect(phone.locator("[data-file] progress, .page-head")).not_to_have_count(0)
    phone.get_by_role("button", name="Send now").click()
    expect(phone.get_by_text("All sent")).to_be_visible(timeout=30_000)
    assert offsets[:3] == ["0", "262144", "262144"]
    assert Photo.objects.get(visit__order=order).path


def test_a_photo_the_office_does_not_take_is_told_of_until_it_is_seen(visit):
    _order, phone = at_the_door(visit, "tech1@demo.test")
    why = "Something was found in this file."

    def refuse(route):
        if route.request.method == "POST":
            route.fulfill(status=422, json={"why": why, "is_over": True})
        else:
            route.continue_()

    phone.context.route("**/technician/files/**", refuse)
    phone.get_by_label("Choose a photo").set_input_files(picture())
    expect(phone.locator("#sync-pill")).to_contain_text("1")
    phone.goto("/technician/sync/")
    expect(phone.get_by_text(why)).to_be_visible(timeout=30_000)
    expect(phone.get_by_text("All sent")).to_be_visible()
    phone.get_by_role("button", name="I have seen it").click()
    expect(phone.get_by_text(why)).to_have_count(0)


def test_a_lost_phone_that_is_ended_hands_in_what_it_has_and_wipes_itself(visit):
    order, phone = at_the_door(visit, "tech2@demo.test")
    device = FieldDevice.objects.get(person__login="tech2@demo.test")
    phone.context.set_offline(True)
    phone.get_by_label("Cause found").fill("Wet connector")
    phone.get_by_label("Cause found").press("Tab")
    expect(phone.locator("[data-done=yes]")).to_have_count(1)
    owner = User.objects.get(login="owner@demo.test")
    act = Act(owner, e2e.moment(e2e.BUSINESS_DATE, 12), reason="left behind in a rickshaw")
    devices.end(device=device, act=act)

    phone.context.set_offline(False)
    phone.wait_for_url(re.compile("login"), timeout=30_000)
    assert phone.evaluate(DATABASES) == []
    device.refresh_from_db()
    assert device.wiped_at is not None
    kept = FieldAction.objects.get(order=order, kind="answer")
    assert (kept.outcome, kept.device, kept.payload["value"]) == (
        "CONFLICT",
        device,
        "Wet connector",
    )
