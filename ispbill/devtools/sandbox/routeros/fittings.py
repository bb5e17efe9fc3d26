"""The rows a router makes by itself: users, ports, services, and those of a session.

Columns and their order: recorded answers (tests/network/recorded).
"""

from collections.abc import Iterable, Iterator

from ispbill.devtools.sandbox.routeros import traffic
from ispbill.devtools.sandbox.routeros.spec import ALL_POLICIES, UserSpec
from ispbill.devtools.sandbox.routeros.tables import Row

PAIR_COUNTERS = ("bytes", "packets", "dropped", "rate", "packet-rate", "queued-packets",
                 "queued-bytes")  # fmt: skip
QUEUE_COUNTERS = {
    name: value
    for counter in PAIR_COUNTERS
    for name, value in ((counter, "0/0"), (f"total-{counter}", "0"))
}

_COUNTERS = {
    f"{direction}-{counter}": "0"
    for counter in ("byte", "packet", "drop", "error")
    for direction in ("rx", "tx")
} | {
    "tx-queue-drop": "0",
    "fp-rx-byte": "0",
    "fp-tx-byte": "0",
    "fp-rx-packet": "0",
    "fp-tx-packet": "0",
}

# Name, port, and whether it is off as delivered. The port of `api` is the one we listen on.
_SERVICES = (
    ("telnet", 23, False), ("ftp", 21, False), ("www", 80, False), ("ssh", 22, False),
    ("www-ssl", 443, True), ("api", 8728, False), ("winbox", 8291, False), ("api-ssl", 8729, True),
)  # fmt: skip


def groups_and_users(users: Iterable[UserSpec]) -> Iterator[tuple[Row, Row]]:
    """Return for each user the row of its group and its own."""
    known = sorted({*ALL_POLICIES, "policy", "ftp", "ssh", "winbox"})
    for user in users:
        group = f"{user.name}-group"
        policy = ",".join(p if p in user.policies else f"!{p}" for p in known)
        yield (
            {"name": group, "policy": policy, "skin": "default"},
            {"name": user.name, "group": group, "address": "", "disabled": "false"},
        )


def port(number: int, *, moment: str) -> Row:
    """Return an Ethernet port; the first two are plugged in."""
    row = {
        "name": f"ether{number}",
        "default-name": f"ether{number}",
        "type": "ether",
        "mtu": "1500",
        "actual-mtu": "1500",
        "l2mtu": "1592",
        "max-l2mtu": "9578",
        "mac-address": f"48:A9:8A:00:00:{number:02X}",
    }
    if number < 3:
        row["last-link-up-time"] = moment
    row |= {"link-downs": "0", **_COUNTERS, "running": "true" if number < 3 else "false"}
    return {**row, "disabled": "false"}


def services(*, port: int, is_tls: bool, has_session_limits: bool) -> Iterator[Row]:
    """Return the services a router offers; ours listens on `port`."""
    ours = "api-ssl" if is_tls else "api"
    for name, usual_port, is_off in _SERVICES:
        row = {"name": name, "port": str(port if name == ours else usual_port), "address": ""}
        if name.endswith("-ssl"):
            row |= {"certificate": "none", "tls-version": "any"}
        row["vrf"] = "main"
        if has_session_limits:
            row["max-sessions"] = "20"
        yield {**row, "disabled": str(is_off and name != ours).lower(), "invalid": "false"}


def mac_of(name: str) -> str:
    """Return the address of a subscriber's equipment, always the same for the same name."""
    mac = f"{int(traffic.jitter('mac', name) * 2**24):06X}"
    return f"C0:25:E9:{mac[:2]}:{mac[2:4]}:{mac[4:]}"


def session(name: str, *, address: str, number: int) -> Row:
    """Return the row of `/ppp/active` for a subscriber on line."""
    return {
        "name": name,
        "service": "pppoe",
        "caller-id": mac_of(name),
        "address": address,
        "uptime": "0s",
        "encoding": "",
        "session-id": f"0x{0x81100000 + number:x}",
        "limit-bytes-in": "0",
        "limit-bytes-out": "0",
        "radius": "false",
    }


def session_interface(name: str, *, moment: str) -> Row:
    """Return the interface that lives as long as a session."""
    return {
        "name": f"<pppoe-{name}>",
        "type": "pppoe-in",
        "mtu": "1480",
        "actual-mtu": "1480",
        "last-link-up-time": moment,
        "link-downs": "0",
        **_COUNTERS,
        "running": "true",
        "disabled": "false",
        "dynamic": "true",
    }


def session_queue(
    name: str, *, rate_limit: str, defaults: Row, kind: str = "pppoe", target: str = ""
) -> Row:
    """Return the queue that a profile's rate limit makes, on the session's interface or address."""
    upload, download = traffic.rates(rate_limit)
    return {
        **defaults,
        "name": f"<{kind}-{name}>",
        "target": target or f"<{kind}-{name}>",
        "max-limit": f"{upload}/{download}",
        **QUEUE_COUNTERS,
        "invalid": "false",
        "dynamic": "true",
        "disabled": "false",
    }
