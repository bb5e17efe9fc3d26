"""Reading what queues and hotspot sessions have counted, and what a DHCP server knows.

`bytes` and `rate` of a queue are `upload/download` of its target; `bytes-in` of a hotspot session
is what the router received: the customer's upload. Source: RouterOS command tree.
"""

from collections.abc import Iterator, Sequence

from network.gateways.base import ProfileRow
from network.gateways.line_rows import Lease, Menu, Metered
from network.gateways.routeros_link import Link
from network.gateways.routeros_reading import seconds_of
from network.gateways.routeros_rows import HOTSPOT_ACTIVE
from network.rules import rate_limit

_QUEUE = ("name", "target", "bytes", "rate", "dynamic")
_ACTIVE = (".id", "user", "address", "mac-address", "uptime", "bytes-in", "bytes-out")
_LEASE = ("address", "mac-address", "active-mac-address", "status", "host-name", "last-seen",
          "dynamic")  # fmt: skip


def queues(link: Link, *, name: str = "") -> Iterator[Metered]:
    """Return what the queues that people or we have made counted; of one name where it is given,
    be it one the router made for a session.

    A queue without readable counters is left out: zeros would look as if it had begun anew.
    """
    for row in link.rows(Menu.QUEUE.value, _QUEUE, _named("name", name)):
        queue = dict(zip(_QUEUE, row, strict=True))
        size, rate = _pair(queue["bytes"]), _pair(queue["rate"]) or (0, 0)
        is_asked_for = queue["dynamic"] != "true" or bool(name)
        if is_asked_for and size is not None:
            address = queue["target"].removesuffix("/32")
            yield Metered(queue["name"], *size, *rate, address=address)


def hotspot(link: Link, *, name: str = "") -> Iterator[Metered]:
    """Return the hotspot sessions on line with their counters; of one user where it is given."""
    for row in link.rows(HOTSPOT_ACTIVE, _ACTIVE, _named("user", name)):
        row_id, user, address, mac, uptime, received, sent = row
        if user and received.isdecimal() and sent.isdecimal():
            yield Metered(
                user,
                int(received),
                int(sent),
                session_id=row_id,
                address=address,
                caller_id=mac,
                uptime_seconds=seconds_of(uptime),
            )


def hotspot_profiles(link: Link) -> list[ProfileRow]:
    """Return all profiles of hotspot users; they have no comment, so the name tells whose."""
    rows = link.rows("/ip/hotspot/user/profile", ("name", "rate-limit", "address-list"))
    return [ProfileRow(name, limit, "", "", listed, name) for name, limit, listed in rows if name]


def leases(link: Link, *, mac: str = "") -> Iterator[Lease]:
    """Return the devices a DHCP server keeps an address for; one where its MAC is given."""
    for row in link.rows(Menu.LEASE.value, _LEASE, _named("mac-address", mac)):
        lease = dict(zip(_LEASE, row, strict=True))
        if lease["dynamic"] != "true":
            yield Lease(
                lease["address"],
                lease["mac-address"] or lease["active-mac-address"],
                lease["status"] == "bound",
                lease["host-name"],
                lease["last-seen"],
            )


def _named(column: str, value: str) -> Sequence[str]:
    return [f"?{column}={value}"] if value else []


def _pair(text: str) -> tuple[int, int] | None:
    """Read `1000/2000`, or `0bps/12.3kbps` where a version writes it for people: then nothing."""
    try:
        return rate_limit.both(text)
    except ValueError:
        return None
