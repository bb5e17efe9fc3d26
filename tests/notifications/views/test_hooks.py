"""The addresses providers call: signed calls are believed, no others."""

import json

import pytest
from django.urls import reverse

from ispbill.accounts.models import User
from ispbill.core.acts import Act
from ispbill.devtools.sandbox.messages import reporting
from ispbill.notifications.models import DeliveryReport
from ispbill.notifications.services import provider_accounts
from ispbill.notifications.services.names import client_id
from tests.factories.accounts import UserFactory
from tests.factories.customers import CustomerFactory
from tests.factories.notifications import MessageFactory

pytestmark = pytest.mark.django_db

URL = "https://isp.example"
WA = {
    "phone_number_id": "1",
    "access_token": "t",
    "app_secret": "app-secret",
    "verify_token": "word",
    "template": "isp_message",
}
TWILIO = {"account_sid": "AC1", "auth_token": "token", "sender": "+15005550006"}


@pytest.fixture
def account(settings, at):
    settings.PUBLIC_URL = URL

    def made(kind, credentials):
        act = Act(UserFactory(role=User.Role.OWNER), at)
        return provider_accounts.keep(
            kind=kind, base_url="https://provider.invalid", credentials=credentials, act=act
        )

    return made


def post(client, url, call):
    raw, headers = call
    kind = headers.pop("Content-Type")
    return client.post(url.removeprefix(URL), raw, content_type=kind, headers=headers)


def twilio_call(message, status, **fields):
    hook = URL + reverse("message_hooks:heard", args=["twilio"]) + f"?m={client_id(message)}"
    told = {"MessageSid": "SM1", "MessageStatus": status, "To": message.recipient, **fields}
    return hook, reporting.twilio_call("token", hook, told)


def test_a_signed_call_of_twilio_moves_the_message(account, client):
    account("TWILIO", TWILIO)
    message = MessageFactory(state="SENT", provider="twilio", provider_ref="SM1")
    hook, call = twilio_call(message, "undelivered", ErrorCode="30005")
    assert post(client, hook, call).status_code == 200
    message.refresh_from_db()
    assert (message.state, message.error) == ("FAILED", "30005 no such number")


def test_a_call_with_another_address_or_field_is_refused(account, client):
    account("TWILIO", TWILIO)
    message = MessageFactory(state="SENT", provider="twilio", provider_ref="SM1")
    hook, (raw, headers) = twilio_call(message, "delivered")
    assert post(client, hook + "0", (raw, dict(headers))).status_code == 403
    forged = raw.replace(b"delivered", b"failed")
    assert post(client, hook, (forged, dict(headers))).status_code == 403
    assert post(client, hook, (raw, {"Content-Type": headers["Content-Type"]})).status_code == 403
    message.refresh_from_db()
    assert message.state == "SENT"
    assert not DeliveryReport.objects.exists()


def test_an_answer_to_an_sms_stops_offers(account, client):
    account("TWILIO", TWILIO)
    customer = CustomerFactory(wants_marketing=True)
    hook = URL + reverse("message_hooks:heard", args=["twilio"])
    fields = {"MessageSid": "SM2", "From": customer.phone, "Body": "STOP"}
    assert post(client, hook, reporting.twilio_call("token", hook, fields)).status_code == 200
    customer.refresh_from_db()
    assert not customer.wants_marketing


def test_meta_tells_several_things_at_once(account, client, at):
    account("WHATSAPP", WA)
    hook = reverse("message_hooks:heard", args=["whatsapp"])
    customer = CustomerFactory(wants_marketing=True)
    one, two = (
        MessageFactory(
            channel="WHATSAPP",
            provider="whatsapp",
            state="SENT",
            provider_ref=ref,
            dedup_key=f"payment_received:{ref}:WHATSAPP",
        )
        for ref in ("wamid.1", "wamid.2")
    )
    raw = reporting.whatsapp_value(
        {
            "statuses": [
                _status("wamid.2", "read", client_id(two)),
                _status("wamid.1", "failed", client_id(one)),
                _status("wamid.2", "delivered", client_id(two)),
            ],
            "messages": [{"from": customer.phone[1:], "type": "text", "text": {"body": "stop"}}],
        }
    )
    for _again in range(2):
        assert post(client, hook, reporting.whatsapp_call("app-secret", raw)).status_code == 200
    one.refresh_from_db()
    two.refresh_from_db()
    customer.refresh_from_db()
    assert (one.state, two.state) == ("FAILED", "DELIVERED")
    assert one.error == "131026 not on WhatsApp, or it cannot be delivered there"
    assert two.read_at is not None
    assert not customer.wants_marketing
    wrong = post(client, hook, reporting.whatsapp_call("other-secret", raw))
    assert wrong.status_code == 403


def test_signed_nonsense_is_answered_and_does_nothing(account, client):
    account("WHATSAPP", WA)
    hook = reverse("message_hooks:heard", args=["whatsapp"])
    for raw in (b"", b"[]", b'{"entry": 5}', b'{"entry": [{"changes": [{"value": 1}]}]}'):
        assert post(client, hook, reporting.whatsapp_call("app-secret", raw)).status_code == 200


def test_meta_asks_whether_the_address_is_ours(account, client):
    account("WHATSAPP", WA)
    hook = reverse("message_hooks:heard", args=["whatsapp"])
    asked = {"hub.mode": "subscribe", "hub.challenge": "1158201444"}
    right = client.get(hook, {**asked, "hub.verify_token": "word"})
    assert (right.status_code, right.content) == (200, b"1158201444")
    assert client.get(hook, {**asked, "hub.verify_token": "other"}).status_code == 403
    assert client.get(reverse("message_hooks:heard", args=["twilio"])).status_code == 404


def _status(ref, status, our_id):
    return json.loads(reporting.whatsapp_body(ref, status, "880", our_id, seconds=1_700_000_000))[
        "entry"
    ][0]["changes"][0]["value"]["statuses"][0]
