"""The recorded answers of `tests/network/recorded`."""

import json
from pathlib import Path

_DIRECTORY = Path(__file__).parent / "recorded"
TABLES = (
    "ppp_secret", "ppp_active", "ppp_profile", "queue_simple", "address_list", "ip_address",
    "ip_service", "interface", "system_resource", "log",
)  # fmt: skip


def recorded(name):
    return json.loads((_DIRECTORY / f"{name}.json").read_text("utf-8"))


def rows_of(name):
    """Return all recorded rows of a menu."""
    return [row for answer in recorded(name)["answers"] for row in answer["rows"]]
