"""What RouterOS answers, read into our words."""

import re
from collections.abc import Sequence

from network.gateways.base import (
    Ping,
    Resource,
    RouterError,
    RouterNoPermission,
    RouterRejected,
    RouterUnreachable,
    Step,
)
from network.gateways.routeros_link import Link
from network.gateways.routeros_wire import Words, plain
from network.rules.router_time import parse_uptime

NEEDED_POLICIES = ("api", "read", "write", "test")
_STEPS = ("resolve", "connect", "tls", "login", "permission", "identity", "version")
_TUNNELS = ("<pppoe-", "<pptp-", "<l2tp-", "<sstp-", "<ovpn-")
_CENTURY = 3_155_760_000  # seconds: longer than that nothing has been on
_ECHO = re.compile(r"(?:(\d+)s)?(?:(\d+)ms)?(?:(\d+)us)?")
_NEVER = ("jan/01/1970", "1970-01-01")


def tunnel_user(interface: str) -> str:
    """Return the user of a dynamic interface `<pppoe-USER>`; empty for any other interface.

    The name may itself contain `>` or spaces, so exactly the ends are cut.
    """
    if not interface.endswith(">"):
        return ""
    for prefix in _TUNNELS:
        if interface.startswith(prefix):
            return interface[len(prefix) : -1]
    return ""


def resource_of(link: Link) -> Resource:
    """Ask a router what it is and how busy. Raises RouterUnreachable."""
    row = _only_row(link, "/system/resource/print")
    identity = _only_row(link, "/system/identity/print")
    return Resource(
        identity=plain(identity.get("name", "")),
        version=plain(row.get("version", "")),
        board=plain(row.get("board-name", "")),
        uptime_seconds=seconds_of(row.get("uptime", "0s")),
        cpu_load=_whole(row.get("cpu-load", "")),
        cpu_count=_whole(row.get("cpu-count", "")),
        free_memory=_whole(row.get("free-memory", "")),
        total_memory=_whole(row.get("total-memory", "")),
    )


def _only_row(link: Link, command: str) -> Words:
    """Return the row every router has of itself; raises RouterUnreachable without one."""
    rows = link.ask(command)
    if not rows:
        raise RouterUnreachable("what answers there is not a RouterOS API")
    return rows[0]


def permission_of(link: Link, username: str) -> Step:
    """Check that secrets may be read, and the group's policies where the router shows them."""
    link.ask("/ppp/secret/print", "=.proplist=name", "=count-only=")
    try:
        users = link.ask("/user/print", "=.proplist=group", f"?name={username}")
        group = users[0]["group"]
        groups = link.ask("/user/group/print", "=.proplist=policy", f"?name={group}")
        policies = set(groups[0]["policy"].split(","))
    except (RouterRejected, RouterNoPermission, IndexError, KeyError):
        return Step(name="permission", is_ok=None, detail="")
    missing = [policy for policy in NEEDED_POLICIES if policy not in policies]
    if missing:
        raise RouterNoPermission(", ".join(missing))
    return Step(name="permission", is_ok=True, detail=group)


def untried(steps: Sequence[Step], error: RouterError, tls: bool) -> list[Step]:
    """Return the step that failed, and those that could not be tried any more."""
    expected = [name for name in _STEPS if tls or name != "tls"]
    left = expected[len(steps) :]
    return [
        Step(name=name, is_ok=False if place == 0 else None, detail=str(error) if not place else "")
        for place, name in enumerate(left)
    ]


def moment_of(text: str) -> str:
    """Return a date and time as the router has it; empty for its “never”, the first of 1970."""
    return "" if text.startswith(_NEVER) else text


def seconds_of(text: str) -> int:
    """Return a duration in seconds; 0 for one nobody can read or believe."""
    try:
        seconds = parse_uptime(text)
    except ValueError:
        return 0
    return seconds if seconds < _CENTURY else 0


def echoes_of(rows: Sequence[Words]) -> Ping:
    """Read what `/ping` answered: a row an echo, with its time or none."""
    times = [_milliseconds(row.get("time", "")) for row in rows]
    known = [time for time in times if time is not None]
    return Ping(
        sent=len(rows), received=len(known), milliseconds=sum(known) / len(known) if known else None
    )


def _milliseconds(text: str) -> float | None:
    """Return `4ms`, `1s20ms` or `4ms321us` in milliseconds; None for anything else."""
    found = _ECHO.fullmatch(text) if text else None
    if found is None:
        return None
    seconds, milliseconds, microseconds = (int(part or 0) for part in found.groups())
    return seconds * 1000 + milliseconds + microseconds / 1000


def _whole(text: str) -> int:
    return int(text) if text.isdecimal() else 0
