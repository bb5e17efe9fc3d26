"""The simulated Netcash: its address and keys lie in a file that its server writes."""

import json
from pathlib import Path
from typing import Any

from payments.online.gateways.netcash.contract import Keys, NetcashDown, Service

ADDRESS_FILE = "netcash.json"


def address(directory: Path) -> tuple[str, Keys]:
    """Return the simulator's base address and keys. Raises NetcashDown when it is not running."""
    try:
        told: dict[str, Any] = json.loads((directory / ADDRESS_FILE).read_text("utf-8"))
        keys = {service.value: str(told["keys"][service.value]) for service in Service}
        return f"http://{told['host']}:{told['port']}", Keys(**keys)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise NetcashDown("the simulator is not running", was_sent=False) from error
