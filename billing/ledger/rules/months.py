"""Calendar months as the books close them."""

from collections.abc import Iterator
from datetime import date, timedelta


def first_of(on: date) -> date:
    """Return the first day of the month of `on`."""
    return on.replace(day=1)


def last_of(on: date) -> date:
    """Return the last day of the month of `on`."""
    return first_of(first_of(on) + timedelta(days=31)) - timedelta(days=1)


def between(first: date, last: date) -> Iterator[tuple[date, date]]:
    """Yield the first and last day of every month from that of `first` to that of `last`."""
    start = first_of(first)
    while start <= last:
        yield start, last_of(start)
        start = last_of(start) + timedelta(days=1)
