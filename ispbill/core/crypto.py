"""Secrets at rest: AES-256-GCM, the key's name in the value, the row's identity bound to it.

A sealed value reads ``<key name>.<base64 of nonce + ciphertext>``. The context (for example
``network.router:<uuid>:password``) is authenticated with it, so a ciphertext copied into another
row does not open there. Keys come from FIELD_KEYS, newest first; old ones still open.
Source: NIST SP 800-38D (GCM, 96-bit random nonce).
"""

import base64
import hashlib
import hmac
import os
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.utils.translation import gettext as _

from ispbill.core.errors import DomainError

_NONCE_BYTES = 12


class Unreadable(DomainError, ValueError):
    """The value was sealed with a key we do not have, for another row, or was altered.

    It reads as a sentence for the person at the screen; `detail` is for the log.
    """

    def __init__(self, detail: str) -> None:
        self.detail = detail
        super().__init__(
            _("This is kept sealed, and none of the keys of this installation opens it.")
        )


def seal(plain: str, *, context: str) -> str:
    """Encrypt `plain` for one place; return the text to store."""
    name, key = next(iter(_keys(tuple(settings.FIELD_KEYS)).items()))
    nonce = os.urandom(_NONCE_BYTES)
    sealed = AESGCM(key).encrypt(nonce, plain.encode(), context.encode())
    return f"{name}.{base64.urlsafe_b64encode(nonce + sealed).decode()}"


def unseal(sealed: str, *, context: str) -> str:
    """Decrypt what `seal` made for the same context; raise Unreadable otherwise."""
    name, _, body = sealed.partition(".")
    key = _keys(tuple(settings.FIELD_KEYS)).get(name)
    if key is None:
        raise Unreadable(f"no key named {name!r}")
    try:
        raw = base64.urlsafe_b64decode(body)
        return (
            AESGCM(key).decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], context.encode()).decode()
        )
    except (InvalidTag, ValueError) as error:
        raise Unreadable("the sealed value does not belong here or was altered") from error


def is_current(sealed: str) -> bool:
    """Tell whether a value was sealed with the newest key (key rotation skips those)."""
    newest = next(iter(_keys(tuple(settings.FIELD_KEYS))))
    return sealed.partition(".")[0] == newest


def fingerprint(plain: str, *, purpose: str) -> str:
    """Return a keyed hash to find a secret by equality without storing it (hex, 64 characters).

    It is made with the newest key. Look stored ones up with `fingerprints`: until the rotation is
    through, some are still made with an older key.
    """
    return fingerprints(plain, purpose=purpose)[0]


def fingerprints(plain: str, *, purpose: str) -> list[str]:
    """Return the keyed hash of a secret under each of our keys, the newest first."""
    told = f"{purpose}:{plain}".encode()
    keys = _keys(tuple(settings.FIELD_KEYS)).values()
    return [hmac.new(key, told, hashlib.sha256).hexdigest() for key in keys]


@lru_cache(maxsize=8)
def _keys(entries: tuple[str, ...]) -> dict[str, bytes]:
    keys = {}
    for entry in entries:
        name, _, value = entry.partition(":")
        key = base64.b64decode(value)
        if len(key) != 32 or "." in name:
            raise ValueError("FIELD_KEYS entries read name:<base64 of 32 bytes>")
        keys[name] = key
    if not keys:
        raise ValueError("FIELD_KEYS is empty")
    return keys
