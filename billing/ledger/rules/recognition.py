"""Revenue of long periods, earned day by day (docs/algorithms/recognition.md).

What a line has earned up to the end of a day is reckoned from its beginning each time, and only
that cumulative amount is rounded. So the days of a line always add up to the line, and a run that
is late, doubled or left out changes nothing in the end.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from ispbill.core.money import round_money


@dataclass(frozen=True)
class Days:
    """The days `[start, end)`."""

    start: date
    end: date

    def elapsed(self, as_of: date) -> int:
        """Return how many of the days are over at the end of `as_of`."""
        over = (as_of + timedelta(days=1) - self.start).days
        return min(max(over, 0), self.length)

    @property
    def length(self) -> int:
        return (self.end - self.start).days


@dataclass(frozen=True)
class GivenBack:
    """A credit on a line: its net amount, the day it was given, the days it gives back.

    Without days it is spread over all days of the line.
    """

    net: Decimal
    on: date
    days: Days | None = None


def earned(*, net: Decimal, days: Days, as_of: date, credits: Iterable[GivenBack] = ()) -> Decimal:
    """Return what a line has earned up to the end of `as_of`, in the line's currency.

    Credits count from the day they are given, for the days they give back: revenue of days that
    were credited is not earned, that of the others is not touched.
    """
    amount = round_money(net * days.elapsed(as_of) / days.length)
    for credit in credits:
        if credit.on <= as_of:
            over = credit.days or days
            amount -= round_money(credit.net * over.elapsed(as_of) / over.length)
    return amount
