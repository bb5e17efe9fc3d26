"""The house's money in a commission reseller's hands: how much, and for how long."""

from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

ZERO = Decimal("0.00")


class Stage(StrEnum):
    IN_TIME = "IN_TIME"
    REMIND = "REMIND"
    STOPPED = "STOPPED"


def to_remit(*, held: Decimal, taking: Decimal, limit: Decimal) -> Decimal:
    """Return how much must be remitted before so much more is taken; zero when it may be."""
    return max(held + taking - limit, ZERO)


def stage(*, oldest_on: date | None, on: date, remit_days: int) -> Stage:
    """Return what becomes of money held since a day: a reminder, then no collecting."""
    if oldest_on is None or on < oldest_on + timedelta(days=remit_days):
        return Stage.IN_TIME
    if on < oldest_on + timedelta(days=2 * remit_days):
        return Stage.REMIND
    return Stage.STOPPED
