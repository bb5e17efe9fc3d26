"""What a line is doing at this moment, asked of the router while somebody waits.

One reading serves everybody who looks within a few seconds.
"""

from dataclasses import dataclass
from datetime import datetime

from django.core.cache import cache

from network.gateways.base import RouterError
from network.models import Access
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
            address = next((row.address for row in link.actives() if row.name == line.username), "")
            if not address:
                return Echo()
            found = link.ping(address)
    except RouterError as error:
        return Echo(error=routers.worded(error))
    return Echo(
        sent=found.sent, received=found.received, milliseconds=found.milliseconds, address=address
    )


def _asked(line: Access, *, at: datetime) -> Session:
    try:
        with connections.open_router(line.router, limits=connections.WHILE_SOMEBODY_WAITS) as link:
            rows = [row for row in link.actives() if row.name == line.username]
            rate = link.live_rate(line.username) if rows else None
            logged_out, reason = link.last_disconnect(line.username)
    except RouterError as error:
        return Session(error=routers.worded(error))
    sessions.note_line(line=line, has_session=bool(rows), at=at)
    if not rows:
        return Session(last_logged_out=logged_out, disconnect_reason=reason)
    return Session(
        is_online=True,
        address=rows[0].address,
        caller_id=rows[0].caller_id,
        uptime_seconds=rows[0].uptime_seconds,
        upload=rate.upload if rate else 0,
        download=rate.download if rate else 0,
        last_logged_out=logged_out,
        disconnect_reason=reason,
    )
