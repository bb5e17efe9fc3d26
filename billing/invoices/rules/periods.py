"""Billing periods: half-open `[start, end)`, cut at the billing day, never drifting.

The billing day stays the integer the customer chose (1 to 31). A month that is too short bills on
its last day, and the next month returns to the chosen day, because every boundary is reckoned
from the integer and never from the boundary before it. See docs/algorithms/periods.md.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Cycle(StrEnum):
    """How often a subscription is billed."""

    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    ANNUAL = "annual"

    @property
    def months(self) -> int:
        return {"monthly": 1, "quarterly": 3, "annual": 12}[self.value]

    @classmethod
    def of(cls, period: Period) -> Cycle:
        """Return the cycle whose anchor-aligned period this is, by the months it reaches over."""
        months = (period.end.year - period.start.year) * 12 + period.end.month - period.start.month
        return {12: cls.ANNUAL, 3: cls.QUARTERLY}.get(months, cls.MONTHLY)


@dataclass(frozen=True, order=True)
class Period:
    """The days from `start` up to, not including, `end`."""

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.start >= self.end:
            raise ValueError("a period ends after it starts")

    @property
    def days(self) -> int:
        return (self.end - self.start).days

    def __contains__(self, on: date) -> bool:
        return self.start <= on < self.end

    def __str__(self) -> str:
        return f"[{self.start.isoformat()}, {self.end.isoformat()})"


def billing_date(year: int, month: int, day: int) -> date:
    """Return the billing date of a month: `day`, or the month's last day when it is shorter."""
    _check_day(day)
    return date(year, month, min(day, monthrange(year, month)[1]))


def is_billing_date(on: date, day: int) -> bool:
    """Say whether `on` is a billing date: 28 February 2026 is one for the days 28 to 31."""
    return on == billing_date(on.year, on.month, day)


def next_billing_date(on: date, day: int) -> date:
    """Return the first billing date after `on` (never `on` itself)."""
    this_month = billing_date(on.year, on.month, day)
    return this_month if this_month > on else _months_after(on, 1, day)


def last_billing_date(on: date, day: int) -> date:
    """Return the latest billing date on or before `on`."""
    this_month = billing_date(on.year, on.month, day)
    return this_month if this_month <= on else _months_after(on, -1, day)


def first_full_start(start: date, day: int) -> date:
    """Return where the first full period of a subscription begins that starts on `start`."""
    return start if is_billing_date(start, day) else next_billing_date(start, day)


def period_containing(
    on: date, anchor_day: int, cycle: Cycle = Cycle.MONTHLY, anchor_start: date | None = None
) -> Period:
    """Return the anchor-aligned period that contains `on`, also before `anchor_start`.

    Monthly periods follow from the billing day alone. Quarterly and annual ones are counted from
    `anchor_start`, the start of the subscription's first full period, which must be a billing
    date of `anchor_day`; it is required for them.
    """
    if cycle is Cycle.MONTHLY:
        return Period(last_billing_date(on, anchor_day), next_billing_date(on, anchor_day))
    if anchor_start is None or not is_billing_date(anchor_start, anchor_day):
        raise ValueError("a longer cycle needs the billing date its first full period starts on")
    latest = last_billing_date(on, anchor_day)
    # A year is a whole number of every cycle: the months alone say how far into one this is.
    into = (latest.month - anchor_start.month) % cycle.months
    return Period(
        _months_after(latest, -into, anchor_day),
        _months_after(latest, cycle.months - into, anchor_day),
    )


def periods(
    start: date, billing_day: int, count: int, cycle: Cycle = Cycle.MONTHLY
) -> tuple[Period, ...]:
    """Return the first `count` periods of a subscription that starts on `start`.

    The first is a stub up to the next billing day unless `start` is one; the others are full
    periods, each beginning where the one before it ends.
    """
    if count < 0:
        raise ValueError("the count of periods cannot be negative")
    anchor = first_full_start(start, billing_day)
    bounds = [] if anchor == start else [start]
    bounds += [_months_after(anchor, step * cycle.months, billing_day) for step in range(count + 1)]
    return tuple(Period(bounds[index], bounds[index + 1]) for index in range(count))


def _months_after(on: date, months: int, day: int) -> date:
    index = on.year * 12 + on.month - 1 + months
    return billing_date(index // 12, index % 12 + 1, day)


def _check_day(day: int) -> None:
    if not 1 <= day <= 31:
        raise ValueError("the billing day is a day of the month, 1 to 31")


def thirty_day_days(days: Period, period: Period) -> int:
    """Count days of an anchor-aligned period by months of thirty days: each month is thirty.

    The 31st falls together with the 30th, and the last day of February stands for the days that
    are missing, so the days of a period are always 30 for each of its months (the convention
    30E/360 of bond arithmetic, counted from the period's own start).
    """
    nominal = min(max(period.start.day, period.end.day), 30)
    whole = 30 * _months_between(period.start, period.end)

    def position(on: date) -> int:
        if on <= period.start or on >= period.end:
            return 0 if on <= period.start else whole
        months = _months_between(period.start, on)
        return min(max(30 * months + min(on.day, 30) - nominal, 0), whole)

    return position(days.end) - position(days.start)


def _months_between(start: date, end: date) -> int:
    return (end.year - start.year) * 12 + end.month - start.month
