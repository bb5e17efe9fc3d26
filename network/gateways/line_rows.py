"""Rows of ours in a router's menus beside PPP: queues, leases, hotspot users, listed addresses.

A row is ours by its comment (`ispbill:<service>`) and a service has at most one in each menu, so a
row whose name or address has changed is still found, changed or taken away.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple

from network.gateways.base import OWNER_PREFIX, owner_of


class Menu(Enum):
    """The menus, in the order in which they are seen to: who is listed first."""

    LISTED = "/ip/firewall/address-list"
    LEASE = "/ip/dhcp-server/lease"
    HOTSPOT = "/ip/hotspot/user"
    QUEUE = "/queue/simple"

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that are read, and compared where they are wanted."""
        return _COLUMNS[self]

    @property
    def key(self) -> tuple[str, ...]:
        """The columns that may occur once: by them a row of somebody else is in the way."""
        return _KEYS[self]


_COLUMNS = {
    Menu.LISTED: ("list", "address", "disabled"),
    Menu.LEASE: ("address", "mac-address", "server", "block-access", "disabled"),
    Menu.HOTSPOT: ("name", "profile", "address", "disabled"),
    Menu.QUEUE: ("name", "target", "max-limit", "burst-limit", "burst-threshold", "burst-time",
                 "disabled"),
}  # fmt: skip
_KEYS = {
    Menu.LISTED: ("list", "address"),
    Menu.LEASE: ("mac-address",),
    Menu.HOTSPOT: ("name",),
    Menu.QUEUE: ("name",),
}


class FoundRow(NamedTuple):
    """A row that people or we have made, with the id it has at this moment."""

    id: str
    comment: str
    values: Mapping[str, str]

    @property
    def owner(self) -> str:
        """The subscription the row belongs to, or an empty text when it is not ours."""
        return owner_of(self.comment)


@dataclass(frozen=True, kw_only=True)
class DesiredRow:
    """A service's row in a menu as we want it.

    `name` is the line's, for the words of an outcome. `password` is written when the row is made,
    and later only with `is_password_new`. An empty value takes the column away. `may_adopt`: also
    take a row with the same key that nobody marked. `is_absent`: there shall be no such row.
    `drop_session`: end a hotspot user's session even when the row needs no change.
    """

    menu: Menu
    owner: str
    name: str
    values: Mapping[str, str]
    password: str = field(default="", repr=False)
    is_password_new: bool = False
    may_adopt: bool = False
    is_absent: bool = False
    drop_session: bool = False

    @property
    def mark(self) -> str:
        return f"{OWNER_PREFIX}{self.owner}"

    @property
    def shuts_out(self) -> bool:
        """Whether nobody may be on line with it."""
        return self.is_absent or self.values.get("disabled") == "yes"


class Metered(NamedTuple):
    """Bytes of one customer (`upload` is what they sent) and what is known of the session.

    A queue has no session: `session_id` is empty and `uptime_seconds` None.
    """

    name: str
    upload_bytes: int
    download_bytes: int
    upload_rate: int = 0
    download_rate: int = 0
    session_id: str = ""
    address: str = ""
    caller_id: str = ""
    uptime_seconds: int | None = None


class Lease(NamedTuple):
    """What a DHCP server tells of a device it knows. `is_bound`: it has its address now."""

    address: str
    caller_id: str
    is_bound: bool
    host_name: str
    last_seen: str
