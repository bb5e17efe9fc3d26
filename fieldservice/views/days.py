"""A day asked for in an address."""

from datetime import date

from ispbill.core import clock

_YEARS = range(2000, 2200)


def asked(text: str) -> date:
    """Return the day written as 2026-01-31; today for anything else, also for the year 9999."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return clock.today()
    return found if found.year in _YEARS else clock.today()
