"""Which copies are kept: the newest seven, and the newest of each recent week and month."""

from collections.abc import Hashable, Mapping
from datetime import datetime
from typing import TypeVar

NEWEST, WEEKS, MONTHS = 7, 5, 12

Name = TypeVar("Name", bound=Hashable)


def kept(copies: Mapping[Name, datetime], *, verified: Name | None = None) -> set[Name]:
    """Return the copies to keep, given when each was taken (company-local).

    The newest seven, the newest of each of the last five ISO weeks and twelve months that have one,
    and always the newest that was verified.
    """
    newest_first = sorted(copies, key=lambda name: copies[name], reverse=True)
    weeks: dict[tuple[int, int], Name] = {}
    months: dict[tuple[int, int], Name] = {}
    for name in newest_first:
        taken = copies[name]
        year, week, _day = taken.isocalendar()
        weeks.setdefault((year, week), name)
        months.setdefault((taken.year, taken.month), name)
    found = set(newest_first[:NEWEST])
    found |= set(list(weeks.values())[:WEEKS]) | set(list(months.values())[:MONTHS])
    return found | ({verified} if verified in copies else set())  # type: ignore[arg-type]
