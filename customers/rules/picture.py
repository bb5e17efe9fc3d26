"""One customer as a picture: twelve months of paying, thirty days of the line.

Plain facts in, plain facts out. What is not known is never told: a day without knowledge is a day
on which nothing is said to be wrong.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum

MONTHS = 12
DAYS = 30


@dataclass(frozen=True)
class Bill:
    """A bill that was issued. `settled_on` is the day the last part of it was paid or credited."""

    pk: int
    number: str
    due_date: date
    issued_on: date
    total: Decimal
    due_amount: Decimal
    settled_on: date | None
    is_credited: bool = False  # nobody had to pay it
    is_periodic: bool = True  # for days of a service, no fee and no correction

    @property
    def days_late(self) -> int | None:
        """How late it was paid; negative: before it was due; None: not paid, or nobody had to."""
        if self.due_amount > 0 or self.is_credited or self.settled_on is None:
            return None
        return (self.settled_on - self.due_date).days


@dataclass(frozen=True)
class PaidWith:
    """What came in one way: how often and how much in all, how much this year, and the last day."""

    way: str
    count: int
    total: Decimal
    this_year: Decimal
    last_at: datetime


@dataclass(frozen=True)
class Money:
    """What is known of a customer's bills and payments."""

    bills: list[Bill]
    paid: list[PaidWith]  # the way that brought most first
    closes_on: date | None = None  # the day the line is switched off unless the debt is paid

    @property
    def unpaid(self) -> list[Bill]:
        return [bill for bill in self.bills if bill.due_amount > 0]


@dataclass(frozen=True)
class Line:
    """A service's line as its router knows it."""

    line_no: int
    username: str
    router: str
    is_on: bool  # switched on, and the router has confirmed it
    has_session: bool | None
    session_since: datetime | None
    is_settled: bool = True

    @property
    def is_down(self) -> bool:
        """Tell whether it is switched on and its router sees nobody on it."""
        return self.is_on and self.has_session is False


class Mark(StrEnum):
    """What became of a month's bill; the worst one of them when there are several."""

    NOT_BILLED = "none"
    CREDITED = "credited"
    ON_TIME = "paid"
    WAITING = "waiting"
    LATE = "late"
    MISSED = "missed"


_WORST_LAST = tuple(Mark)


@dataclass(frozen=True)
class Square:
    """One month's mark; `days` late, where it was paid late or is still open."""

    month: date
    mark: Mark
    days: int = 0


def squares(bills: Iterable[Bill], *, on: date) -> list[Square]:
    """Return the last twelve months, the present one last, by when their bills were due."""
    months = [month_before(on, back) for back in range(MONTHS - 1, -1, -1)]
    found = {month: Square(month, Mark.NOT_BILLED) for month in months}
    for bill in bills:
        month = bill.due_date.replace(day=1)
        if bill.is_periodic and month in found:
            one = _square(bill, month, on=on)
            found[month] = max(found[month], one, key=_weight)
    return list(found.values())


def _square(bill: Bill, month: date, *, on: date) -> Square:
    if bill.due_amount > 0:
        past = (on - bill.due_date).days
        return Square(month, Mark.MISSED, past) if past > 0 else Square(month, Mark.WAITING)
    late = bill.days_late
    if late is None:
        return Square(month, Mark.CREDITED)
    return Square(month, Mark.LATE, late) if late > 0 else Square(month, Mark.ON_TIME)


def _weight(square: Square) -> tuple[int, int]:
    return _WORST_LAST.index(square.mark), square.days


def month_before(on: date, back: int) -> date:
    """Return the first day of the month so many months before that of a day."""
    years, month = divmod(on.year * 12 + on.month - 1 - back, 12)
    return date(years, month + 1, 1)


class Day(StrEnum):
    """How a line was on a day. OK: switched on, and nothing else is known."""

    NONE = "none"  # there was no line
    OK = "ok"
    DOWN = "down"
    PAUSED = "paused"
    OFF = "off"
    DEBT = "debt"


_DAYS_WORST_LAST = tuple(Day)


@dataclass(frozen=True)
class Span:
    """Days a service was off: half-open, open-ended while it lasts."""

    day: Day
    first: date
    end: date | None


@dataclass(frozen=True)
class Use:
    """A service: since when, until when, when it was off, and since when it has no session."""

    first: date | None
    end: date | None = None
    off: Sequence[Span] = ()
    down_since: date | None = None

    def on(self, day: date) -> Day:
        """Return how it was on a day."""
        if self.first is None or day < self.first or (self.end is not None and day >= self.end):
            return Day.NONE
        for span in self.off:
            if span.first <= day and (span.end is None or day < span.end):
                return span.day
        return Day.DOWN if self.down_since is not None and day >= self.down_since else Day.OK


def ribbon(uses: Sequence[Use], *, on: date) -> list[tuple[date, Day]]:
    """Return the last thirty days, today last: of several services the worst of each day."""
    days = [on - timedelta(days=back) for back in range(DAYS - 1, -1, -1)]
    return [
        (day, max((use.on(day) for use in uses), key=_DAYS_WORST_LAST.index, default=Day.NONE))
        for day in days
    ]
