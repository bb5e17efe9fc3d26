"""A virtual router: its tables, the subscribers that dial in, and the traffic they make.

Nothing runs in the background: `settle` brings everything up to the present whenever somebody
looks, so that a thousand idle sessions cost nothing and time can be moved at will.
"""

import heapq
import ipaddress
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from ispbill.devtools.sandbox.routeros import fittings, traffic
from ispbill.devtools.sandbox.routeros.clock import Clock, as_router_date, as_uptime
from ispbill.devtools.sandbox.routeros.errors import BAD_VALUE, Trap
from ispbill.devtools.sandbox.routeros.faults import Faults
from ispbill.devtools.sandbox.routeros.fixed import Fixed
from ispbill.devtools.sandbox.routeros.hotspot import Hotspot
from ispbill.devtools.sandbox.routeros.menus import MENUS, SAVED_MENUS
from ispbill.devtools.sandbox.routeros.spec import ALL_POLICIES, RouterSpec, UserSpec
from ispbill.devtools.sandbox.routeros.tables import Row, Table
from ispbill.devtools.sandbox.routeros.truth import Truth
from ispbill.devtools.sandbox.routeros.values import check_limits

LOG_LENGTH = 1_000
NEVER = datetime(1970, 1, 1, tzinfo=UTC)
NO_ADDRESS_RETRY_SECONDS = 30.0


@dataclass(kw_only=True)
class Session:
    """One subscriber on line. Bytes are the router's view: rx is the subscriber's upload."""

    name: str
    active: Row
    interface: Row
    rate_limit: str
    started_at: float
    counted_at: float
    queue: Row | None = None
    listed: Row | None = None
    rx_bytes: int = 0
    tx_bytes: int = 0
    read: tuple[int, int] = (0, 0)  # where the counters stood when somebody last read them

    @property
    def unread(self) -> tuple[int, int]:
        """What nobody has read yet of the counters (upload, download)."""
        return self.rx_bytes - self.read[0], self.tx_bytes - self.read[1]


@dataclass(frozen=True, kw_only=True)
class LogEntry:
    """A command somebody gave: passwords are already taken out of `arguments`."""

    at: str
    user: str
    address: str
    command: str
    arguments: str
    result: str


@dataclass(kw_only=True)
class Uplink:
    """Totals of the uplink port since the last boot."""

    rx_bytes: int = 0
    tx_bytes: int = 0
    row: Row = field(default_factory=dict)


class VirtualRouter:
    """State and behaviour of one router, without sockets."""

    def __init__(self, spec: RouterSpec, clock: Clock) -> None:
        self.spec = spec
        self.clock = clock
        self.revision = 0
        self.identity = spec.name
        self.slow_seconds = spec.slow_seconds
        self.faults = Faults()
        self.log: deque[LogEntry] = deque(maxlen=LOG_LENGTH)
        self.booted_at = clock.now()
        self.tables = {path: Table(menu, self._changed) for path, menu in MENUS.items()}
        self.sessions: dict[str, Session] = {}
        self.switched_off_cpes: set[str] = set()
        self._waiting: list[tuple[float, str]] = []
        self._taken_addresses: set[str] = set()
        self._pool_cursor: dict[str, Iterator[str]] = {}
        self._dial_number = 0
        self._boots = 0
        self._settled_second = 0
        self._uplink = Uplink()
        self.truth = Truth()
        self.hotspot = Hotspot(self)
        self.fixed = Fixed(self)
        owner = UserSpec(name=spec.username, password=spec.password, policies=ALL_POLICIES)
        self.users = {user.name: user for user in (owner, *spec.users)}
        self._make_users()
        self._make_ports()

    # --- filling in -------------------------------------------------------------------------

    def fill_from_spec(self) -> None:
        """Make pools, profiles and secrets as the specification has them."""
        for name, ranges in self.spec.pools.items():
            self.add("/ip/pool", {"name": name, "ranges": ranges})
        for name in ("default", "default-encryption"):
            self.add("/ppp/profile", {"name": name, "remote-address": next(iter(self.spec.pools))})
        self.add("/ip/hotspot/user/profile", {"name": "default"})
        for profile in self.spec.profiles:
            self.add(
                "/ppp/profile",
                {
                    "name": profile.name,
                    "rate-limit": profile.rate_limit,
                    "remote-address": profile.pool,
                    "local-address": "10.64.0.1",
                    "address-list": profile.address_list,
                    "comment": profile.comment,
                },
            )
        for secret in self.spec.secrets:
            self.add(
                "/ppp/secret",
                {
                    "name": secret.name,
                    "password": secret.password,
                    "service": "pppoe",
                    "profile": secret.profile,
                    "disabled": "yes" if secret.is_disabled else "no",
                    "comment": secret.comment,
                    "remote-address": secret.remote_address,
                },
            )

    def _make_users(self) -> None:
        for group, user in fittings.groups_and_users(self.users.values()):
            self.tables["/user/group"].insert(group)
            self.tables["/user"].insert(user)

    def _make_ports(self) -> None:
        for number in range(1, 5):
            row = self.tables["/interface"].insert(fittings.port(number, moment=self._moment()))
            if number == 1:
                self._uplink = Uplink(row=row)

    def offer_services(self, *, port: int) -> None:
        """Show the services, ours on the port it has been given."""
        table = self.tables["/ip/service"]
        for row in list(table):
            table.delete(row)
        for row in fittings.services(
            port=port,
            is_tls=bool(self.spec.certificate),
            has_session_limits=self.spec.release >= (7, 16),
        ):
            table.insert(row)

    # --- what it writes down by itself ------------------------------------------------------

    def note(self, topics: str, message: str) -> None:
        """Write a line into the router's own log, which forgets the oldest."""
        table = self.tables["/log"]
        if len(table) >= LOG_LENGTH:
            table.delete(next(iter(table)))
        table.insert({"time": self._moment(), "topics": topics, "message": message})

    def note_login(self, name: str, address: str, *, is_in: bool) -> None:
        """Write down that somebody came in by the API, or was turned away."""
        if is_in:
            self.note("system,info,account", f"user {name} logged in from {address} via api")
        else:
            message = f"login failure for user {name} from {address} via api"
            self.note("system,error,critical", message)

    def write_file(self, name: str, content: str) -> None:
        """Keep a text as a file, in place of an earlier one of that name."""
        table = self.tables["/file"]
        earlier = table.named(name)
        if earlier is not None:
            table.delete(earlier)
        size = str(len(content.encode("utf-8", "surrogateescape")))
        table.insert(
            {
                "name": name,
                "type": "script",
                "size": size,
                "creation-time": self._moment(),
                "contents": content,
            }
        )

    def _moment(self) -> str:
        return as_router_date(self.clock.moment(), release=self.spec.release)

    # --- changes by people ------------------------------------------------------------------

    def add(self, path: str, given: dict[str, str]) -> Row:
        """Add a row as a person would; raises Trap."""
        table = self.tables[path]
        row = table.insert(self._checked(table, given, is_new=True) | self._own_columns(path))
        self._expect(path, row)
        return row

    def _expect(self, path: str, row: Row) -> None:
        if path == "/ppp/secret":
            self.expect_dial(row["name"])
        elif path == "/ip/hotspot/user":
            self.hotspot.expect_login(row["name"])

    def _own_columns(self, path: str) -> Row:
        """Return the moments a router writes into a new row."""
        if path == "/ppp/secret":
            return {"last-logged-out": as_router_date(NEVER, release=self.spec.release)}
        if path == "/ip/firewall/address-list":
            return {"creation-time": self._moment()}
        return {}

    def set(self, path: str, rows: list[Row], given: dict[str, str]) -> None:
        """Change rows as a person would; raises Trap before anything has changed."""
        table = self.tables[path]
        values = self._checked(table, given, is_new=False)
        for row in rows:
            check_limits({**row, **values})
        if path == "/ip/pool":
            self._pool_cursor.clear()
        for row in rows:
            table.update(row, values)
            self._expect(path, row)

    def remove(self, path: str, rows: list[Row]) -> None:
        """Remove rows. Removing a session makes the subscriber dial again."""
        for row in rows:
            if path == "/ppp/active":
                self.hang_up(row["name"], reason="reset")
            elif path == "/ip/hotspot/active":
                self.hotspot.log_out(row["user"])
            elif row.get("dynamic") == "true":
                raise Trap("failure: can not remove dynamic entry")
            else:
                self.tables[path].delete(row)
                if path == "/queue/simple":
                    self.fixed.forget(row["name"])

    def _checked(self, table: Table, given: dict[str, str], *, is_new: bool) -> Row:
        values = table.checked(given, is_new=is_new, is_interface=self._is_interface)
        for column, path in table.menu.references.items():
            if column in values and self.tables[path].named(values[column]) is None:
                raise Trap(f"input does not match any value of {column}", BAD_VALUE)
        if is_new:
            check_limits(values)
        if table.menu.path == "/ip/address" and "address" in values:
            network = ipaddress.ip_interface(values["address"]).network
            values.setdefault("network", "")
            values["network"] = values["network"] or str(network.network_address)
        if table.menu.path == "/ip/address" and "interface" in values:
            values["actual-interface"] = values["interface"]
        return values

    def _is_interface(self, name: str) -> bool:
        return self.tables["/interface"].named(name) is not None

    # --- subscribers --------------------------------------------------------------------------

    def expect_dial(self, name: str) -> None:
        """Let the subscriber dial after the usual delay, unless on line or locked out."""
        secret = self.tables["/ppp/secret"].named(name)
        if secret is None or secret["disabled"] == "true" or name in self.sessions:
            return
        shortest, longest = self.spec.dial_delay
        self._dial_number += 1
        wait = shortest + (longest - shortest) * traffic.jitter(name, self._dial_number)
        heapq.heappush(self._waiting, (self.clock.now() + wait, name))

    def set_cpe(self, name: str, is_on: bool) -> None:
        """Plug the subscriber's equipment in or out."""
        if is_on:
            self.switched_off_cpes.discard(name)
            self.expect_dial(name)
            self.hotspot.expect_login(name)
        else:
            self.switched_off_cpes.add(name)
            if name in self.sessions:
                self.hang_up(name, reason="hung-up")
            if name in self.hotspot.sessions:
                self.hotspot.log_out(name)

    def hang_up(self, name: str, *, reason: str) -> None:
        """End a session: its interface, dynamic queue and list entry vanish with it."""
        session = self.sessions.pop(name)
        self.truth.lose(session.name, session.unread)
        self._taken_addresses.discard(session.active["address"])
        self.tables["/ppp/active"].delete(session.active)
        self.tables["/interface"].delete(session.interface)
        if session.queue is not None:
            self.tables["/queue/simple"].delete(session.queue)
        if session.listed is not None:
            self.tables["/ip/firewall/address-list"].delete(session.listed)
        self.note("pppoe,ppp,info,account", f"{name} logged out")
        secret = self.tables["/ppp/secret"].named(name)
        if secret is not None:
            self.tables["/ppp/secret"].update(
                secret,
                {
                    "last-logged-out": self._moment(),
                    "last-caller-id": session.active["caller-id"],
                    "last-disconnect-reason": reason,
                },
            )
            self.expect_dial(name)

    def _dial(self, name: str, at: float) -> None:
        secret = self.tables["/ppp/secret"].named(name)
        is_welcome = secret is not None and secret["disabled"] != "true"
        if secret is None or not is_welcome or name in self.sessions:
            return
        if name in self.switched_off_cpes:
            return
        profile = self.tables["/ppp/profile"].named(secret["profile"]) or {}
        address = secret.get("remote-address") or self._free_address(
            profile.get("remote-address", "")
        )
        if not address:
            heapq.heappush(self._waiting, (at + NO_ADDRESS_RETRY_SECONDS, name))
            return
        rate_limit = profile.get("rate-limit", "")
        session = self._session(name, address=address, rate_limit=rate_limit, at=at)
        if profile.get("address-list"):
            session.listed = self.listed_row(profile["address-list"], address)
        self.sessions[name] = session
        self._taken_addresses.add(address)
        self.note("pppoe,ppp,info,account", f"{name} logged in, {address}")

    def _session(self, name: str, *, address: str, rate_limit: str, at: float) -> Session:
        self._dial_number += 1
        active = fittings.session(name, address=address, number=self._dial_number)
        interface = fittings.session_interface(name, moment=self._moment())
        session = Session(
            name=name,
            active=self.tables["/ppp/active"].insert(active),
            interface=self.tables["/interface"].insert(interface),
            rate_limit=rate_limit,
            started_at=at,
            counted_at=at,
        )
        if rate_limit:
            table = self.tables["/queue/simple"]
            queue = fittings.session_queue(
                name, rate_limit=rate_limit, defaults=dict(table.menu.defaults)
            )
            session.queue = table.insert(queue)
        return session

    def listed_row(self, name: str, address: str) -> Row | None:
        """Put a session's address on a list; None when it stands there already."""
        try:
            return self.tables["/ip/firewall/address-list"].insert(
                {
                    "list": name,
                    "address": address,
                    "creation-time": self._moment(),
                    "dynamic": "true",
                    "disabled": "false",
                }
            )
        except Trap:  # a person has listed this address already
            return None

    def _free_address(self, pool: str) -> str:
        row = self.tables["/ip/pool"].named(pool)
        if row is None:
            return ""
        for _lap in range(2):  # the second lap begins the pool anew
            for address in self._pool_cursor.setdefault(pool, _addresses(row["ranges"])):
                if address not in self._taken_addresses:
                    return address
            del self._pool_cursor[pool]
        return ""

    # --- time -----------------------------------------------------------------------------------

    def settle(self) -> None:
        """Let everything happen that is due: dial-ins and traffic up to this second."""
        now = self.clock.now()
        while self._waiting and self._waiting[0][0] <= now:
            at, name = heapq.heappop(self._waiting)
            self._dial(name, at)
        self.hotspot.admit(now)
        if int(now) == self._settled_second:
            return
        self._settled_second = int(now)
        self.revision += 1
        for session in self.sessions.values():
            self._count(session, now)
        for up, down in (self.hotspot.count(now), self.fixed.count(now)):
            self._uplink.tx_bytes += up
            self._uplink.rx_bytes += down
        self._uplink.row["rx-byte"] = str(self._uplink.rx_bytes)
        self._uplink.row["tx-byte"] = str(self._uplink.tx_bytes)

    def _count(self, session: Session, now: float) -> None:
        up, down = traffic.transferred(
            name=session.name,
            start=session.counted_at,
            end=now,
            rate_limit=session.rate_limit,
            utc_offset_minutes=self.spec.utc_offset_minutes,
        )
        session.counted_at = now
        self.truth.carry(session.name, (up, down))
        session.rx_bytes += up
        session.tx_bytes += down
        self._uplink.tx_bytes += up
        self._uplink.rx_bytes += down
        session.active["uptime"] = as_uptime(now - session.started_at)
        session.interface["rx-byte"] = str(session.rx_bytes)
        session.interface["tx-byte"] = str(session.tx_bytes)
        if session.queue is not None:
            session.queue["bytes"] = f"{session.rx_bytes}/{session.tx_bytes}"

    def note_read(self) -> None:
        """Remember that somebody has read the counters of all sessions."""
        for session in self.sessions.values():
            session.read = (session.rx_bytes, session.tx_bytes)

    def unread(self) -> dict[str, tuple[int, int]]:
        """Return what nobody has read yet of each subscriber's counters."""
        dialled = {name: one.unread for name, one in self.sessions.items()}
        hotspot = {name: one.unread for name, one in self.hotspot.sessions.items()}
        return dialled | hotspot | {name: one.unread for name, one in self.fixed.meters.items()}

    def reboot(self) -> None:
        """Switch off and on: sessions gone, counters and uptime zero, ids renumbered."""
        for name in list(self.sessions):
            self.hang_up(name, reason="reboot")
        for name in list(self.hotspot.sessions):
            self.hotspot.log_out(name)
        self._waiting.clear()
        self.hotspot.forget_waiting()
        self.fixed.zero()
        self._boots += 1
        self.booted_at = self.clock.now()
        for table in self.tables.values():
            table.renumber(1 + self._boots)
        for queue in self.tables["/queue/simple"]:
            queue["bytes"] = "0/0"
        self._uplink.rx_bytes = self._uplink.tx_bytes = 0
        for secret in self.tables["/ppp/secret"]:
            self.expect_dial(secret["name"])
        self.hotspot.expect_all()

    def factory_reset(self) -> None:
        """Be as delivered: what the specification has, and nothing people or time have added."""
        self.reboot()
        self._waiting.clear()
        self.hotspot.forget_waiting()
        self.fixed.meters.clear()
        self.switched_off_cpes.clear()
        self._pool_cursor.clear()
        for path in SAVED_MENUS:
            for row in list(self.tables[path]):
                self.tables[path].delete(row)
        self.identity, self.slow_seconds = self.spec.name, self.spec.slow_seconds
        self.faults.switch_off()
        self.log.clear()
        self.fill_from_spec()

    def reset_counters(self) -> None:
        """Zero the counters of all interfaces and queues; sessions stay."""
        self.settle()
        for session in self.sessions.values():
            self.truth.lose(session.name, session.unread)
            session.read = (0, 0)
            session.rx_bytes = session.tx_bytes = 0
            session.interface["rx-byte"] = session.interface["tx-byte"] = "0"
        self.fixed.zero()
        for queue in self.tables["/queue/simple"]:
            queue["bytes"] = "0/0"
        self._uplink.rx_bytes = self._uplink.tx_bytes = 0
        self._changed()

    def _changed(self) -> None:
        self.revision += 1


def _addresses(ranges: str) -> Iterator[str]:
    for part in ranges.split(","):
        first, _, last = part.partition("-")
        start = int(ipaddress.ip_address(first.strip()))
        end = int(ipaddress.ip_address((last or first).strip()))
        for number in range(start, end + 1):
            yield str(ipaddress.ip_address(number))
