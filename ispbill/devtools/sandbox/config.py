"""Which simulators there are and where they listen, decided once and remembered in a file.

The demo company is made before the simulators run, so it has to know their ports and passwords
beforehand: both read this file, and whoever comes first writes it. Standard library only.
"""

import contextlib
import json
import os
import secrets
import socket
from collections.abc import Sequence
from pathlib import Path
from typing import Any

# The first two have PPPoE users; then queues, leases, hotspot users, and PPPoE users of RADIUS.
ROUTERS = ("sim-1", "sim-2", "sim-3", "sim-4", "sim-5", "sim-6")
_FILE = "routers.json"


def routers(directory: Path) -> list[dict[str, Any]]:
    """Return name, host, port, username and password of each virtual router.

    Made on the first call with free loopback ports and fresh passwords, and kept from then on. The
    keys are those of `ispbill.devtools.sandbox.routeros.RouterSpec`.
    """
    path = routers_file(directory)
    if not path.exists():
        create(path, {"routers": _fresh_routers(ROUTERS)})
    entries: list[dict[str, Any]] = json.loads(path.read_text("utf-8"))["routers"]
    known = {entry["name"] for entry in entries}
    missing = [name for name in ROUTERS if name not in known]
    if missing:  # the file is of a time with fewer routers
        entries += _fresh_routers(missing)
        path.unlink()
        create(path, {"routers": entries})
    return entries


def router(directory: Path, name: str) -> dict[str, Any]:
    """Return one virtual router's entry; raises KeyError for an unknown name."""
    return {entry["name"]: entry for entry in routers(directory)}[name]


def routers_file(directory: Path) -> Path:
    """Return the file that configures the router simulator."""
    return directory / _FILE


def routers_control(directory: Path) -> Path:
    """Return the unix socket on which the router simulator takes orders."""
    return directory / "routeros.sock"


def routers_state(directory: Path) -> Path:
    """Return the directory in which the virtual routers keep their set-up."""
    return directory / "routeros"


def _fresh_routers(names: Sequence[str]) -> list[dict[str, Any]]:
    with contextlib.ExitStack() as held:  # all at once, or the same port might come twice
        ports = [free_port(held) for _name in names]
    return [
        {
            "name": name,
            "host": "127.0.0.1",
            "port": port,
            "username": "ispbill",
            "password": secrets.token_urlsafe(12),
        }
        for name, port in zip(names, ports, strict=True)
    ]


def free_port(held: contextlib.ExitStack) -> int:
    """Return a loopback port nobody uses; it stays taken until `held` is closed."""
    listener = held.enter_context(socket.socket(socket.AF_INET, socket.SOCK_STREAM))
    listener.bind(("127.0.0.1", 0))
    port: int = listener.getsockname()[1]
    return port


def create(path: Path, content: dict[str, Any]) -> None:
    """Write the file whole, for its owner only, unless another process was quicker."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    draft.touch(mode=0o600)
    try:
        draft.write_text(json.dumps(content, indent=2) + "\n", "utf-8")
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink()
