"""Secrets FreeRADIUS must read in clear: sealed at rest with a key that only it and we hold.

PostgreSQL itself opens them for FreeRADIUS's role (`guards/radius_open.sql`), and has no AES of its
own; so the seal is made of what both sides have, HMAC-SHA-256: as a key stream in counter mode,
then as the tag over the result (encrypt, then authenticate). A sealed value reads
`<nonce>.<ciphertext>.<tag>`, in hex. Sources: RFC 2104, NIST SP 800-108 (counter mode).
"""

import hashlib
import hmac

BLOCK = 32
NONCE_BYTES = 16
TAG_BYTES = 16
_STREAM, _TAG = b"s", b"t"


def seal(plain: str, *, key: bytes, nonce: bytes) -> str:
    """Return the sealed text; a nonce is used once."""
    body = _crossed(plain.encode(), key=key, nonce=nonce)
    return f"{nonce.hex()}.{body.hex()}.{_tag(body, key=key, nonce=nonce).hex()}"


def unseal(sealed: str, *, key: bytes) -> str | None:
    """Return the text, or None when it was sealed with another key or altered."""
    try:
        nonce, body, tag = (bytes.fromhex(part) for part in sealed.split("."))
    except ValueError:
        return None
    if not hmac.compare_digest(tag, _tag(body, key=key, nonce=nonce)):
        return None
    return _crossed(body, key=key, nonce=nonce).decode()


def _crossed(text: bytes, *, key: bytes, nonce: bytes) -> bytes:
    blocks = range((len(text) + BLOCK - 1) // BLOCK)
    stream = b"".join(_mac(key, _STREAM + nonce + number.to_bytes(4, "big")) for number in blocks)
    return bytes(one ^ other for one, other in zip(text, stream, strict=False))


def _tag(body: bytes, *, key: bytes, nonce: bytes) -> bytes:
    return _mac(key, _TAG + nonce + body)[:TAG_BYTES]


def _mac(key: bytes, text: bytes) -> bytes:
    return hmac.new(key, text, hashlib.sha256).digest()
