"""MikroTik RouterOS 6 and 7 over the binary API (librouteros and its protocol).

Protocol facts: MikroTik API manual; the menus: RouterOS command tree. Rows are read in bulk with
`.proplist`.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import Self, TypeVar

from network.gateways import (
    routeros_meters,
    routeros_ppp,
    routeros_profiles,
    routeros_rows,
    routeros_secrets,
)
from network.gateways.base import (
    ActiveRow,
    DesiredProfile,
    DesiredSecret,
    Diagnosis,
    InterfaceRow,
    Limits,
    LiveRate,
    Outcome,
    Ping,
    ProfileRow,
    Resource,
    RouterError,
    RouterLogin,
    RouterTlsError,
    RouterUnreachable,
    SecretRow,
    Step,
)
from network.gateways.line_rows import DesiredRow, FoundRow, Lease, Menu, Metered
from network.gateways.routeros_link import Link, certificate_fingerprint
from network.gateways.routeros_reading import echoes_of, permission_of, resource_of, untried
from network.gateways.routeros_wire import plain

T = TypeVar("T")
D = TypeVar("D")


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
            return resource_of(link)

    def secrets(self) -> list[SecretRow]:
        """Return all PPPoE users, without their passwords."""
        return self._read(routeros_ppp.secrets)

    def actives(self) -> list[ActiveRow]:
        """Return all sessions on line."""
        return self._read(routeros_ppp.actives)

    def interfaces(self) -> list[InterfaceRow]:
        """Return byte counters of all interfaces: customers' sessions and the router's ports."""
        return self._read(routeros_ppp.interfaces)

    def profiles(self) -> list[ProfileRow]:
        """Return all PPP profiles."""
        return self._read(routeros_ppp.profiles)

    def hotspot_profiles(self) -> list[ProfileRow]:
        """Return all profiles of hotspot users; they have no comment, so the name tells whose."""
        return self._read(routeros_meters.hotspot_profiles)

    def rows(self, menu: Menu, lists: Sequence[str] = ()) -> list[FoundRow]:
        """Return the rows of a menu that people or we have made; of address lists only `lists`."""
        with self._operation(self.limits.bulk) as link:
            return routeros_rows.read(link, menu, lists)

    def queue_meters(self, name: str = "") -> list[Metered]:
        """Return what queues have counted: all of them, or the one of this name."""
        with self._operation(self.limits.bulk) as link:
            return list(routeros_meters.queues(link, name=name))

    def hotspot_meters(self, name: str = "") -> list[Metered]:
        """Return the hotspot sessions on line: all of them, or those of this user."""
        with self._operation(self.limits.bulk) as link:
            return list(routeros_meters.hotspot(link, name=name))

    def leases(self, mac: str = "") -> list[Lease]:
        """Return the devices the DHCP server keeps an address for: all, or the one of this MAC."""
        with self._operation(self.limits.bulk) as link:
            return list(routeros_meters.leases(link, mac=mac))

    def live_rate(self, username: str) -> LiveRate | None:
        """Return a customer's throughput at this moment; None when not on line or not told."""
        with self._operation(self.limits.overall) as link:
            return routeros_ppp.live_rate(link, username)

    def last_disconnect(self, username: str) -> tuple[str, str]:
        """Return when a user last went off line, in the router's words and time, and why; empty
        where it tells neither."""
        with self._operation(self.limits.overall) as link:
            return routeros_ppp.last_disconnect(link, username)

    def ping(self, address: str) -> Ping:
        """Send three echoes to an address from the router."""
        with self._operation(self.limits.overall) as link:
            return echoes_of(link.ask("/ping", f"=address={address}", "=count=3", "=interval=0.2"))

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

    def ensure_profiles(self, desired_states: Sequence[DesiredProfile]) -> list[Outcome]:
        """Make missing profiles and change ours that differ; running sessions keep their speed
        until they redial."""
        return self._twice(lambda link: routeros_profiles.ensure(link, desired_states))

    def apply(self, desired_states: Sequence[DesiredSecret]) -> list[Outcome]:
        """Bring secrets to the wanted state and end the sessions of those that changed.

        Applying the same desired states again writes nothing. A connection that breaks off is
        made anew once, and the read-back decides. Raises RouterError; then `unsure` of
        RouterUnreachable names the users for whom something may have been written.
        """
        return self._surely(desired_states, routeros_secrets.apply)

    def apply_rows(self, desired_rows: Sequence[DesiredRow]) -> list[Outcome]:
        """Bring queues, leases, hotspot users and listed addresses to the wanted state.

        As `apply`, in the order of the rows; `unsure` names their lines.
        """
        return self._surely(desired_rows, routeros_rows.apply)

    def _surely(
        self,
        desired_states: Sequence[D],
        work: Callable[[Link, Sequence[D], set[str]], list[Outcome]],
    ) -> list[Outcome]:
        if not desired_states:
            return []
        attempted: set[str] = set()
        try:
            return self._twice(lambda link: work(link, desired_states, attempted))
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
                steps.append(permission_of(link, self.login.username))
                resource = resource_of(link)
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
            steps += untried(steps, failure, self.login.tls)
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

    def _read(self, work: Callable[[Link], T]) -> T:
        """Read a whole table."""
        with self._operation(self.limits.bulk) as link:
            return work(link)

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
