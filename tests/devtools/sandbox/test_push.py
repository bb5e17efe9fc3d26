"""The push service takes what the RFCs allow, and says no to the rest."""

import http.client
import json
import time
from urllib.parse import urlsplit

import pytest

from ispbill.devtools.sandbox import push
from ispbill.devtools.sandbox.push import PushServer
from ispbill.notifications.rules import push_sealing

OURS, THEIRS = push_sealing.new_pair(), push_sealing.new_pair()


@pytest.fixture
def server(tmp_path):
    made = PushServer(tmp_path)
    yield made
    made.close()


@pytest.fixture
def device(server):
    return push.subscribe(server.directory, name="phone", key=OURS.public)


def asked(device, *, path="", body=None, keys=OURS, origin="", now=None, **headers):
    """Call the service as a sender does; return its status."""
    place = urlsplit(device.endpoint)
    told = json.dumps({"title": "T", "body": "B", "url": "/portal/", "tag": "t"}).encode()
    if body is None:
        body = push_sealing.seal(told, p256dh=device.p256dh, auth=device.auth)
    sent = {
        "TTL": "60",
        "Content-Encoding": "aes128gcm",
        "Authorization": push_sealing.authorization(
            origin or f"http://{place.netloc}",
            keys=keys,
            subject="mailto:office@demo.test",
            now=int(time.time()) if now is None else now,
        ),
    } | headers
    line = http.client.HTTPConnection(place.hostname, place.port, timeout=5)
    try:
        line.request("POST", path or place.path, body=body, headers=sent)
        return line.getresponse().status
    finally:
        line.close()


def test_what_is_right_is_shown_on_the_device_and_kept(server, device):
    assert asked(device, Topic="a" * 32, Urgency="high") == 201

    assert (server.heard[0]["title"], server.heard[0]["Urgency"]) == ("T", "high")
    assert server.store.newest()[0]["recipient"] == "phone"


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"path": "/push/nobody"}, 404),
        ({"body": b"x" * 5000}, 413),
        ({"body": b"x" * 200}, 400),
        ({"keys": THEIRS}, 403),
        ({"origin": "https://push.example.com"}, 403),
        ({"now": 0}, 403),
        ({"Authorization": "Bearer x"}, 401),
        ({"TTL": ""}, 400),
        ({"Topic": "a" * 33}, 400),
        ({"Urgency": "at once"}, 400),
        ({"Content-Encoding": "aesgcm"}, 400),
    ],
)
def test_what_the_rfcs_forbid_is_refused(server, device, wrong, status):
    assert asked(device, **wrong) == status
    assert server.heard == []


def test_a_token_signed_with_another_key_is_refused(server, device):
    forged = push_sealing.KeyPair(private=THEIRS.private, public=OURS.public)

    assert asked(device, keys=forged) == 403
