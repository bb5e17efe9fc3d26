"""MikroTik RouterOS 6 and 7 over the binary API (librouteros and its protocol).

Protocol facts: MikroTik API manual; the menus: RouterOS command tree. Rows are read in bulk with
`.proplist`; byte counters of a customer are those of the dynamic interface `<pppoe-USER>`, where
the router's *rx* is the customer's upload.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import Self, TypeVar

from network.gateways import routeros_profiles, routeros_secrets
from network.gateways.base import (
    ActiveRow,
    Diagnosis,
    InterfaceRow,
    Limits,
    LiveRate,
    Outcome,
    ProfileRow,
    ProfileWish,
    Resource,
    RouterError,
    RouterLogin,
    RouterNoPermission,
    RouterRejected,
    RouterTlsError,
    RouterUnreachable,
    SecretRow,
    SecretWish,
    Step,
)
from network.gateways.routeros_link import Link, certificate_fingerprint
from network.gateways.routeros_secrets import switch
from network.gateways.routeros_wire import Words, plain
from network.rules.router_time import parse_uptime

NEEDED_POLICIES = ("api", "read", "write", "test")

_SECRET_COLUMNS = (
    "name", "profile", "service", "disabled", "comment", "remote-address", "caller-id",
    "last-logged-out", "last-disconnect-reason",
)  # fmt: skip
_ACTIVE_COLUMNS = ("name", "service", "caller-id", "address", "uptime", "session-id")
_INTERFACE_COLUMNS = ("name", "rx-byte", "tx-byte")
_PROFILE_COLUMNS = (
    "name", "rate-limit", "local-address", "remote-address", "address-list", "comment",
)  # fmt: skip
_TUNNELS = ("<pppoe-", "<pptp-", "<l2tp-", "<sstp-", "<ovpn-")
_CENTURY = 3_155_760_000  # seconds: longer than that nothing has been on
_NEVER = ("jan/01/1970", "1970-01-01")
_STEPS = ("resolve", "connect", "tls", "login", "permission", "identity", "version")

T = TypeVar("T")


class MikrotikRouter:
    """A router, for the length of one task: it connects when first needed.

    Not for sharing between threads. Use as a context manager, or call `close`. Every operation
    raises RouterError; after an answer was lost the next operation makes a new connection.
    """

    def __init__(self, login: RouterLogin, limits: Limits | None = None) -> None:
        self.login = login
        self.limits = limits or Limits()
        self._link: Link | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        if self._link is not None:
            self._link.close()
            self._link = None

    # --- reading ---------------------------------------------------------------------------------

    def resource(self) -> Resource:
        """Return identity, version, uptime, load and memory."""
        with self._operation(self.limits.overall) as link:
            return _resource(link)

    def secrets(self) -> list[SecretRow]:
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
                _moment(row[7]),
                row[8],
            )
            for row in self._bulk("/ppp/secret", _SECRET_COLUMNS)
            if row[0]
        ]

    def actives(self) -> list[ActiveRow]:
        """Return all sessions on line."""
        return [
            ActiveRow(row[0], row[1], row[2], row[3], _seconds(row[4]), row[5])
            for row in self._bulk("/ppp/active", _ACTIVE_COLUMNS)
            if row[0]
        ]

    def interfaces(self) -> list[InterfaceRow]:
        """Return byte counters of all interfaces: customers' sessions and the router's ports.

        A row without readable counters is left out: zeros would look as if they had begun anew.
        """
        return [
            InterfaceRow(name, tunnel_user(name), int(received), int(sent))
            for name, received, sent in self._bulk("/interface", _INTERFACE_COLUMNS)
            if name and received.isdecimal() and sent.isdecimal()
        ]

    def profiles(self) -> list[ProfileRow]:
        """Return all PPP profiles."""
        rows = self._bulk("/ppp/profile", _PROFILE_COLUMNS)
        return [ProfileRow(*row) for row in rows if row[0]]

    def live_rate(self, username: str) -> LiveRate | None:
        """Return a customer's throughput at this moment; None when not on line or not told."""
        interface = f"<pppoe-{username}>"
        with self._operation(self.limits.overall) as link:
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

    def whole_rows(self, menu: str) -> list[dict[str, str]]:
        """Return the rows of a menu with every column, to learn what there is; no passwords."""
        with self._operation(self.limits.bulk) as link:
            rows = link.ask(f"{menu}/print")
        return [
            {
                plain(name): "***" if name == "password" else plain(value)
                for name, value in row.items()
            }
            for row in rows
            if row
        ]

    # --- writing ---------------------------------------------------------------------------------

    def ensure_profiles(self, wishes: Sequence[ProfileWish]) -> list[Outcome]:
        """Make missing profiles and change ours that differ; running sessions keep their speed
        until they redial."""
        return self._twice(lambda link: routeros_profiles.ensure(link, wishes))

    def apply(self, wishes: Sequence[SecretWish]) -> list[Outcome]:
        """Bring secrets to the wanted state and end the sessions of those that changed.

        Applying the same wishes again writes nothing. A connection that breaks off is made anew
        once, and the read-back decides. Raises RouterError; then `unsure` of RouterUnreachable
        names the users for whom something may have been written.
        """
        if not wishes:
            return []
        attempted: set[str] = set()
        try:
            return self._twice(lambda link: routeros_secrets.apply(link, wishes, attempted))
        except RouterUnreachable as error:
            error.unsure = frozenset(attempted)
            raise

    # --- testing ---------------------------------------------------------------------------------

    def test_connection(self) -> Diagnosis:
        """Try everything step by step and say how far it went. Writes nothing, never raises
        RouterError."""
        self.close()
        steps: list[Step] = []
        details = {"identity": "", "version": "", "board": ""}

        def done(name: str, detail: str) -> None:
            steps.append(Step(name=name, is_ok=True, detail=detail))

        error: RouterError | None = None
        fingerprint = ""
        try:
            self._link = Link.open(self.login, self.limits, done=done)
            fingerprint = self._link.fingerprint
            with self._operation(self.limits.overall) as link:
                steps.append(_permission(link, self.login.username))
                resource = _resource(link)
            done("identity", resource.identity)
            done("version", resource.version)
            details = {
                "identity": resource.identity,
                "version": resource.version,
                "board": resource.board,
            }
        except RouterError as failure:
            error = failure
            if isinstance(failure, RouterTlsError):
                fingerprint = failure.fingerprint or certificate_fingerprint(
                    self.login, self.limits
                )
            steps += _untried(steps, failure, self.login.tls)
        finally:
            self.close()
        return Diagnosis(steps=tuple(steps), error=error, fingerprint=fingerprint, **details)

    # --- the connection --------------------------------------------------------------------------

    @contextmanager
    def _operation(self, seconds: float) -> Iterator[Link]:
        if self._link is None or self._link.is_closed:
            self._link = Link.open(self.login, self.limits)
        self._link.allow(seconds)
        yield self._link

    def _bulk(self, menu: str, columns: Sequence[str]) -> list[tuple[str, ...]]:
        with self._operation(self.limits.bulk) as link:
            return link.rows(menu, columns)

    def _twice(self, work: Callable[[Link], T]) -> T:
        """Do a piece of repeatable work; once more when the connection broke off under it."""
        try:
            with self._operation(self.limits.bulk) as link:
                return work(link)
        except RouterUnreachable as error:
            if error.is_timeout or self._link is None:
                raise
        with self._operation(self.limits.bulk) as link:
            return work(link)


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


def _resource(link: Link) -> Resource:
    row = _only_row(link, "/system/resource/print")
    identity = _only_row(link, "/system/identity/print")
    return Resource(
        identity=plain(identity.get("name", "")),
        version=plain(row.get("version", "")),
        board=plain(row.get("board-name", "")),
        uptime_seconds=_seconds(row.get("uptime", "0s")),
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


def _permission(link: Link, username: str) -> Step:
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


def _untried(steps: Sequence[Step], error: RouterError, tls: bool) -> list[Step]:
    """Return the step that failed, and those that could not be tried any more."""
    expected = [name for name in _STEPS if tls or name != "tls"]
    left = expected[len(steps) :]
    return [
        Step(name=name, is_ok=False if place == 0 else None, detail=str(error) if not place else "")
        for place, name in enumerate(left)
    ]


def _moment(text: str) -> str:
    """Return a date and time as the router has it; empty for its “never”, the first of 1970."""
    return "" if text.startswith(_NEVER) else text


def _seconds(text: str) -> int:
    try:
        seconds = parse_uptime(text)
    except ValueError:
        return 0
    return seconds if seconds < _CENTURY else 0


def _whole(text: str) -> int:
    return int(text) if text.isdecimal() else 0
