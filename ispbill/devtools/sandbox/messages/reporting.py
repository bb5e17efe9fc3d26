"""Reports of delivery as the providers send them: their fields, and their signatures.

Twilio: a form, `X-Twilio-Signature` = base64(HMAC-SHA1(auth token, address and sorted fields)).
Meta: JSON, `X-Hub-Signature-256` = HMAC-SHA256(app secret, body).
"""

import base64
import hashlib
import hmac
import http.client
import json
import threading
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode, urlsplit

_PAUSE = 0.6  # seconds from taken to sent, and from sent to delivered
Call = tuple[bytes, dict[str, str]]


def later(tell: Callable[..., None], *what: Any) -> None:
    """Tell in a thread of its own, after the answer has been given."""
    threading.Thread(target=tell, args=what, daemon=True).start()


def twilio(accounts: dict[str, Any], hook: str, ref: str, to: str) -> None:
    """Tell of a message that is sent and then delivered."""
    for status in ("sent", "delivered"):
        time.sleep(_PAUSE)
        fields = {"MessageSid": ref, "MessageStatus": status, "To": to}
        post(hook, *twilio_call(accounts["TWILIO"]["auth_token"], hook, fields))


def whatsapp(
    accounts: dict[str, Any], hook: str, ref: str, to: str, opaque: str, fails: bool
) -> None:
    """Tell of a message that is sent and delivered, or of one that cannot be."""
    for status in ("failed",) if fails else ("sent", "delivered"):
        time.sleep(_PAUSE)
        raw = whatsapp_body(ref, status, to, opaque)
        post(hook, *whatsapp_call(accounts["WHATSAPP"]["app_secret"], raw))


def twilio_call(token: str, url: str, fields: dict[str, str]) -> Call:
    """Return body and headers of a signed call."""
    signed = url + "".join(name + fields[name] for name in sorted(fields))
    digest = hmac.new(token.encode(), signed.encode("utf-8"), hashlib.sha1).digest()
    return urlencode(fields).encode(), {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Twilio-Signature": base64.b64encode(digest).decode("ascii"),
    }


def whatsapp_body(
    ref: str, status: str, to: str, opaque: str = "", *, seconds: int | None = None
) -> bytes:
    """Return what Meta writes of one message."""
    told: dict[str, Any] = {
        "id": ref,
        "status": status,
        "timestamp": str(int(time.time()) if seconds is None else seconds),
        "recipient_id": to.removeprefix("+"),
    }
    if opaque:
        told["biz_opaque_callback_data"] = opaque
    if status == "failed":
        told["errors"] = [{"code": 131026, "title": "Message undeliverable"}]
    return whatsapp_value({"statuses": [told]})


def whatsapp_value(value: dict[str, Any]) -> bytes:
    """Return a whole call around one value."""
    change = {"field": "messages", "value": {"messaging_product": "whatsapp", **value}}
    entry = {"id": "102290129340398", "changes": [change]}
    return json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()


def whatsapp_call(secret: str, raw: bytes) -> Call:
    """Return body and headers of a signed call."""
    digest = hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()
    return raw, {"Content-Type": "application/json", "X-Hub-Signature-256": f"sha256={digest}"}


def post(url: str, raw: bytes, headers: dict[str, str]) -> int:
    """Call the house; return its status, 0 when it is not there."""
    place = urlsplit(url)
    line = http.client.HTTPConnection(place.hostname or "", place.port or 80, timeout=10)
    try:
        line.request("POST", url[url.index(place.netloc) + len(place.netloc) :], raw, headers)
        return line.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        line.close()
