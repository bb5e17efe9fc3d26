"""Where the simulated providers listen and what opens them, decided once and kept in a file.

Whoever comes first, the demo company or the simulator, chooses; both read
`<directory>/message_providers.json` (0600).
"""

import contextlib
import json
import secrets
from pathlib import Path
from typing import Any

from ispbill.devtools.sandbox.config import create, free_port

FILE = "message_providers.json"
HOST = "127.0.0.1"


def accounts(directory: Path) -> dict[str, Any]:
    """Return the port, and for each provider its base_url and credentials by their own names."""
    path = directory / FILE
    if not path.exists():
        create(path, _fresh())
    found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return found


def _fresh() -> dict[str, Any]:
    with contextlib.ExitStack() as held:
        port = free_port(held)
    root = f"http://{HOST}:{port}"
    return {
        "port": port,
        "SSLWIRELESS": {
            "base_url": f"{root}/sslwireless/api/v3",
            "api_token": secrets.token_hex(16),
            "sid": "DEMONET",
        },
        "BULKSMSBD": {
            "base_url": f"{root}/bulksmsbd/api",
            "api_key": secrets.token_urlsafe(15),
            "sender_id": "8809612000000",
        },
        "TWILIO": {
            "base_url": f"{root}/twilio",
            "account_sid": f"AC{secrets.token_hex(16)}",
            "auth_token": secrets.token_hex(16),
            "sender": "+15005550006",
        },
        "WHATSAPP": {
            "base_url": f"{root}/graph/v21.0",
            "phone_number_id": "106540352242922",
            "access_token": f"EAA{secrets.token_urlsafe(40)}",
            "app_secret": secrets.token_hex(16),
            "verify_token": secrets.token_urlsafe(12),
            "template": "isp_message",
        },
    }
