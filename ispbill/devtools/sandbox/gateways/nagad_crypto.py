"""Nagad's envelope: RSA PKCS#1 v1.5 encryption to one side's key, a signature with the other's.

Source: Nagad Online Payment API integration guide v3.3. Its text says SHA1withRSA, its samples
sign with SHA-256, which public clients follow.
"""

import base64
import binascii
import json
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa


class Undecryptable(Exception):
    """Not encrypted to our key."""


class BadSignature(Exception):
    """Not signed by the other side."""


def closed(content: dict[str, Any], *, to: str, by: str) -> dict[str, str]:
    """Return sensitiveData and signature of one and the same plain text (keys as PEM)."""
    plain = json.dumps(content, separators=(",", ":")).encode()
    return {
        "sensitiveData": base64.b64encode(_public(to).encrypt(plain, padding.PKCS1v15())).decode(),
        "signature": base64.b64encode(
            _private(by).sign(plain, padding.PKCS1v15(), hashes.SHA256())
        ).decode(),
    }


def opened(body: dict[str, Any], *, to: str, by: str) -> dict[str, Any]:
    """Return the content; raises Undecryptable or BadSignature."""
    try:
        sealed = base64.b64decode(body.get("sensitiveData", ""), validate=True)
        plain = _private(to).decrypt(sealed, padding.PKCS1v15())
        content = json.loads(plain)
    except (ValueError, TypeError, binascii.Error) as error:
        raise Undecryptable from error
    try:
        signature = base64.b64decode(body.get("signature", ""), validate=True)
        _public(by).verify(signature, plain, padding.PKCS1v15(), hashes.SHA256())
    except (InvalidSignature, ValueError, TypeError, binascii.Error) as error:
        raise BadSignature from error
    if not isinstance(content, dict):
        raise Undecryptable
    return content


def _private(pem: str) -> rsa.RSAPrivateKey:
    key = serialization.load_pem_private_key(pem.encode(), password=None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise TypeError("not an RSA key")
    return key


def _public(pem: str) -> rsa.RSAPublicKey:
    key = serialization.load_pem_public_key(pem.encode())
    if not isinstance(key, rsa.RSAPublicKey):
        raise TypeError("not an RSA key")
    return key
