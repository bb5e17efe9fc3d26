"""Where money leaks: services in use that nobody pays for, and customers treated worse than they pay.

Each check is one query over all customers. It returns the rows, so that a number is never without
what is behind it; what somebody accepted until a day is left out until then.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from ispbill.core import statements
from ispbill.reports.queries.leaks import CHECKS, SETTLING, Check


@dataclass(frozen=True)
class Row:
    """One finding. `amount` is the money at stake (a month's, or what the days are worth)."""

    subject_id: int
    customer_id: int
    number: str
    name: str
    what: str
    amount: Decimal
    since: date | None


@dataclass(frozen=True)
class Sum:
    """What a check found, without what is accepted."""

    check: Check
    count: int
    amount: Decimal
    accepted: int


_FOUND = """
    SELECT f.subject, f.customer_id, c.number, c.name, f.what, f.amount, f.since,
           EXISTS (SELECT FROM billing_acceptedfinding x
                   WHERE x.check_name = %(name)s AND x.subject_id = f.subject
                     AND x.until >= %(on)s) AS is_accepted
    FROM ({query}) f (subject, customer_id, what, amount, since)
    JOIN customers_customer c ON c.id = f.customer_id
    WHERE %(branch)s::bigint IS NULL OR c.branch_id = %(branch)s::bigint
"""


def sums(*, on: date, at: datetime, branch_id: int | None = None) -> list[Sum]:
    """Return what every check finds on the company date `on`, one query a check."""
    found = []
    for check in CHECKS.values():
        rows = _run(
            f"SELECT count(*) FILTER (WHERE NOT is_accepted),"
            f" coalesce(sum(amount) FILTER (WHERE NOT is_accepted), 0),"
            f" count(*) FILTER (WHERE is_accepted) FROM ({_found(check)}) r",
            _values(check, on=on, at=at, branch_id=branch_id),
        )
        found.append(Sum(check, *rows[0]))
    return found


def rows(
    check: Check,
    *,
    on: date,
    at: datetime,
    branch_id: int | None = None,
    is_accepted: bool = False,
    limit: int = 100,
    offset: int = 0,
) -> list[Row]:
    """Return the findings of a check, the most money first."""
    return [
        Row(*row)
        for row in _run(
            "SELECT subject, customer_id, number, name, what, amount, since"
            f" FROM ({_found(check)}) r WHERE is_accepted = %(accepted)s"
            " ORDER BY amount DESC, number, subject LIMIT %(limit)s OFFSET %(offset)s",
            {
                **_values(check, on=on, at=at, branch_id=branch_id),
                "accepted": is_accepted,
                "limit": limit,
                "offset": offset,
            },
        )
    ]


def _found(check: Check) -> str:
    return _FOUND.replace("{query}", check.query)


def _values(check: Check, *, on: date, at: datetime, branch_id: int | None) -> dict[str, Any]:
    return {"name": check.name, "on": on, "settled": at - SETTLING, "branch": branch_id}


def _run(query: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    return statements.read(query, values)
