"""Subscribers at fixed addresses: leases that bind, and queues that count what their target makes.

A queue counts as long as it is on and its target is a single address whose equipment is there; its
counters stay over everything but a reboot and a reset. A lease is `bound` while its equipment may
have it, else `waiting`. Menus: RouterOS command tree (`/ip/dhcp-server/lease`, `/queue/simple`).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ispbill.devtools.sandbox.routeros import fittings, traffic
from ispbill.devtools.sandbox.routeros.tables import Row

if TYPE_CHECKING:
    from ispbill.devtools.sandbox.routeros.router import VirtualRouter

LEASE, QUEUE = "/ip/dhcp-server/lease", "/queue/simple"
_BOUND = ("active-address", "active-mac-address", "active-server", "expires-after")


@dataclass
class Meter:
    """Where a queue's counters stand: since when they count on, and what was read of them."""

    counted_at: float
    bytes: tuple[int, int] = (0, 0)
    read: tuple[int, int] = (0, 0)

    @property
    def unread(self) -> tuple[int, int]:
        return self.bytes[0] - self.read[0], self.bytes[1] - self.read[1]


class Fixed:
    """Queues and leases of one router. Meters are kept by the queue's name."""

    def __init__(self, router: "VirtualRouter") -> None:
        self._router = router
        self.meters: dict[str, Meter] = {}

    def count(self, now: float) -> tuple[int, int]:
        """Bind leases and let the queues carry what flows until now; return it."""
        self._bind()
        flowed = [self._carried(queue, now) for queue in self._queues()]
        return sum(up for up, _down in flowed), sum(down for _up, down in flowed)

    def forget(self, name: str) -> None:
        """The queue is gone, and with it what nobody has read."""
        meter = self.meters.pop(name, None)
        if meter is not None:
            self._router.truth.lose(name, meter.unread)

    def zero(self) -> None:
        """Begin all counters anew."""
        for name, meter in self.meters.items():
            self._router.truth.lose(name, meter.unread)
            meter.bytes = meter.read = (0, 0)

    def note_read(self) -> None:
        for meter in self.meters.values():
            meter.read = meter.bytes

    def rate_of(self, queue: Row) -> tuple[int, int]:
        """Return what flows through a queue at this moment, in bit/s (upload, download)."""
        if not self._flows(queue):
            return 0, 0
        return traffic.rate_now(
            name=queue["name"],
            at=self._router.clock.now(),
            rate_limit=_limit(queue),
            utc_offset_minutes=self._router.spec.utc_offset_minutes,
        )

    def _queues(self) -> Iterator[Row]:
        return (row for row in self._router.tables[QUEUE] if row.get("dynamic") != "true")

    def _carried(self, queue: Row, now: float) -> tuple[int, int]:
        name = queue["name"]
        meter = self.meters.setdefault(name, Meter(counted_at=now))
        since, meter.counted_at = meter.counted_at, now
        up = down = 0
        if self._flows(queue):
            up, down = traffic.transferred(
                name=name,
                start=since,
                end=now,
                rate_limit=_limit(queue),
                utc_offset_minutes=self._router.spec.utc_offset_minutes,
            )
        self._router.truth.carry(name, (up, down))
        meter.bytes = meter.bytes[0] + up, meter.bytes[1] + down
        rate_up, rate_down = self.rate_of(queue)
        queue["bytes"] = f"{meter.bytes[0]}/{meter.bytes[1]}"
        queue["rate"] = f"{rate_up}/{rate_down}"
        return up, down

    def _flows(self, queue: Row) -> bool:
        address = queue.get("target", "").removesuffix("/32")
        if queue["disabled"] == "true" or "," in address or "/" in address:
            return False
        if queue["name"] in self._router.switched_off_cpes:
            return False
        leases = [row for row in self._router.tables[LEASE] if row["address"] == address]
        return all(row.get("status") == "bound" for row in leases)

    def _bind(self) -> None:
        for lease in self._router.tables[LEASE]:
            mac = lease.get("mac-address", "")
            may_have = "true" not in (lease["disabled"], lease.get("block-access", "false"))
            is_there = mac and mac not in self._router.switched_off_cpes
            if may_have and is_there:
                lease |= {
                    "status": "bound",
                    "active-address": lease["address"],
                    "active-mac-address": mac,
                    "active-server": "dhcp1",
                    "expires-after": "9m30s",
                    "last-seen": "30s",
                    "host-name": f"cpe-{fittings.mac_of(mac)[-5:].replace(':', '')}",
                }
                continue
            lease["status"] = "waiting"
            lease["last-seen"] = "never"
            for column in _BOUND:
                lease.pop(column, None)


def _limit(queue: Row) -> str:
    """Return a queue's limit as a rate; nothing for none, which lets everything through."""
    limit = queue.get("max-limit", "0/0")
    return "" if limit == "0/0" else limit
