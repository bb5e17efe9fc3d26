"""How a webhook proves that it is ours: Standard Webhooks 1.0.

Source: growth-api-rules 2. Signed is `id.timestamp.body`, byte for byte as sent: whoever checks
must not read and write the JSON again first.
"""

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Sequence

PREFIX = "whsec_"
KEY_BYTES = 32
_VERSION = "v1"


def new_key() -> str:
    """Return a new secret, as it is shown once."""
    return PREFIX + base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()


def header(keys: Sequence[str], *, message_id: str, timestamp: int, body: bytes) -> str:
    """Return the header `webhook-signature`: one signature a key, in their order, newest first.

    `timestamp` is that of the attempt, in seconds since 1970. Raises ValueError for a key of
    another form.
    """
    if "." in message_id:
        raise ValueError("a full stop in an id would let two messages be signed alike")
    signed = f"{message_id}.{timestamp}.".encode() + body
    return " ".join(f"{_VERSION},{_one(key, signed)}" for key in keys)


def _one(key: str, signed: bytes) -> str:
    return base64.b64encode(hmac.digest(_raw(key), signed, hashlib.sha256)).decode()


def _raw(key: str) -> bytes:
    try:
        raw = base64.b64decode(key.removeprefix(PREFIX), validate=True)
    except binascii.Error as error:
        raise ValueError("not a webhook key") from error
    if not key.startswith(PREFIX) or len(raw) != KEY_BYTES:
        raise ValueError("not a webhook key")
    return raw
