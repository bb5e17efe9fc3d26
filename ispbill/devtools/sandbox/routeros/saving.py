"""A router's set-up on disk, so that a restarted sandbox keeps its secrets.

Only what a real router keeps over a power cut is saved: rows made by people, the name and the port.
"""

import json
from pathlib import Path
from typing import Any

from ispbill.devtools.sandbox.routeros.menus import SAVED_MENUS
from ispbill.devtools.sandbox.routeros.router import VirtualRouter
from ispbill.devtools.sandbox.routeros.tables import static_rows


def state_of(router: VirtualRouter) -> dict[str, Any]:
    """Return what is to be kept, fit for JSON."""
    return {
        "identity": router.identity,
        "switched_off_cpes": sorted(router.switched_off_cpes),
        "tables": {path: static_rows(router.tables[path]) for path in SAVED_MENUS},
    }


def restore(router: VirtualRouter, state: dict[str, Any]) -> None:
    """Fill a fresh router from a saved state; subscribers dial in anew."""
    router.identity = state["identity"]
    router.switched_off_cpes = set(state["switched_off_cpes"])
    for path in SAVED_MENUS:
        for row in state["tables"].get(path, []):
            router.tables[path].insert(row)
    for secret in router.tables["/ppp/secret"]:
        router.expect_dial(secret["name"])
    router.hotspot.expect_all()


def load(directory: Path, name: str) -> dict[str, Any] | None:
    """Return the saved state of the router of that name, or None."""
    path = directory / f"{name}.json"
    if not path.exists():
        return None
    state: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return state


def save(directory: Path, router: VirtualRouter) -> None:
    """Write the state in one step; readable by its owner only (it holds PPPoE passwords)."""
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / f"{router.spec.name}.json"
    draft = path.with_suffix(".new")
    draft.touch(mode=0o600)
    # Escaped, because a name may hold bytes that are no UTF-8 and must come back as they were.
    draft.write_text(json.dumps(state_of(router)), "ascii")
    draft.replace(path)
