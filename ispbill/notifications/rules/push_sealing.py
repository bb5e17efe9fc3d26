"""What a push service may carry and not read, and how it knows who sends it.

Sources: RFC 8291 (message encryption for Web Push) over RFC 8188 (aes128gcm), and RFC 8292 (VAPID).
All texts are base64url without padding, as browsers give them.
"""

import json
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

MOST_BYTES = 3000  # of a message before it is sealed; services must take 4096 of what we send
TOKEN_SECONDS = 12 * 3600  # RFC 8292 allows at most a day
_RECORD = 4096
_POINT, _SECRET = 65, 16
_LAST = b"\x02"  # RFC 8188: the delimiter of the last record
_CURVE = ec.SECP256R1()


class BadKeys(ValueError):
    """What a browser gave as its keys is none."""


@dataclass(frozen=True)
class KeyPair:
    """Our own keys; `private` is the number of the curve, `public` the uncompressed point."""

    private: str
    public: str


def text_of(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def bytes_of(text: str) -> bytes:
    """Read base64url with or without padding. Raises BadKeys."""
    try:
        return urlsafe_b64decode(
            text.rstrip("=").encode("ascii") + b"=" * (-len(text.rstrip("=")) % 4)
        )
    except ValueError as error:
        raise BadKeys("not base64url") from error


def new_pair() -> KeyPair:
    key = ec.generate_private_key(_CURVE)
    number = key.private_numbers().private_value.to_bytes(32, "big")
    return KeyPair(private=text_of(number), public=text_of(_point(key)))


def check(p256dh: str, auth: str) -> None:
    """Raise BadKeys unless these are a point of the curve and sixteen bytes."""
    if len(bytes_of(auth)) != _SECRET:
        raise BadKeys("auth is not 16 bytes")
    _public(bytes_of(p256dh))


def seal(plain: bytes, *, p256dh: str, auth: str, salt: bytes = b"", ours: str = "") -> bytes:
    """Return the body of a push (one record). Raises BadKeys.

    `salt` and `ours` (a private key) are drawn anew for each message; only tests name them.
    """
    theirs = bytes_of(p256dh)
    own = _private(ours) if ours else ec.generate_private_key(_CURVE)
    salt = salt or os.urandom(16)
    shared = own.exchange(ec.ECDH(), _public(theirs))
    info = b"WebPush: info\x00" + theirs + _point(own)
    secret = _derived(shared, salt=bytes_of(auth), info=info, length=32)
    key = _derived(secret, salt=salt, info=b"Content-Encoding: aes128gcm\x00", length=16)
    nonce = _derived(secret, salt=salt, info=b"Content-Encoding: nonce\x00", length=12)
    header = salt + _RECORD.to_bytes(4, "big") + bytes([_POINT]) + _point(own)
    return header + AESGCM(key).encrypt(nonce, plain + _LAST, None)


def authorization(origin: str, *, keys: KeyPair, subject: str, now: int) -> str:
    """Return the header by which a push service knows us; `origin` is its own, `now` in seconds."""
    claims = {"aud": origin, "exp": now + TOKEN_SECONDS, "sub": subject}
    head = text_of(_json({"typ": "JWT", "alg": "ES256"}))
    signed = f"{head}.{text_of(_json(claims))}"
    proof = _private(keys.private).sign(signed.encode(), ec.ECDSA(hashes.SHA256()))
    r, s = decode_dss_signature(proof)  # JWS wants the two numbers, not their DER
    token = f"{signed}.{text_of(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"
    return f"vapid t={token}, k={keys.public}"


def _json(value: dict[str, object]) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def _derived(secret: bytes, *, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=length, salt=salt, info=info).derive(secret)


def _private(text: str) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(bytes_of(text), "big"), _CURVE)


def _public(raw: bytes) -> ec.EllipticCurvePublicKey:
    if len(raw) != _POINT:
        raise BadKeys("p256dh is not an uncompressed point")
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, raw)
    except ValueError as error:
        raise BadKeys("p256dh is not on the curve") from error


def _point(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
