"""Hotspot users of a virtual router: they log in by themselves, are on line, and make traffic.

Menus: RouterOS command tree (`/ip/hotspot/user`, `/ip/hotspot/active`, `/ip/hotspot/user/profile`).
In the rows of users and sessions *in* is what the router received: the customer's upload.
"""

import heapq
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ispbill.devtools.sandbox.routeros import fittings, traffic
from ispbill.devtools.sandbox.routeros.clock import as_uptime
from ispbill.devtools.sandbox.routeros.tables import Row

if TYPE_CHECKING:
    from ispbill.devtools.sandbox.routeros.router import VirtualRouter

USER, ACTIVE, PROFILE = "/ip/hotspot/user", "/ip/hotspot/active", "/ip/hotspot/user/profile"
_FIRST_ADDRESS = (10, 5, 50, 0)


@dataclass(kw_only=True)
class HotspotSession:
    """A user on line; `read` is where its counters stood when somebody last read them."""

    name: str
    active: Row
    rate_limit: str
    started_at: float
    counted_at: float
    queue: Row | None = None
    listed: Row | None = None
    in_bytes: int = 0
    out_bytes: int = 0
    read: tuple[int, int] = (0, 0)

    @property
    def unread(self) -> tuple[int, int]:
        """What nobody has read yet of the counters (upload, download)."""
        return self.in_bytes - self.read[0], self.out_bytes - self.read[1]


class Hotspot:
    """The hotspot of one router. Users are logged in again some seconds after they were cut."""

    def __init__(self, router: "VirtualRouter") -> None:
        self._router = router
        self.sessions: dict[str, HotspotSession] = {}
        self._waiting: list[tuple[float, str]] = []
        self._number = 0

    def expect_login(self, name: str) -> None:
        """Let a user log in after the usual delay, unless on line or locked out."""
        user = self._router.tables[USER].named(name)
        if user is None or user["disabled"] == "true" or name in self.sessions:
            return
        shortest, longest = self._router.spec.dial_delay
        self._number += 1
        wait = shortest + (longest - shortest) * traffic.jitter("hotspot", name, self._number)
        heapq.heappush(self._waiting, (self._router.clock.now() + wait, name))

    def expect_all(self) -> None:
        """Let everybody log in, as after the power came back."""
        for user in self._router.tables[USER]:
            self.expect_login(user["name"])

    def forget_waiting(self) -> None:
        self._waiting.clear()

    def admit(self, now: float) -> None:
        """Log in those whose time has come."""
        while self._waiting and self._waiting[0][0] <= now:
            at, name = heapq.heappop(self._waiting)
            self._log_in(name, at)

    def log_out(self, name: str) -> None:
        """End a session: its queue and list entry vanish with it, the user's sums stay."""
        router, session = self._router, self.sessions.pop(name)
        router.truth.lose(name, session.unread)
        router.tables[ACTIVE].delete(session.active)
        if session.queue is not None:
            router.tables["/queue/simple"].delete(session.queue)
        if session.listed is not None:
            router.tables["/ip/firewall/address-list"].delete(session.listed)
        router.note("hotspot,account,info,debug", f"{name} logged out")
        self.expect_login(name)

    def count(self, now: float) -> tuple[int, int]:
        """Let the present sessions carry what flows until now; return it (upload, download)."""
        flowed = [self._carried(session, now) for session in self.sessions.values()]
        return sum(up for up, _down in flowed), sum(down for _up, down in flowed)

    def note_read(self) -> None:
        for session in self.sessions.values():
            session.read = (session.in_bytes, session.out_bytes)

    def _log_in(self, name: str, at: float) -> None:
        router = self._router
        user = router.tables[USER].named(name)
        is_welcome = user is not None and user["disabled"] != "true"
        if user is None or not is_welcome or name in self.sessions:
            return
        if name in router.switched_off_cpes:
            return
        self._number += 1
        address = user.get("address") or self._address()
        profile = router.tables[PROFILE].named(user["profile"]) or {}
        mac = user.get("mac-address") or fittings.mac_of(name)
        active = router.tables[ACTIVE].insert(
            {
                "server": "hotspot1",
                "user": name,
                "address": address,
                "mac-address": mac,
                "login-by": "http-chap",
                "uptime": "0s",
                "idle-time": "0s",
                "keepalive-timeout": "2m",
                "bytes-in": "0",
                "bytes-out": "0",
                "packets-in": "0",
                "packets-out": "0",
                "radius": "false",
            }
        )
        session = HotspotSession(
            name=name,
            active=active,
            rate_limit=profile.get("rate-limit", ""),
            started_at=at,
            counted_at=at,
        )
        if session.rate_limit:
            table = router.tables["/queue/simple"]
            session.queue = table.insert(
                fittings.session_queue(
                    name,
                    rate_limit=session.rate_limit,
                    defaults=dict(table.menu.defaults),
                    kind="hotspot",
                    target=f"{address}/32",
                )
            )
        if profile.get("address-list"):
            session.listed = router.listed_row(profile["address-list"], address)
        self.sessions[name] = session
        router.note("hotspot,account,info,debug", f"{name} logged in, {address}")

    def _address(self) -> str:
        first, second, third, _zero = _FIRST_ADDRESS
        return f"{first}.{second}.{third + self._number // 250}.{2 + self._number % 250}"

    def _carried(self, session: HotspotSession, now: float) -> tuple[int, int]:
        up, down = traffic.transferred(
            name=session.name,
            start=session.counted_at,
            end=now,
            rate_limit=session.rate_limit,
            utc_offset_minutes=self._router.spec.utc_offset_minutes,
        )
        session.counted_at = now
        self._router.truth.carry(session.name, (up, down))
        session.in_bytes += up
        session.out_bytes += down
        session.active |= {
            "uptime": as_uptime(now - session.started_at),
            "bytes-in": str(session.in_bytes),
            "bytes-out": str(session.out_bytes),
        }
        if session.queue is not None:
            rates = traffic.rate_now(
                name=session.name,
                at=now,
                rate_limit=session.rate_limit,
                utc_offset_minutes=self._router.spec.utc_offset_minutes,
            )
            session.queue["bytes"] = f"{session.in_bytes}/{session.out_bytes}"
            session.queue["rate"] = f"{rates[0]}/{rates[1]}"
        return up, down
