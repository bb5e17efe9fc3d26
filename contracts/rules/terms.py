"""Days of a contract: term, minimum, notice, renewal, cooling-off, price lock.

Every end is the first free day. Months are counted from the first start, so that a start on the
31st ends on the 31st wherever the month has one. A business day is any that is no day of rest.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

SOUTH_AFRICA = "ZA"
AT_A_DISTANCE = frozenset({"LINK", "PORTAL"})
REFUND_DAYS = 30  # after a contract was taken back


class Unit(StrEnum):
    DAYS = "DAYS"
    MONTHS = "MONTHS"
    BUSINESS_DAYS = "BUSINESS_DAYS"


class Renewal(StrEnum):
    NONE = "NONE"
    MONTHLY = "MONTHLY"
    TERM = "TERM"


class Lock(StrEnum):
    MINIMUM = "MINIMUM"
    TERM = "TERM"
    NONE = "NONE"


@dataclass(frozen=True)
class Rests:
    """Days that are no business days: some of each week (Monday is 0), and holidays."""

    weekdays: frozenset[int] = frozenset({5, 6})
    holidays: frozenset[date] = frozenset()

    def on(self, day: date) -> bool:
        return day.weekday() in self.weekdays or day in self.holidays


WEEKEND = Rests()  # Saturday and Sunday


@dataclass(frozen=True)
class Notice:
    """How long before leaving, or before a renewal, one has to say so."""

    count: int
    unit: Unit


@dataclass(frozen=True)
class Renewed:
    """A contract after its term: to which first free day, bound until when, month by month."""

    ends_on: date
    minimum_until: date | None
    is_monthly: bool


def after_months(start: date, months: int) -> date:
    """Return the same day of a later month, or that month's last: 31 Aug + 6 = 28 Feb."""
    count = start.month - 1 + months
    year, month = start.year + count // 12, count % 12 + 1
    return date(year, month, min(start.day, monthrange(year, month)[1]))


def first_day_without(received: date, notice: Notice, rests: Rests = WEEKEND) -> date:
    """Return the first day without service of a notice received on a day."""
    if notice.unit == Unit.DAYS:
        return received + timedelta(days=notice.count)
    if notice.unit == Unit.MONTHS:
        return after_months(received, notice.count)
    return _business_day(received, notice.count, rests, step=1) + timedelta(days=1)


def last_day_to_object(ends_on: date, notice: Notice, rests: Rests = WEEKEND) -> date:
    """Return the last day on which a notice against renewal still counts."""
    if notice.unit == Unit.DAYS:
        return ends_on - timedelta(days=notice.count)
    if notice.unit == Unit.MONTHS:
        return after_months(ends_on, -notice.count)
    return _business_day(ends_on, notice.count, rests, step=-1)


def renewed(
    *,
    first_start: date,
    ends_on: date,
    term_months: int,
    renewal: Renewal,
    is_told: bool,
    binds: bool = False,
) -> Renewed | None:
    """Return how a contract goes on when its term is over; None when it expires.

    Another term needs that the customer was told in time; else it goes on month by month.
    """
    if renewal == Renewal.NONE:
        return None
    if renewal == Renewal.TERM and is_told:
        end = _next_end(first_start, ends_on, term_months)
        return Renewed(end, end if binds else None, is_monthly=False)
    return Renewed(_next_end(first_start, ends_on, 1), None, is_monthly=True)


def telling_on(ends_on: date, *, country: str, rests: Rests = WEEKEND) -> tuple[date, date]:
    """Return the two days on which a customer is told that the term is nearly over.

    In South Africa both lie between 80 and 40 business days before it (CPA s14).
    """
    if country == SOUTH_AFRICA:
        first, last = (_business_day(ends_on, count, rests, step=-1) for count in (80, 40))
        return first, last
    return ends_on - timedelta(days=60), ends_on - timedelta(days=30)


def longest_months(kind: str, *, country: str) -> int:
    """Return the longest term of a customer type: in South Africa two years for private people."""
    return 24 if country == SOUTH_AFRICA and kind == "RESIDENTIAL" else 120


def may_cool_off(kind: str, device: str) -> bool:
    """Tell whether a signature may be taken back: a private person's, given at a distance."""
    return kind == "RESIDENTIAL" and device in AT_A_DISTANCE


def cooling_off_until(signed_on: date, days: int) -> date | None:
    """Return the first day on which it is too late to take a contract back."""
    return signed_on + timedelta(days=days + 1) if days else None


def locked_until(lock: Lock, *, minimum_until: date | None, ends_on: date) -> date | None:
    """Return the first day on which the price may rise; None when it always may."""
    return {Lock.MINIMUM: minimum_until, Lock.TERM: ends_on, Lock.NONE: None}[lock]


def frozen_for(day: date | None, days: int) -> date | None:
    """Return a day moved by a freeze on the customer's request."""
    return None if day is None else day + timedelta(days=days)


def _next_end(first_start: date, ends_on: date, months: int) -> date:
    """Return the end that many months on, counted from the first start."""
    passed = (ends_on.year - first_start.year) * 12 + ends_on.month - first_start.month
    return after_months(first_start, passed + months)


def _business_day(day: date, count: int, rests: Rests, *, step: int) -> date:
    left = count
    while left:
        day += timedelta(days=step)
        if not rests.on(day):
            left -= 1
    return day
