"""Reading and steering virtual routers from another process (or from a test).

The protocol is one JSON object per line each way, over a unix socket or loopback TCP:
`{"op": "secrets", "router": "sim-1"}` → `{"ok": true, "result": [...]}` or
`{"ok": false, "error": "..."}`. This module needs only the standard library.
"""

import json
import socket
from abc import ABC, abstractmethod
from typing import Any, cast

Record = dict[str, Any]


class ControlError(Exception):
    """The sandbox refused a request or cannot be reached."""


class ControlVerbs(ABC):
    """Everything that can be asked of the sandbox. `router` is always a router's name."""

    @abstractmethod
    def call(self, op: str, **arguments: object) -> Any:
        """Send one request and return its result; raises ControlError."""

    # --- reading ---------------------------------------------------------------------------------

    def routers(self) -> list[Record]:
        """Return name, host, port, tls, username, password, version, identity, is_offline,
        slow_seconds, uptime_seconds, secrets, sessions (counts) and faults of each router."""
        return cast("list[Record]", self.call("routers"))

    def secrets(self, router: str) -> list[Record]:
        """Return name, profile, disabled, comment, is_online, cpe_on and last-… of each secret."""
        return cast("list[Record]", self.call("secrets", router=router))

    def active(self, router: str) -> list[Record]:
        """Return each session: name, address, caller-id, uptime, rx_bytes, tx_bytes, rate_limit."""
        return cast("list[Record]", self.call("active", router=router))

    def profiles(self, router: str) -> list[Record]:
        """Return the PPP profiles as the router prints them."""
        return cast("list[Record]", self.call("profiles", router=router))

    def rows(self, router: str, menu: str) -> list[Record]:
        """Return the rows of a menu such as `/queue/simple` as the router prints them."""
        return cast("list[Record]", self.call("rows", router=router, menu=menu))

    def log(self, router: str, limit: int = 200) -> list[Record]:
        """Return the newest commands first: at, user, address, command, arguments, result."""
        return cast("list[Record]", self.call("log", router=router, limit=limit))

    # --- switches --------------------------------------------------------------------------------

    def set_offline(self, router: str, is_offline: bool) -> None:
        """Pull the plug of the management port, or put it back. Subscribers stay on line."""
        self.call("set_offline", router=router, is_offline=is_offline)

    def reboot(self, router: str) -> None:
        self.call("reboot", router=router)

    def factory_reset(self, router: str) -> None:
        """Make the router as it came: no users, sessions or commands, on line and without faults;
        name, port and password stay."""
        self.call("factory_reset", router=router)

    def reset_counters(self, router: str) -> None:
        self.call("reset_counters", router=router)

    def slow(self, router: str, seconds: float) -> None:
        """Delay each answer by so many seconds; 0 is normal."""
        self.call("slow", router=router, seconds=seconds)

    def fault(
        self,
        router: str,
        kind: str,
        *,
        command: str = "",
        times: int | None = None,
        seconds: float = 0.05,
    ) -> None:
        """Switch a fault on; kinds and their meaning: `faults.KINDS`, or `fault_kinds()`."""
        self.call("fault", router=router, kind=kind, command=command, times=times, seconds=seconds)

    def clear_faults(self, router: str, kind: str = "") -> None:
        self.call("clear_faults", router=router, kind=kind)

    def fault_kinds(self) -> dict[str, str]:
        return cast("dict[str, str]", self.call("fault_kinds"))

    def clear_log(self, router: str) -> None:
        self.call("clear_log", router=router)

    # --- hands on the router, as somebody at its console would have ----------------------------

    def kick(self, router: str, username: str) -> bool:
        """End a session; the subscriber dials again. Return whether there was one."""
        return bool(self.call("kick", router=router, username=username))

    def set_cpe(self, router: str, username: str, is_on: bool) -> None:
        """Switch the subscriber's own equipment on or off."""
        self.call("set_cpe", router=router, username=username, is_on=is_on)

    def add_secret(self, router: str, username: str, **columns: str) -> None:
        """Add a secret by hand (drift). Columns use underscores: `remote_address="10.0.0.9"`."""
        self.call("add_secret", router=router, username=username, columns=columns)

    def edit_secret(self, router: str, username: str, **columns: str) -> None:
        self.call("edit_secret", router=router, username=username, columns=columns)

    def remove_secret(self, router: str, username: str) -> None:
        self.call("remove_secret", router=router, username=username)

    def add_row(self, router: str, menu: str, **columns: str) -> None:
        """Add a row to a menu by hand (drift), columns with underscores as in `add_secret`."""
        self.call("add_row", router=router, menu=menu, columns=columns)

    def edit_row(self, router: str, menu: str, where: Record, **columns: str) -> None:
        """Change the rows whose columns are as in `where`."""
        self.call("edit_row", router=router, menu=menu, where=where, columns=columns)

    def remove_row(self, router: str, menu: str, **where: str) -> None:
        self.call("remove_row", router=router, menu=menu, where=where)

    def advance(self, seconds: float) -> None:
        """Let time pass at once for all routers: sessions dial in, counters grow."""
        self.call("advance", seconds=seconds)

    def hold_clock(self) -> None:
        """Let time stand still but for `advance`."""
        self.call("hold_clock")

    def truth(self, router: str) -> Record:
        """Return what really flowed by subscriber, [upload, download] each: `carried` in all,
        `lost` with counters that ended unread, `unread` of sessions on line; and `now`."""
        return cast("Record", self.call("truth", router=router))


class Control(ControlVerbs):
    """Client of a running sandbox. `address` is a unix socket path or `host:port` on loopback.

    Each request uses its own short connection, so an instance may be kept and shared.
    """

    def __init__(self, address: str, *, timeout_seconds: float = 10.0) -> None:
        self.address = address
        self.timeout_seconds = timeout_seconds

    def call(self, op: str, **arguments: object) -> Any:
        request = json.dumps({"op": op, **arguments}) + "\n"
        try:
            with self._connect() as connection:
                connection.sendall(request.encode())
                with connection.makefile("rb") as answers:
                    line = answers.readline()
            answer = json.loads(line)
        except (OSError, ValueError) as error:
            raise ControlError(f"the router sandbox does not answer: {error}") from error
        if not answer["ok"]:
            raise ControlError(answer["error"])
        return answer["result"]

    def _connect(self) -> socket.socket:
        host, delimiter, port = self.address.rpartition(":")
        if delimiter and port.isdigit():
            return socket.create_connection((host, int(port)), timeout=self.timeout_seconds)
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            connection.settimeout(self.timeout_seconds)
            connection.connect(self.address)
        except OSError:
            connection.close()
            raise
        return connection
