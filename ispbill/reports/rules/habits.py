"""How much of what is open comes in on each coming day, from how bills like it were paid before."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import accumulate

DAYS = 14
ENOUGH_BILLS = 50  # fewer say nothing
LITTLE_LEFT = Decimal("0.02")  # of bills this old hardly anything is still paid
CENT = Decimal("0.01")


@dataclass(frozen=True)
class Habit:
    """Of bills of one class: how many they were, their sum, and what was paid how long after due.

    `paid` is by days after the due date, before it below zero.
    """

    bills: int
    amount: Decimal
    paid: Mapping[int, Decimal] = field(default_factory=dict)

    def share(self, age: int) -> Decimal:
        """Return the part of the sum that was paid by `age` days after the due date."""
        if not self.amount:
            return Decimal(0)
        got = sum((worth for days, worth in self.paid.items() if days <= age), Decimal(0))
        return min(got / self.amount, Decimal(1))

    def __add__(self, other: "Habit") -> "Habit":
        days = self.paid.keys() | other.paid.keys()
        nothing = Decimal(0)
        return Habit(
            self.bills + other.bills,
            self.amount + other.amount,
            {day: self.paid.get(day, nothing) + other.paid.get(day, nothing) for day in days},
        )


def expected(amount: Decimal, *, age: int, habit: Habit) -> list[Decimal]:
    """Return what of an amount, now `age` days past due, comes in on each of the coming days."""
    shares = [habit.share(age + day) for day in range(DAYS + 1)]
    left = 1 - shares[0]
    if left < LITTLE_LEFT:
        return [Decimal(0)] * DAYS
    return [amount * (shares[day] - shares[day - 1]) / left for day in range(1, DAYS + 1)]


def if_all_pay(amount: Decimal, *, age: int, habit: Habit) -> list[Decimal]:
    """Return the same with the whole amount paid within these days, on the days usual for it."""
    usual = expected(amount, age=age, habit=habit)
    total = sum(usual, Decimal(0))
    if not total:
        return [amount / DAYS] * DAYS
    return [amount * one / total for one in usual]


def in_cents(amounts: list[Decimal]) -> list[Decimal]:
    """Round each day so that the days add up to the rounded sum."""
    sums = [whole.quantize(CENT) for whole in accumulate(amounts)]
    return [after - before for before, after in zip([Decimal(0), *sums], sums, strict=False)]
