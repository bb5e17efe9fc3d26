"""When offers may be sent at all, and how many of what nobody asked for.

Sources: CPA of South Africa, regulation R293 (no offers on Sundays and public holidays, Saturdays
9 to 13, else 8 to 20); TRAI's TCCCPR for India (10 to 21); house rule for Bangladesh (10 to 20).
"""

from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

Hours = tuple[int, int]

_DAILY: dict[str, Hours] = {"BD": (10, 20), "IN": (10, 21)}
_ZA_WEEKDAY, _ZA_SATURDAY, _SATURDAY = (8, 20), (9, 13), 5
# What waits while the month's budget is used up: nobody misses it.
OPTIONAL = ("ticket_survey", "opinion_survey", "offer")
# What nobody has asked for: of these together a number gets so many a day, and no more.
COUNTED = (
    "payment_reminder",
    "payment_due_today",
    "payment_overdue",
    "prepaid_low",
    "contract_reminder",
    *OPTIONAL,
)
MOST_A_DAY = 5
_LOOK_AHEAD = 30  # days; longer holidays there are none


def hours(day: date, *, country: str, holidays: Collection[date] = ()) -> Hours | None:
    """Return from which hour until which offers may go on a day; None for not at all."""
    if country != "ZA":
        return _DAILY.get(country, _DAILY["BD"])
    if day in holidays or day.weekday() > _SATURDAY:
        return None
    return _ZA_SATURDAY if day.weekday() == _SATURDAY else _ZA_WEEKDAY


def first_chance(
    at: datetime, *, zone: ZoneInfo, country: str, holidays: Collection[date] = ()
) -> datetime:
    """Return `at` when offers may go then, else the next moment they may."""
    local = at.astimezone(zone)
    for ahead in range(_LOOK_AHEAD):
        day = local.date() + timedelta(days=ahead)
        window = hours(day, country=country, holidays=holidays)
        if window is None:
            continue
        opens, closes = (datetime.combine(day, time(hour), tzinfo=zone) for hour in window)
        if local < closes:
            return max(local, opens).astimezone(at.tzinfo)
    return at + timedelta(days=_LOOK_AHEAD)
