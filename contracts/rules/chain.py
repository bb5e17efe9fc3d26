"""Events of a contract chained by hash: a step that was changed or left out shows."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any


def link(previous: str, *, at: str, kind: str, facts: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a step and of all before it."""
    told = json.dumps([previous, at, kind, facts], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(told.encode()).hexdigest()


def is_whole(steps: Iterable[tuple[str, str, Mapping[str, Any], str, str]]) -> bool:
    """Tell whether steps of (at, kind, facts, previous, hash) follow from each other."""
    before = ""
    for at, kind, facts, previous, found in steps:
        if previous != before or link(before, at=at, kind=kind, facts=facts) != found:
            return False
        before = found
    return True
