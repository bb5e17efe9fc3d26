"""Where the simulated gateways listen and what opens them, decided once and kept in a file.

As with the routers, the demo company is made before the gateways run: whoever comes first chooses
ports, passwords and keys, and both sides read them from `<directory>/gateways.json` (0600).
"""

import contextlib
import json
import secrets
from functools import lru_cache
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from ispbill.devtools.sandbox.config import create, free_port

FILE = "gateways.json"
HOST = "127.0.0.1"
NAMES = ("sslcommerz", "bkash", "nagad", "control")
_KEY_BITS = 2048


def gateways(directory: Path) -> dict[str, dict[str, Any]]:
    """Return host, port, base_url and credentials of each gateway and of the control desk.

    `sslcommerz`: store_id, store_passwd. `bkash`: username, password, app_key, app_secret.
    `nagad`: merchant_id, merchant_number, merchant_private_key, nagad_public_key (PEM), and
    nagad_private_key and merchant_public_key, which only the simulator needs. `control`: token.
    """
    path = directory / FILE
    if not path.exists():
        create(path, _fresh())
    entries: dict[str, dict[str, Any]] = json.loads(path.read_text("utf-8"))
    return entries


def _fresh() -> dict[str, dict[str, Any]]:
    with contextlib.ExitStack() as held:
        ports = dict(zip(NAMES, [free_port(held) for _name in NAMES], strict=True))
    merchant_private, merchant_public = _key_pair("merchant")
    nagad_private, nagad_public = _key_pair("nagad")
    bkash, nagad = "/v1.2.0-beta", "/remote-payment-gateway-1.0"
    return {
        "sslcommerz": {
            **_place(ports["sslcommerz"]),
            "store_id": f"demo{secrets.token_hex(4)}live",
            "store_passwd": secrets.token_urlsafe(12),
        },
        "bkash": {
            **_place(ports["bkash"], bkash),
            "username": f"demo{secrets.token_hex(3)}",
            "password": secrets.token_urlsafe(12),
            "app_key": secrets.token_urlsafe(18),
            "app_secret": secrets.token_urlsafe(36),
        },
        "nagad": {
            **_place(ports["nagad"], nagad),
            "merchant_id": str(683_002_007_104_225 + secrets.randbelow(10**6)),
            "merchant_number": "01700000000",
            "merchant_private_key": merchant_private,
            "merchant_public_key": merchant_public,
            "nagad_private_key": nagad_private,
            "nagad_public_key": nagad_public,
        },
        "control": {**_place(ports["control"]), "token": secrets.token_urlsafe(24)},
    }


def _place(port: int, path: str = "") -> dict[str, Any]:
    return {"host": HOST, "port": port, "base_url": f"http://{HOST}:{port}{path}"}


@lru_cache
def _key_pair(_owner: str) -> tuple[str, str]:
    """A private and a public key (PEM); made once a process, since making them takes a while."""
    private = rsa.generate_private_key(public_exponent=65537, key_size=_KEY_BITS)
    return (
        private.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ).decode(),
        private.public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        .decode(),
    )
