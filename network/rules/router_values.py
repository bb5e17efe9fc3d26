"""Whether two values of a router's column mean the same: a router writes them its own way.

`5M/20M` comes back as `5000000/20000000`, `10.0.0.5` as `10.0.0.5/32`, `yes` as `true`, and what
was never given is not there at all. Columns: RouterOS command tree.
"""

from collections.abc import Callable

from network.rules import rate_limit, router_time

_SWITCHES = {"": False, "false": False, "no": False, "true": True, "yes": True}


def is_same(column: str, left: str, right: str) -> bool:
    """Tell whether a column so written is as wanted; what nobody can read is only itself."""
    if left == right:
        return True
    reading = _READINGS.get(column)
    if reading is None:
        return False
    try:
        return reading(left) == reading(right)
    except (KeyError, ValueError):
        return False


def _switch(text: str) -> object:
    return _SWITCHES[text]


def _rates(text: str) -> object:
    return rate_limit.both(text or "0/0")


def _seconds(text: str) -> object:
    return [
        int(part) if part.isdecimal() else router_time.parse_uptime(part)
        for part in (text or "0s/0s").split("/")
    ]


def _target(text: str) -> object:
    return text.removesuffix("/32")


def _server(text: str) -> object:
    return text or "all"


_READINGS: dict[str, Callable[[str], object]] = {
    "disabled": _switch,
    "block-access": _switch,
    "max-limit": _rates,
    "burst-limit": _rates,
    "burst-threshold": _rates,
    "burst-time": _seconds,
    "target": _target,
    "address": _target,
    "mac-address": str.upper,
    "server": _server,
}
