"""What a line is doing at this moment, asked of the router while somebody waits."""

from dataclasses import dataclass
from datetime import datetime

from network.gateways.base import RouterError
from network.models import Access
from network.services import connections, routers, sessions


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


def session_of(*, line: Access, at: datetime) -> Session:
    """Ask the router, and note what it says; never raises for one that does not answer."""
    try:
        with connections.open_router(line.router, limits=connections.WHILE_SOMEBODY_WAITS) as link:
            rows = [row for row in link.actives() if row.name == line.username]
            rate = link.live_rate(line.username) if rows else None
    except RouterError as error:
        return Session(error=routers.worded(error))
    sessions.note_line(line=line, has_session=bool(rows), at=at)
    if not rows:
        return Session()
    return Session(
        is_online=True,
        address=rows[0].address,
        caller_id=rows[0].caller_id,
        uptime_seconds=rows[0].uptime_seconds,
        upload=rate.upload if rate else 0,
        download=rate.download if rate else 0,
    )
