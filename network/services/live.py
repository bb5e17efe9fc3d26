"""What a line is doing at this moment, asked of the router while somebody waits.

One reading serves everybody who looks within a few seconds.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from django.core.cache import cache

from network.gateways.base import RouterError
from network.gateways.operations import RouterGateway
from network.models import Access, Method
from network.services import connections, routers, sessions

READING_SERVES = 3  # seconds


@dataclass(frozen=True, kw_only=True)
class Session:
    """A line's session. Speeds are the customer's, in bit/s; `error` says why nothing is known."""

    is_online: bool = False
    address: str = ""
    caller_id: str = ""
    uptime_seconds: int = 0
    upload: int = 0
    download: int = 0
    error: str = ""
    # When the line last went off line, by the router's own clock and words, and why.
    last_logged_out: str = ""
    disconnect_reason: str = ""
    host_name: str = ""  # what the equipment calls itself when it asks for its address


@dataclass(frozen=True, kw_only=True)
class Echo:
    """What came back of a ping to the address of the line's session; `error` says why nothing."""

    sent: int = 0
    received: int = 0
    milliseconds: float | None = None
    address: str = ""
    error: str = ""


def session_of(*, line: Access, at: datetime) -> Session:
    """Ask the router, and note what it says; never raises for one that does not answer."""
    key = f"network:session:{line.pk}:{line.generation}"
    known: Session | None = cache.get(key)
    if known is not None:
        return known
    found = _asked(line, at=at)
    cache.set(key, found, timeout=READING_SERVES)
    return found


def ping(*, line: Access) -> Echo:
    """Send echoes from the router to the line's session; to no other address."""
    try:
        with connections.open_router(line.router, limits=connections.WHILE_SOMEBODY_WAITS) as link:
            address = _address_of(line, link)
            if not address:
                return Echo()
            found = link.ping(address)
    except RouterError as error:
        return Echo(error=routers.worded(error))
    return Echo(
        sent=found.sent, received=found.received, milliseconds=found.milliseconds, address=address
    )


def _address_of(line: Access, link: RouterGateway) -> str:
    if Method(line.method).has_queue:
        return line.static_ip or ""
    if line.method == Method.HOTSPOT:
        return next((one.address for one in link.hotspot_meters(line.username)), "")
    return next((row.address for row in link.actives() if row.name == line.username), "")


def _asked(line: Access, *, at: datetime) -> Session:
    try:
        with connections.open_router(line.router, limits=connections.WHILE_SOMEBODY_WAITS) as link:
            found, is_sure = _ASKING[Method(line.method)](line, link)
    except RouterError as error:
        return Session(error=routers.worded(error))
    if is_sure:
        sessions.note_line(line=line, has_session=found.is_online, at=at)
    return found


def _of_pppoe(line: Access, link: RouterGateway) -> tuple[Session, bool]:
    rows = [row for row in link.actives() if row.name == line.username]
    rate = link.live_rate(line.username) if rows else None
    logged_out, reason = link.last_disconnect(line.username)
    if not rows:
        return Session(last_logged_out=logged_out, disconnect_reason=reason), True
    session = Session(
        is_online=True,
        address=rows[0].address,
        caller_id=rows[0].caller_id,
        uptime_seconds=rows[0].uptime_seconds,
        upload=rate.upload if rate else 0,
        download=rate.download if rate else 0,
        last_logged_out=logged_out,
        disconnect_reason=reason,
    )
    return session, True


def _of_hotspot(line: Access, link: RouterGateway) -> tuple[Session, bool]:
    """A hotspot's session tells bytes and no rate; the queue its profile makes tells that."""
    found = next(iter(link.hotspot_meters(line.username)), None)
    if found is None:
        return Session(), True
    queue = next(iter(link.queue_meters(f"<hotspot-{line.username}>")), None)
    session = Session(
        is_online=True,
        address=found.address,
        caller_id=found.caller_id,
        uptime_seconds=found.uptime_seconds or 0,
        upload=queue.upload_rate if queue else 0,
        download=queue.download_rate if queue else 0,
    )
    return session, True


def _of_queue(line: Access, link: RouterGateway) -> tuple[Session, bool]:
    """A queue that carries something is on line; a quiet one may be, and nobody knows."""
    found = next(iter(link.queue_meters(line.username)), None)
    if found is None:
        return Session(), False
    flows = bool(found.upload_rate or found.download_rate)
    session = Session(
        is_online=flows,
        address=line.static_ip or "",
        upload=found.upload_rate,
        download=found.download_rate,
    )
    return session, flows


def _of_lease(line: Access, link: RouterGateway) -> tuple[Session, bool]:
    lease = next(iter(link.leases(line.mac_address)), None)
    found, _flows = _of_queue(line, link)
    is_bound = lease is not None and lease.is_bound
    session = replace(
        found,
        is_online=is_bound,
        caller_id=line.mac_address,
        host_name=lease.host_name if lease else "",
    )
    return session, True


_ASKING = {
    Method.PPPOE: _of_pppoe,
    Method.HOTSPOT: _of_hotspot,
    Method.QUEUE: _of_queue,
    Method.DHCP: _of_lease,
}
