"""Nagad's envelope: what we send is encrypted to Nagad and signed by us, and the other way round.

Facts: Nagad Online Payment API integration guide v3.3. RSA PKCS#1 v1.5 for both; its text says
SHA1withRSA, its samples and the public clients sign with SHA-256, so the hash is a setting.
"""

import base64
import binascii
import json
import re
from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from payments.online.gateways.errors import GatewayDown, WrongCredentials

_PADDING = 11  # bytes that PKCS#1 v1.5 takes of a block as long as the key
_HASHES: dict[str, type[hashes.HashAlgorithm]] = {"SHA256": hashes.SHA256, "SHA1": hashes.SHA1}


class Envelope:
    """Closes and opens messages with a merchant's private key and Nagad's public one.

    Keys are PEM, or the bare base64 that the merchant panel shows. Raises WrongCredentials.
    """

    def __init__(self, *, ours: str, theirs: str, hash_name: str = "SHA256") -> None:
        self._ours = _private(ours)
        self._theirs = _public(theirs)
        if hash_name not in _HASHES:
            raise WrongCredentials("the signature's hash is neither SHA256 nor SHA1")
        self._hash = _HASHES[hash_name]()

    def closed(self, content: Mapping[str, str]) -> dict[str, str]:
        """Return ``sensitiveData`` and ``signature`` of the same bytes.

        Raises GatewayDown when they do not fit Nagad's key: it gave us a challenge too long.
        """
        plain = json.dumps(dict(content), separators=(",", ":")).encode()
        if len(plain) > self._theirs.key_size // 8 - _PADDING:
            raise GatewayDown("more to encrypt than Nagad's key can hold", was_sent=False)
        return {
            "sensitiveData": _written(self._theirs.encrypt(plain, padding.PKCS1v15())),
            "signature": _written(self._ours.sign(plain, padding.PKCS1v15(), self._hash)),
        }

    def opened(self, answer: Mapping[str, Any]) -> dict[str, Any]:
        """Return what an answer holds. Raises GatewayDown unless it is for us and by Nagad."""
        try:
            plain = self._ours.decrypt(_bytes(answer, "sensitiveData"), padding.PKCS1v15())
            self._theirs.verify(_bytes(answer, "signature"), plain, padding.PKCS1v15(), self._hash)
            content = json.loads(plain)
        except InvalidSignature as error:
            raise GatewayDown("an answer Nagad did not sign") from error
        except ValueError as error:
            raise GatewayDown("an answer that cannot be opened") from error
        if not isinstance(content, dict):
            raise GatewayDown("an answer of another shape")
        return content


def _written(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _bytes(answer: Mapping[str, Any], name: str) -> bytes:
    value = answer.get(name)
    if not isinstance(value, str):
        raise GatewayDown("an answer of another shape")
    try:
        return base64.b64decode(value, validate=True)
    except binascii.Error as error:
        raise GatewayDown("an answer that cannot be opened") from error


def _private(key: str) -> rsa.RSAPrivateKey:
    try:
        if "BEGIN" in key:
            found = serialization.load_pem_private_key(key.strip().encode(), password=None)
        else:
            found = serialization.load_der_private_key(_bare(key), password=None)
    except (ValueError, TypeError) as error:
        raise WrongCredentials("the merchant's private key cannot be read") from error
    if not isinstance(found, rsa.RSAPrivateKey):
        raise WrongCredentials("the merchant's private key is no RSA key")
    return found


def _public(key: str) -> rsa.RSAPublicKey:
    try:
        if "BEGIN" in key:
            found = serialization.load_pem_public_key(key.strip().encode())
        else:
            found = serialization.load_der_public_key(_bare(key))
    except (ValueError, TypeError) as error:
        raise WrongCredentials("Nagad's public key cannot be read") from error
    if not isinstance(found, rsa.RSAPublicKey):
        raise WrongCredentials("Nagad's public key is no RSA key")
    return found


def _bare(key: str) -> bytes:
    return base64.b64decode(re.sub(r"\s+", "", key), validate=True)
