"""The switch for this device: everybody's own, on no address inside our walls."""

import pytest
from django.urls import reverse

from ispbill.accounts.services import sessions
from ispbill.audit.models import AuditEvent
from ispbill.core.acts import Act
from ispbill.devtools.sandbox import push
from ispbill.devtools.sandbox.push import PushServer
from ispbill.notifications.models import PushDevice
from ispbill.notifications.services import push_devices, push_keys
from tests.factories.accounts import UserFactory
from tests.factories.customers import CustomerFactory
from tests.factories.push import push_device

pytestmark = pytest.mark.django_db

KEEP, LIST = reverse("push:keep"), reverse("push:index")
ANDROID = "Mozilla/5.0 (Linux; Android 15) Chrome/142.0 Mobile Safari/537.36"


@pytest.fixture
def browser(settings, tmp_path, at):
    """Return what a browser tells of itself, at a service of this test."""
    settings.SANDBOX_DIR = tmp_path
    made = push.subscribe(tmp_path, name="test", key=push_keys.public_key(at=at))
    return {"endpoint": made.endpoint, "p256dh": made.p256dh, "auth": made.auth}


def test_a_customer_switches_on_sees_the_device_and_switches_it_off(as_customer, browser):
    client = as_customer(CustomerFactory())
    assert client.get(LIST).status_code == 200

    answer = client.post(KEEP, browser, headers={"user-agent": ANDROID})

    device = PushDevice.objects.get()
    assert (answer.status_code, answer.json()) == (201, {"device": device.pk})
    assert (device.app, device.name) == ("PORTAL", "Chrome on Android")
    page = client.get(LIST).content.decode()
    assert "Chrome on Android" in page
    assert "data-push-mark" in page
    client.post(reverse("push:remove", args=[device.pk]))
    assert not PushDevice.objects.exists()
    actions = AuditEvent.objects.filter(action__startswith="push_device.")
    assert list(actions.order_by("pk").values_list("action", flat=True)) == [
        "push_device.added",
        "push_device.removed",
    ]


def test_the_same_browser_asked_twice_is_one_device_and_goes_with_its_new_owner(
    as_customer, client, browser
):
    as_customer(CustomerFactory())
    client.post(KEEP, browser)
    client.post(KEEP, browser)
    assert PushDevice.objects.count() == 1

    technician = UserFactory(role="TECHNICIAN")
    client.force_login(technician)
    client.post(KEEP, browser)

    device = PushDevice.objects.get()
    assert (device.user, device.app) == (technician, "TECHNICIAN")


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://10.0.0.5/push/x",
        "https://[::1]/push/x",
        "https://169.254.169.254/latest/meta-data",
        "http://push.example.com/x",
        "https://user:secret@push.example.com/x",
        "ftp://push.example.com/x",
        "https://nobody.invalid/x",
        "https://push.example.com/" + "x" * 2000,
    ],
)
def test_an_address_inside_our_walls_is_no_push_service(as_customer, browser, endpoint, settings):
    settings.SIMULATORS = False
    answer = as_customer(CustomerFactory()).post(KEEP, {**browser, "endpoint": endpoint})

    assert answer.status_code == 422
    assert answer.json()["error"]
    assert not PushDevice.objects.exists()


def test_keys_that_are_none_are_refused(as_customer, browser):
    answer = as_customer(CustomerFactory()).post(KEEP, {**browser, "p256dh": "AAAA"})

    assert answer.status_code == 422
    assert not PushDevice.objects.exists()


def test_nobody_touches_a_device_of_somebody_else(as_customer, browser, tmp_path):
    other = push_device(UserFactory(role="CUSTOMER"), tmp_path)
    client = as_customer(CustomerFactory())

    for name in ("remove", "test"):
        assert client.post(reverse(f"push:{name}", args=[other.pk])).status_code == 404

    assert PushDevice.objects.filter(pk=other.pk).exists()
    assert other.name not in client.get(LIST).content.decode()


def test_resellers_have_no_app_that_shows_notifications(client, browser):
    client.force_login(UserFactory(role="RESELLER"))

    assert client.get(LIST).status_code == 404


def test_signing_out_there_forgets_the_device(as_customer, browser):
    client = as_customer(CustomerFactory())
    client.post(KEEP, browser)
    device = PushDevice.objects.get()
    PushDevice.objects.update(session_id=77)

    sessions.end(session_id=76, user=device.user, at=device.made_at)
    assert PushDevice.objects.exists()
    sessions.end(session_id=77, user=device.user, at=device.made_at)
    assert not PushDevice.objects.exists()


def test_a_test_reaches_the_device_and_a_refusal_is_said(client, browser, tmp_path):
    person = UserFactory()
    client.force_login(person)
    client.post(KEEP, browser)
    device = PushDevice.objects.get()
    address = reverse("push:test", args=[device.pk])
    server = PushServer(tmp_path)
    try:
        client.post(address, follow=True)
        server.faults.push_gone = 1
        page = client.post(address, follow=True).content.decode()
    finally:
        server.close()

    assert [shown["body"] for shown in server.heard] == ["This is a test. All is well."]
    assert server.heard[0]["url"] == "/admin/"
    assert "410 the device has switched them off" in page
    assert not PushDevice.objects.exists()


def test_a_person_has_ten_devices_and_the_oldest_makes_room(settings, tmp_path, at):
    settings.SANDBOX_DIR = tmp_path
    person = UserFactory()
    first = push_device(person, tmp_path)
    for _ in range(push_devices.MOST):
        made = push.subscribe(tmp_path, name="x", key=push_keys.public_key(at=at))
        push_devices.keep(
            asked=push_devices.Subscription(made.endpoint, made.p256dh, made.auth),
            place=push_devices.Place("CONSOLE", "x", None),
            act=Act(person, at),
        )

    assert PushDevice.objects.filter(user=person).count() == push_devices.MOST
    assert not PushDevice.objects.filter(pk=first.pk).exists()


@pytest.mark.parametrize("app", ["portal", "admin", "technician"])
def test_each_app_has_a_worker_for_its_own_addresses_and_a_manifest(client, app):
    worker = client.get(f"/{app}/sw.js")
    manifest = client.get(f"/{app}/manifest.webmanifest")

    assert worker["Content-Type"].startswith("text/javascript")
    assert worker["Cache-Control"] == "no-cache"
    text = worker.content.decode()
    assert "notificationclick" in text
    assert "pushsubscriptionchange" in text
    assert ("caches" in text) is (app == "technician")
    assert manifest.json()["start_url"] == f"/{app}/"
    assert f"/{app}/".startswith(manifest.json()["scope"])
