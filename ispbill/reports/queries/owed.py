"""What is late at the end of a day, by age: four buckets for those who look once a day.

Reckoned from the bills as the report's ages are (`services.months.OWED`), so both add up to the
same; the report tells the two oldest of its five apart, this page the two youngest.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ispbill.core.models import Company
from ispbill.reports.queries import asking
from ispbill.reports.queries.remembered import remembered
from ispbill.reports.services.months import BUCKETS, OWED

LATE = {
    "late_7": "o.due_date < %(end)s AND o.due_date >= %(end)s::date - 7",
    "late_30": "o.due_date < %(end)s::date - 7 AND o.due_date >= %(end)s::date - 30",
    "late_60": BUCKETS["due_60_amount"],
    "late_older": "o.due_date < %(end)s::date - 60",
}
OVERDUE = "o.due_date < %(end)s"


@dataclass(frozen=True)
class Age:
    """One bucket: what is late that long, and of how many customers."""

    key: str
    amount: Decimal
    customers: int


@dataclass(frozen=True)
class Owed:
    """What is owed on issued bills, what of it is late, by age, and how many customers are late."""

    amount: Decimal
    overdue: Decimal
    customers: int
    ages: list[Age]


def owed(*, on: date, branch_id: int | None = None) -> Owed:
    """Return what is owed at the end of a company date; of today, by now."""
    return remembered(f"owed:{on}:{branch_id}", lambda: _owed(on, branch_id))


def _owed(on: date, branch_id: int | None) -> Owed:
    asked = ", ".join(
        f"coalesce(sum(owed) FILTER (WHERE {when}), 0),"
        f" count(DISTINCT customer_id) FILTER (WHERE {when})"
        for when in (OVERDUE, *LATE.values())
    )
    total, *found = asking.rows(
        f"""
        SELECT coalesce(sum(owed), 0), {asked} FROM ({OWED}) o
        WHERE %(branch)s::bigint IS NULL OR branch_id = %(branch)s
        """,
        {"end": on, "branch": branch_id, "zone": Company.current().time_zone},
    )[0]
    amounts, heads = found[::2], found[1::2]
    ages = [Age(*one) for one in zip(LATE, amounts[1:], heads[1:], strict=True)]
    return Owed(total, amounts[0], heads[0], ages)
