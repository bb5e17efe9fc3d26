"""What a line is answered when it signs on, and what its session is told when that changes.

This is the law; the views FreeRADIUS reads are its translation (`guards/radius_views.sql`), and a
test compares the two.
"""

from dataclasses import dataclass

from network.rules import profiles
from network.rules.profiles import NO_BURST, Burst

INTERIM_SECONDS = 300
WALLED_LIST = "ispbill-suspended"
WALLED_RATE = "1M/1M"
# What a session has from its sign-on to its end; a change of a running one leaves it out.
FOR_LIFE = frozenset({"Framed-IP-Address", "Delegated-IPv6-Prefix"})


@dataclass(frozen=True, kw_only=True)
class Wish:
    """A line's wish. `state`: OPEN, WALLED or REMOVED; `disables`: suspended ones are refused."""

    state: str
    disables: bool
    download_mbps: int
    upload_mbps: int
    burst: Burst = NO_BURST
    address: str = ""
    pool: str = ""
    walled_pool: str = ""
    prefix: str = ""
    ipv6_pool: str = ""


def may_sign_on(wish: Wish) -> bool:
    """Tell whether the line is let in at all."""
    return wish.state == "OPEN" or (wish.state == "WALLED" and not wish.disables)


def reply(wish: Wish) -> list[tuple[str, str]]:
    """Return the attributes of a line that is let in, in order; upload stands first in a rate."""
    if not may_sign_on(wish):
        return []
    interim = ("Acct-Interim-Interval", str(INTERIM_SECONDS))
    if wish.state == "WALLED":
        found = [("Mikrotik-Rate-Limit", WALLED_RATE), ("Mikrotik-Address-List", WALLED_LIST)]
        return found + _given("Framed-Pool", wish.walled_pool) + [interim]
    found = [("Mikrotik-Rate-Limit", _rate(wish))]
    if wish.address:
        found.append(("Framed-IP-Address", wish.address))
    else:
        found += _given("Framed-Pool", wish.pool)
    if wish.prefix:
        found.append(("Delegated-IPv6-Prefix", wish.prefix))
    else:
        found += _given("Mikrotik-Delegated-IPv6-Pool", wish.ipv6_pool)
    return [*found, interim]


def _rate(wish: Wish) -> str:
    limit = profiles.limit_of(
        download_mbps=wish.download_mbps,
        upload_mbps=wish.upload_mbps,
        burst_percent=wish.burst.percent,
        burst_seconds=wish.burst.seconds,
    )
    return str(limit)


def _given(name: str, value: str) -> list[tuple[str, str]]:
    return [(name, value)] if value else []
