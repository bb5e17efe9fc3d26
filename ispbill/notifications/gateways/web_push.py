"""Notifications to browsers: RFC 8030 to whatever push service a browser has named.

The address came from a browser, so every call goes through the one door out: `https`, public
addresses only (ADR 42). What we say is sealed for the device; the service sees its length alone.
"""

import time
from collections.abc import Mapping
from urllib.parse import urlsplit

from django.conf import settings

from ispbill.core import crypto, outbound
from ispbill.core.models import Company
from ispbill.notifications.gateways import calling
from ispbill.notifications.gateways.base import Accepted, Outcome, Outgoing, Rejected, Retry
from ispbill.notifications.gateways.calling import Answer
from ispbill.notifications.models import PushDevice, PushKeys
from ispbill.notifications.rules import push, push_sealing
from ispbill.notifications.rules.push_sealing import KeyPair

PLACE = "notifications.web_push"  # what the private key is sealed for
ANSWER_SECONDS = 10.0
_GONE = {404, 410}  # RFC 8030: the subscription is no more
_REFUSED_KEYS = {401, 403}


def keys() -> KeyPair | None:
    """Return our key pair, None while there is none. Raises crypto.Unreadable."""
    row = PushKeys.objects.filter(pk=1).first()
    if row is None:
        return None
    return KeyPair(crypto.unseal(row.sealed_private_key, context=PLACE), row.public_key)


class WebPush:
    """Send to devices; a notice sent twice replaces itself there, by its tag."""

    name = "web push"
    dedupes = True

    def send(self, message: Outgoing) -> Outcome:
        number = message.recipient.rpartition("#")[2]
        found = PushDevice.objects.filter(pk=int(number)) if number.isdigit() else None
        device = found.first() if found is not None else None
        if device is None or message.notice is None:
            return Rejected("This device no longer wants notifications.")
        try:
            ours = keys()
        except crypto.Unreadable:
            return Retry("The stored keys cannot be opened with ours.", is_for_all=True)
        if ours is None:
            return Rejected("The keys this device was switched on with are gone.")
        return handed(device, message, ours)


def handed(device: PushDevice, message: Outgoing, ours: KeyPair) -> Outcome:
    """Seal and hand over one message to a device's push service."""
    notice = message.notice
    assert notice is not None  # noqa: S101 asked by the caller
    try:
        outbound.check_web(device.endpoint, is_known=True)
        body = push_sealing.seal(
            push.payload(
                title=message.subject, body=message.body, path=notice.path, tag=notice.manner.topic
            ),
            p256dh=device.p256dh,
            auth=device.auth,
        )
    except (outbound.NotCallable, push_sealing.BadKeys) as error:
        return Rejected(str(error), is_gone=True)
    return calling.outcome_of(
        _read,
        "POST",
        device.endpoint,
        raw=body,
        headers=_headers(device.endpoint, notice.manner, ours),
        seconds=ANSWER_SECONDS,
    )


def _headers(endpoint: str, manner: push.Manner, ours: KeyPair) -> Mapping[str, str]:
    place = urlsplit(endpoint)
    told = push_sealing.authorization(
        f"{place.scheme}://{place.netloc}", keys=ours, subject=_subject(), now=int(time.time())
    )
    return {
        "Authorization": told,
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(manner.seconds),
        "Urgency": manner.urgency,
        "Topic": manner.topic,
    }


def _subject() -> str:
    """Return whom a push service may write to about what we send."""
    email = Company.current().email
    return f"mailto:{email}" if email else settings.PUBLIC_URL


def _read(answer: Answer) -> Outcome:
    if answer.status in {200, 201, 202}:
        return Accepted(ref="")
    if answer.status in _GONE:
        return Rejected(f"{answer.status} the device has switched them off", is_gone=True)
    if answer.status in _REFUSED_KEYS:
        return Rejected(f"{answer.status} the service does not know our keys", is_gone=True)
    return Rejected(f"{answer.status} from the push service")
