"""Days as addresses, files and forms name them, within the years a company can mean.

The end of the calendar has no next day: whoever reckons with the year 9999 ends in an error.
"""

from datetime import date

FIRST, LAST = date(1900, 1, 1), date(2199, 12, 31)


def read(text: str) -> date | None:
    """Return the day written as 2026-01-31; None for anything else."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if FIRST <= found <= LAST else None
