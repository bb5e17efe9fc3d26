"""The sessions of a line as its router's accounting told of them."""

from dataclasses import dataclass
from datetime import datetime

from network.models import Access
from network.radius.models import RadiusSession
from network.radius.rules import accounting
from network.usage.rules import sizes

SHOWN = 20


@dataclass(frozen=True)
class Shown:
    """A session at a moment: open, stale (open, but nothing came lately), lost or ended."""

    one: RadiusSession
    state: str
    upload: str
    download: str


def of_line(line: Access, *, at: datetime, most: int = SHOWN) -> list[Shown]:
    """Return a line's sessions: those that are open first, then the newest."""
    rows = RadiusSession.objects.filter(line=line).select_related("router")
    newest = list(rows.order_by("-began_at")[:most])
    return [
        Shown(
            one,
            _state(one, at=at),
            f"{sizes.gigabytes(one.upload_bytes)} GB",
            f"{sizes.gigabytes(one.download_bytes)} GB",
        )
        for one in sorted(newest, key=lambda one: one.ended_at is not None)
    ]


def _state(one: RadiusSession, *, at: datetime) -> str:
    if one.ended_at is None:
        return "STALE" if one.last_at < at - accounting.STALE else "OPEN"
    return "LOST" if one.is_lost else "ENDED"
