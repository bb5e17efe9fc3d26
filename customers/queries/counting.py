"""How many customers a list has: counted as far as is quick, else guessed."""

import time
from dataclasses import dataclass

from django.db import connection
from django.db.models import QuerySet

from customers.models import Customer
from ispbill.core import statements

FEW = 2000  # up to so many are fetched as ids and sorted in memory
MANY = 10_000  # beyond this nobody counts
COUNT_SECONDS = 10


@dataclass(frozen=True)
class Count:
    """How many there are: exact, or at least so many, or (is_guess) about so many."""

    number: int
    is_exact: bool = True
    is_guess: bool = False


# What this process counted, and until when that is good (monotonic); a few branches at most.
_counts: dict[tuple[str, str], tuple[float, Count]] = {}
_NOT_COUNTED = (0.0, Count(0))


def counted(customers: QuerySet[Customer]) -> Count:
    """Count as far as is quick. The planner's guess will not do here: under row-level security it
    does not look at the statistics of amounts and days.
    """
    number = customers.order_by()[: MANY + 1].count()
    return Count(min(number, MANY), is_exact=number <= MANY)


def kept_count(customers: QuerySet[Customer], reach: str) -> Count:
    """Return the number of all in a reach; of thousands it may be COUNT_SECONDS old."""
    key = (str(connection.settings_dict["NAME"]), reach)
    until, count = _counts.get(key, _NOT_COUNTED)
    if until <= time.monotonic():
        count = estimate(customers)
        if count.number > FEW:
            _counts[key] = (time.monotonic() + COUNT_SECONDS, count)
    return count


def estimate(customers: QuerySet[Customer]) -> Count:
    """Return the planner's guess of all there are; the number itself when it is small."""
    query, values = customers.order_by().values("pk").query.sql_with_params()
    plan = statements.first(f"EXPLAIN (FORMAT JSON) {query}", values)[0]
    guess = int(plan[0]["Plan"]["Plan Rows"])
    return Count(guess, is_exact=False, is_guess=True) if guess > MANY else counted(customers)
