"""Business days in South Africa, and how far ahead a batch must be handed in."""

from datetime import date, timedelta

LEAD_DAYS = {"TwoDay": 3, "CompactTwoDay": 3, "SameDay": 0}
"""Business days from today to the first action date; two days are refused in production."""
_FIXED = ((1, 1), (3, 21), (4, 27), (5, 1), (6, 16), (8, 9), (9, 24), (12, 16), (12, 25), (12, 26))


def is_business_day(day: date) -> bool:
    return day.weekday() < 5 and day not in _holidays(day.year)


def next_business_day(day: date) -> date:
    """Return `day` itself when it is one."""
    while not is_business_day(day):
        day += timedelta(days=1)
    return day


def earliest(instruction: str, today: date) -> date:
    """Return the first action date that a file handed in today may have."""
    day = next_business_day(today)
    for _step in range(LEAD_DAYS[instruction]):
        day = next_business_day(day + timedelta(days=1))
    return day


def _holidays(year: int) -> set[date]:
    """Public Holidays Act, 1994: one that falls on a Sunday moves to the Monday."""
    easter = _easter(year)
    found = {easter - timedelta(days=2), easter + timedelta(days=1)}
    for month, day in _FIXED:
        holiday = date(year, month, day)
        found.add(holiday)
        if holiday.weekday() == 6:
            found.add(holiday + timedelta(days=1))
    return found


def _easter(year: int) -> date:
    """Gregorian Easter by the anonymous (Meeus/Jones/Butcher) rule."""
    golden, century, rest = year % 19, year // 100, year % 100
    moon = (
        19 * golden + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15
    ) % 30
    week = (32 + 2 * (century % 4) + 2 * (rest // 4) - moon - rest % 4) % 7
    shift = (golden + 11 * moon + 22 * week) // 451
    month, day = divmod(moon + week - 7 * shift + 114, 31)
    return date(year, month, day + 1)
