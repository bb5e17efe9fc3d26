"""The switch for this device in a real browser, and what its service worker does with a message."""

import json
import re

from playwright.sync_api import expect

from customers.models import CustomerLogin
from ispbill.core import clock
from ispbill.devtools.sandbox import push
from ispbill.notifications.models import PushDevice
from ispbill.notifications.services import push_keys

SHOWN = """navigator.serviceWorker.getRegistration("/portal/").then((one) => one.getNotifications())
    .then((all) => all.map(({ title, body, tag, data }) => [title, body, tag, data.url]))"""
FED = """async ([keep, told]) => {
    const token = document.querySelector("[data-push] input[name=csrfmiddlewaretoken]").value;
    const answer = await fetch(keep, {
        method: "POST", headers: { "X-CSRFToken": token }, body: new URLSearchParams(told) });
    return answer.status;
}"""


def test_a_customer_switches_on_and_a_message_appears(visit, tmp_path):
    page = visit("01711000001", door="/portal/login", width=360)
    page.goto("/account/notifications/")
    part = page.locator("[data-push]")
    expect(part).to_have_attribute("data-state", re.compile("off|blocked"))
    assert PushDevice.objects.count() == 0  # nothing is asked for, nothing kept, before the press

    # A browser without a push service within reach says so, and stays off.
    page.context.grant_permissions(["notifications"])
    page.reload()
    expect(part).to_have_attribute("data-state", "off")
    page.locator("[data-push-on]").click()
    expect(page.locator("[data-push-error]")).to_be_visible()
    expect(part).to_have_attribute("data-state", "off")

    # What a push service would have given it, told by the page itself.
    made = push.subscribe(tmp_path, name="phone", key=push_keys.public_key(at=clock.now()))
    told = {"endpoint": made.endpoint, "p256dh": made.p256dh, "auth": made.auth}
    assert page.evaluate(FED, [part.get_attribute("data-keep"), told]) == 201
    page.reload()
    expect(page.locator("[data-push-mark]")).to_have_count(1)

    # The worker shows what comes, and leads to a page of ours alone.
    wire = page.context.new_cdp_session(page)
    numbers = []
    wire.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda told: numbers.extend(one["registrationId"] for one in told["registrations"]),
    )
    wire.send("ServiceWorker.enable")
    page.wait_for_function(
        """navigator.serviceWorker.getRegistration("/portal/").then((one) => Boolean(one.active))"""
    )
    expect(page.locator("html")).to_be_visible()
    origin = page.evaluate("location.origin")
    message = {"title": "Invoice issued", "body": "Dear Amina", "url": "/portal/bills/", "tag": "b"}
    for _again in range(2):  # the second of a fact takes the place of the first
        wire.send(
            "ServiceWorker.deliverPushMessage",
            {"origin": origin, "registrationId": numbers[-1], "data": json.dumps(message)},
        )
    page.wait_for_function(f"{SHOWN}.then((all) => all.length > 0)")
    assert page.evaluate(SHOWN) == [["Invoice issued", "Dear Amina", "b", "/portal/bills/"]]

    # Signing out there forgets the device.
    person = CustomerLogin.objects.get(customer__phone="+8801711000001").user
    assert PushDevice.objects.get(user=person).session_id is not None
    page.goto("/portal/more/")
    page.locator("form[action*=logout] button").click()
    page.wait_for_url(lambda url: "/more/" not in url)
    assert not PushDevice.objects.filter(user=person).exists()
