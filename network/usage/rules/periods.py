"""Spans of days people look at, and the cycle a service's data is measured in."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum


class Span(StrEnum):
    """How much one page shows."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    PERIOD = "period"  # of the service: billing date to billing date


@dataclass(frozen=True)
class Days:
    """Local days `[start, end)`."""

    start: date
    end: date

    @property
    def dates(self) -> list[date]:
        """Every day of it."""
        return [self.start + timedelta(days=n) for n in range((self.end - self.start).days)]


def days_of(span: Span, on: date, *, billing_day: int) -> Days:
    """Return the days of a span that `on` lies in; weeks are the last seven days."""
    if span is Span.DAY:
        return Days(on, on + timedelta(days=1))
    if span is Span.WEEK:
        return Days(on - timedelta(days=6), on + timedelta(days=1))
    return cycle(on, billing_day=1 if span is Span.MONTH else billing_day)


def cycle(on: date, *, billing_day: int) -> Days:
    """Return the month from billing date to billing date that a day lies in.

    A billing day a month does not have is its last day.
    """
    start = _billing_date(on.year, on.month, billing_day)
    if on < start:
        last = on.replace(day=1) - timedelta(days=1)
        return Days(_billing_date(last.year, last.month, billing_day), start)
    following = on.replace(day=1) + timedelta(days=32)
    return Days(start, _billing_date(following.year, following.month, billing_day))


def _billing_date(year: int, month: int, billing_day: int) -> date:
    return date(year, month, min(billing_day, monthrange(year, month)[1]))
