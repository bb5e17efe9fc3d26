"""Which hours are asked for, and what an answer's rows mean."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from network.usage.rules import spreading

AGAIN = timedelta(days=3)
"""So many days are read again: late accounting corrects them."""
BACK_FILL = timedelta(days=30)
"""So far back the first reading goes: hours are kept no longer."""


class Unusable(ValueError):
    """An answer's rows are not what was asked for."""


@dataclass(frozen=True)
class Hour:
    """What flowed in an hour of the local clock, in bytes."""

    start: datetime
    upload: int
    download: int


def span(
    read_until: datetime | None, *, now: datetime, zone: ZoneInfo
) -> tuple[datetime, datetime]:
    """Return `[start, end)` to ask for: whole hours, the one that runs left out."""
    end = spreading.hour_start(now, zone)
    oldest = spreading.hour_start(end - BACK_FILL, zone)
    if read_until is None:
        return oldest, end
    again = spreading.hour_start(min(read_until, end) - AGAIN, zone)
    return max(oldest, again), end


def hours(
    rows: Iterable[Mapping[str, Any]],
    *,
    start: datetime,
    end: datetime,
    zone: ZoneInfo,
    kilobyte: int,
) -> list[Hour]:
    """Return an answer's hours in order; those outside of what was asked are left out.

    Raises Unusable for what is no moment, no number or less than nothing.
    """
    found: dict[datetime, Hour] = {}
    for row in rows:
        try:
            at = datetime.fromisoformat(str(row["time"]))
            upload, download = (float(row[name] or 0) for name in ("upload_kb", "download_kb"))
        except (KeyError, TypeError, ValueError) as error:
            raise Unusable("a row without time or numbers") from error
        if at.tzinfo is None or not 0 <= upload < 1e13 or not 0 <= download < 1e13:
            raise Unusable("a row without offset, or with impossible numbers")
        first = spreading.hour_start(at, zone)
        if start <= first < end:
            found[first] = Hour(first, round(upload * kilobyte), round(download * kilobyte))
    return [found[one] for one in sorted(found)]
