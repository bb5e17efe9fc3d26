"""The simulated Netcash: its address and keys lie in a file that its server writes."""

import json
from pathlib import Path
from typing import Any

from payments.gateways.netcash.client import Netcash
from payments.gateways.netcash.contract import Keys, NetcashDown, Service

ADDRESS_FILE = "netcash.json"


def client(directory: Path, *, timeout: tuple[float, float] = (2, 10)) -> Netcash:
    """Return a client of the simulator. Raises NetcashDown when it is not running."""
    told = _told(directory)
    return Netcash(
        keys=_keys(told), base_url=f"http://{told['host']}:{told['port']}", timeout=timeout
    )


def address(directory: Path) -> tuple[str, Keys]:
    """Return the simulator's base address and keys. Raises NetcashDown when it is not running."""
    told = _told(directory)
    return f"http://{told['host']}:{told['port']}", _keys(told)


def _told(directory: Path) -> dict[str, Any]:
    try:
        told: dict[str, Any] = json.loads((directory / ADDRESS_FILE).read_text("utf-8"))
        _keys(told)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise NetcashDown("the simulator is not running", was_sent=False) from error
    return told


def _keys(told: dict[str, Any]) -> Keys:
    return Keys(**{service.value: str(told["keys"][service.value]) for service in Service})
