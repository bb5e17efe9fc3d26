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
# The one thing a browser without a network lacks: the push service behind PushManager.
SERVICE = """(({ endpoint, p256dh, auth, key }) => {
    const raw = atob(key.replace(/-/g, "+").replace(/_/g, "/"));
    const made = {
        endpoint,
        options: { applicationServerKey: Uint8Array.from(raw, (one) => one.charCodeAt(0)).buffer },
        toJSON: () => ({ endpoint, keys: { p256dh, auth } }),
        unsubscribe: async () => { sessionStorage.removeItem("subscribed"); return true; },
    };
    PushManager.prototype.subscribe = async () => {
        sessionStorage.setItem("subscribed", "1");
        return made;
    };
    PushManager.prototype.getSubscription = async () =>
        sessionStorage.getItem("subscribed") ? made : null;
})"""


def test_a_customer_switches_on_and_a_message_appears(visit, tmp_path):
    page = visit("01711000001", door="/portal/login", width=360)
    page.goto("/account/notifications/")
    part = page.locator("[data-push]")
    expect(part).to_have_attribute("data-state", re.compile("off|blocked"))
    assert PushDevice.objects.count() == 0  # nothing is asked for, nothing kept, before the press

    key = push_keys.public_key(at=clock.now())
    made = push.subscribe(tmp_path, name="phone", key=key)
    told = {"endpoint": made.endpoint, "p256dh": made.p256dh, "auth": made.auth, "key": key}
    page.context.add_init_script(f"{SERVICE}({json.dumps(told)})")
    page.context.grant_permissions(["notifications"])
    for turn in (1, 2):
        page.reload()
        expect(part).to_have_attribute("data-state", "off")
        page.locator("[data-push-on]").click()
        expect(part).to_have_attribute("data-state", "on")
        expect(page.locator("[data-push-mark]")).to_have_count(1)
        if turn == 1:
            page.locator("[data-push-off]").click()
            expect(page.locator("[data-push-mark]")).to_have_count(0)
            expect(part).to_have_attribute("data-state", "off")

    # The worker shows what comes, and leads to a page of ours alone.
    wire = page.context.new_cdp_session(page)
    numbers = []
    wire.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda told: numbers.extend(
            one["registrationId"]
            for one in told["registrations"]
            if one["scopeURL"].endswith("/portal/")
        ),
    )
    wire.send("ServiceWorker.enable")
    page.wait_for_function(
        """navigator.serviceWorker.getRegistration("/portal/").then((one) => Boolean(one.active))"""
    )
    origin = page.evaluate("location.origin")
    message = {"title": "Invoice issued", "body": "Dear Amina", "url": "/portal/bills/", "tag": "b"}
    for _again in range(2):  # the second of a fact takes the place of the first
        wire.send(
            "ServiceWorker.deliverPushMessage",
            {"origin": origin, "registrationId": numbers[-1], "data": json.dumps(message)},
        )
    shown = json.dumps([["Invoice issued", "Dear Amina", "b", "/portal/bills/"]])
    page.wait_for_function(
        f"{SHOWN}.then((all) => JSON.stringify(all) === JSON.stringify({shown}))"
    )

    # Signing out there forgets the device.
    person = CustomerLogin.objects.get(customer__phone="+8801711000001").user
    assert PushDevice.objects.get(user=person).session_id is not None
    page.goto("/portal/more/")
    page.locator("form[action*=logout] button").click()
    page.wait_for_url(lambda url: "/more/" not in url)
    assert not PushDevice.objects.filter(user=person).exists()
