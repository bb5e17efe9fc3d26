"""A push service with the devices behind it, on the loopback, written from the RFCs.

It takes `POST /push/<device>` as RFC 8030 says (TTL, Urgency, Topic), lets nobody in whose VAPID
token it cannot verify (RFC 8292), and opens what it was given as the device's browser would
(RFC 8291, RFC 8188). What a device showed is kept in the messages' store, so that one page shows
everything. Which devices there are is kept in `<directory>/push.json` (0600); whoever comes first,
the demo company or the simulator, chooses the port.
"""

import base64
import contextlib
import json
import re
import secrets
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from ispbill.devtools.sandbox.config import create, free_port
from ispbill.devtools.sandbox.http_lines import Exchange, Line
from ispbill.devtools.sandbox.messages.store import Store

HOST = "127.0.0.1"
FILE = "push.json"
LARGEST = 4096  # bytes of a body; RFC 8030 lets a service refuse more
_DAY = 24 * 3600
_TOPIC = re.compile(r"[A-Za-z0-9_-]{1,32}")
_URGENCIES = {"very-low", "low", "normal", "high"}
_VAPID = re.compile(r"vapid t=([^, ]+), ?k=([^, ]+)")
_CURVE = ec.SECP256R1()
_FAULTS = (("push_server_errors", 503), ("push_too_many", 429), ("push_gone", 410))


@dataclass(frozen=True)
class Device:
    """A browser's side of a subscription; `endpoint`, `p256dh` and `auth` are what it tells."""

    endpoint: str
    p256dh: str
    auth: str
    private: str
    name: str


@dataclass
class Faults:
    """What goes wrong. A count is for so many calls to come, −1 for all of them."""

    push_gone: int = 0
    """The browser has given the subscription up: 410."""
    push_too_many: int = 0
    """429 with Retry-After: 7."""
    push_server_errors: int = 0
    push_slow_seconds: float = 0


class Refused(Exception):
    """What the service answers instead of 201."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


def known(directory: Path) -> dict[str, Any]:
    """Return the port and the devices, by the last part of their endpoint."""
    path = directory / FILE
    if not path.exists():
        with contextlib.ExitStack() as held:
            create(path, {"port": free_port(held), "devices": {}})
    found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return found


def subscribe(directory: Path, *, name: str, key: str) -> Device:
    """Make a device that lets in only who signs with `key` (an applicationServerKey)."""
    state = known(directory)
    own = ec.generate_private_key(_CURVE)
    token = secrets.token_urlsafe(16)
    device = Device(
        endpoint=f"http://{HOST}:{state['port']}/push/{token}",
        p256dh=_text(own.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)),
        auth=_text(secrets.token_bytes(16)),
        private=_text(own.private_numbers().private_value.to_bytes(32, "big")),
        name=name,
    )
    state["devices"][token] = {**device.__dict__, "key": key}
    path = directory / FILE
    fresh = path.with_suffix(".new")
    fresh.touch(0o600)
    fresh.write_text(json.dumps(state), "utf-8")
    fresh.replace(path)
    return device


class PushServer(Exchange):
    """The service; `heard` has what each call asked for, `close` stops it."""

    def __init__(
        self, directory: Path, *, store: Store | None = None, faults: Faults | None = None
    ) -> None:
        self.directory = directory
        self._own_store = store is None
        self.store = store or Store(directory)
        self.faults = faults or Faults()
        self.heard: list[dict[str, str]] = []
        self._turning = threading.Lock()
        super().__init__((HOST, known(directory)["port"]), _Handler)
        self.start()

    def close(self) -> None:
        super().close()
        if self._own_store:
            self.store.close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of callers that hang up."""

    def strikes(self, name: str) -> bool:
        """Tell whether a counted fault strikes now, and count it."""
        with self._turning:
            left = getattr(self.faults, name)
            if left > 0:
                setattr(self.faults, name, left - 1)
            return bool(left)


class _Handler(Line):
    server: PushServer
    most_bytes = 100_000

    def do_POST(self) -> None:
        raw = self.body()
        time.sleep(self.server.faults.push_slow_seconds)
        for name, status in _FAULTS:
            if self.server.strikes(name):
                wait: dict[str, Any] = {"Retry-After": "7"} if status == 429 else {}
                return self.answer(status, b"", **wait)
        try:
            shown = self._taken(raw)
        except Refused as refusal:
            return self.answer(refusal.status, str(refusal).encode(), "text/plain")
        place = f"{shown['device']}/{shown['tag']}"
        self.server.store.take(
            {
                "id": f"{place}/{secrets.token_hex(4)}",
                "channel": "WEB_PUSH",
                "recipient": shown["device"],
                "subject": shown["title"],
                "body": shown["body"],
                "parts": 1,
            }
        )
        self.server.heard.append(shown)
        return self.answer(201, b"", Location=f"http://{HOST}/message/{secrets.token_hex(8)}")

    def _taken(self, raw: bytes | None) -> dict[str, str]:
        """Check a call from its first line to its last byte; return what the device shows."""
        token = urlsplit(self.path).path.removeprefix("/push/")
        device = known(self.server.directory)["devices"].get(token)
        if device is None:
            raise Refused(404, "no such subscription")
        if raw is None or len(raw) > LARGEST:
            raise Refused(413, "too large")
        _let_in(self.headers.get("Authorization", ""), device)
        told = {name: self.headers.get(name, "") for name in ("TTL", "Urgency", "Topic")}
        if not told["TTL"].isdigit():
            raise Refused(400, "TTL is missing")
        if told["Topic"] and not _TOPIC.fullmatch(told["Topic"]):
            raise Refused(400, "Topic is longer than 32 characters, or not base64url")
        if told["Urgency"] and told["Urgency"] not in _URGENCIES:
            raise Refused(400, "no such Urgency")
        if self.headers.get("Content-Encoding") != "aes128gcm":
            raise Refused(400, "Content-Encoding must be aes128gcm")
        try:
            message = json.loads(opened(raw, private=device["private"], auth=device["auth"]))
        except (ValueError, InvalidTag, IndexError) as error:
            raise Refused(400, "the device could not open it") from error
        return {**message, **told, "device": device["name"]}


def opened(raw: bytes, *, private: str, auth: str) -> bytes:
    """Open a body as a browser does: header, one record, delimiter. Raises what does not fit."""
    salt, size, length = raw[:16], int.from_bytes(raw[16:20], "big"), raw[20]
    theirs, sealed = raw[21 : 21 + length], raw[21 + length :]
    if len(sealed) > size:
        raise ValueError("more than one record")
    own = ec.derive_private_key(int.from_bytes(_bytes(private), "big"), _CURVE)
    shared = own.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, theirs))
    mine = own.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    secret = _hkdf(shared, _bytes(auth), b"WebPush: info\x00" + mine + theirs, 32)
    key = _hkdf(secret, salt, b"Content-Encoding: aes128gcm\x00", 16)
    nonce = _hkdf(secret, salt, b"Content-Encoding: nonce\x00", 12)
    padded = AESGCM(key).decrypt(nonce, sealed, None).rstrip(b"\x00")
    if padded[-1] != 2:
        raise ValueError("not the last record")
    return padded[:-1]


def _let_in(header: str, device: dict[str, str]) -> None:
    found = _VAPID.fullmatch(header)
    if found is None:
        raise Refused(401, "no VAPID token")
    token, key = found.groups()
    if key != device["key"]:
        raise Refused(403, "the subscription was made with another key")
    signed, _, proof = token.rpartition(".")
    head, _, body = signed.partition(".")
    try:
        raw = _bytes(proof)
        point = ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, _bytes(key))
        der = encode_dss_signature(*(int.from_bytes(half, "big") for half in (raw[:32], raw[32:])))
        point.verify(der, signed.encode(), ec.ECDSA(hashes.SHA256()))
        algorithm, claims = json.loads(_bytes(head))["alg"], json.loads(_bytes(body))
    except (ValueError, KeyError, InvalidSignature) as error:
        raise Refused(403, "the token is not signed with the key") from error
    place = urlsplit(device["endpoint"])
    left = claims.get("exp", 0) - time.time()
    if algorithm != "ES256" or claims.get("aud") != f"{place.scheme}://{place.netloc}":
        raise Refused(403, "the token is for somebody else")
    if not 0 < left <= _DAY:
        raise Refused(403, "the token has run out, or lasts longer than a day")
    if not str(claims.get("sub", "")).startswith(("mailto:", "https:", "http://127.0.0.1")):
        raise Refused(403, "nobody to write to")


def _hkdf(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=length, salt=salt, info=info).derive(secret)


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
