"""Reading PPP: users, sessions, profiles, and what a session carries.

Byte counters of a customer are those of the dynamic interface `<pppoe-USER>`, where the router's
*rx* is the customer's upload.
"""

from network.gateways.base import (
    ActiveRow,
    InterfaceRow,
    LiveRate,
    ProfileRow,
    RouterRejected,
    SecretRow,
)
from network.gateways.routeros_link import Link
from network.gateways.routeros_reading import moment_of, seconds_of, tunnel_user
from network.gateways.routeros_secrets import switch

_SECRET_COLUMNS = (
    "name", "profile", "service", "disabled", "comment", "remote-address", "caller-id",
    "last-logged-out", "last-disconnect-reason",
)  # fmt: skip
_ACTIVE_COLUMNS = ("name", "service", "caller-id", "address", "uptime", "session-id")
_INTERFACE_COLUMNS = ("name", "rx-byte", "tx-byte")
_PROFILE_COLUMNS = (
    "name", "rate-limit", "local-address", "remote-address", "address-list", "comment",
)  # fmt: skip


def secrets(link: Link) -> list[SecretRow]:
    """Return all PPPoE users, without their passwords."""
    return [
        SecretRow(
            row[0],
            row[1],
            row[2],
            switch(row[3]),
            row[4],
            row[5],
            row[6],
            moment_of(row[7]),
            row[8],
        )
        for row in link.rows("/ppp/secret", _SECRET_COLUMNS)
        if row[0]
    ]


def actives(link: Link) -> list[ActiveRow]:
    """Return all sessions on line."""
    return [
        ActiveRow(row[0], row[1], row[2], row[3], seconds_of(row[4]), row[5])
        for row in link.rows("/ppp/active", _ACTIVE_COLUMNS)
        if row[0]
    ]


def interfaces(link: Link) -> list[InterfaceRow]:
    """Return byte counters of all interfaces: customers' sessions and the router's ports.

    A row without readable counters is left out: zeros would look as if they had begun anew.
    """
    return [
        InterfaceRow(name, tunnel_user(name), int(received), int(sent))
        for name, received, sent in link.rows("/interface", _INTERFACE_COLUMNS)
        if name and received.isdecimal() and sent.isdecimal()
    ]


def profiles(link: Link) -> list[ProfileRow]:
    """Return all PPP profiles."""
    return [ProfileRow(*row) for row in link.rows("/ppp/profile", _PROFILE_COLUMNS) if row[0]]


def live_rate(link: Link, username: str) -> LiveRate | None:
    """Return a customer's throughput at this moment; None when not on line or not told."""
    interface = f"<pppoe-{username}>"
    try:
        rows = link.ask("/interface/monitor-traffic", f"=interface={interface}", "=once=")
    except RouterRejected:
        return None
    if not rows:
        return None
    upload = rows[0].get("rx-bits-per-second", "")
    download = rows[0].get("tx-bits-per-second", "")
    if not (upload.isdecimal() and download.isdecimal()):
        return None
    return LiveRate(upload=int(upload), download=int(download))


def last_disconnect(link: Link, username: str) -> tuple[str, str]:
    """Return when a user last went off line and why; empty where the router tells neither."""
    rows = link.rows(
        "/ppp/secret", ("name", "last-logged-out", "last-disconnect-reason"), [f"?name={username}"]
    )
    found = next((row for row in rows if row[0] == username), ("", "", ""))
    return moment_of(found[1]), found[2]
