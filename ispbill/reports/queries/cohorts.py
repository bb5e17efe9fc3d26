"""Who stayed: of the customers who began in a month, the share still there month after month."""

from dataclasses import dataclass
from datetime import date

from ispbill.reports.queries import asking
from ispbill.reports.queries.scope import Scope
from ispbill.reports.rules.months import first_of


@dataclass(frozen=True)
class Cohort:
    """The customers who began in a month, and how many of them each month's end still knew."""

    month: date
    began: int
    kept: list[tuple[date, int]]  # the month, customers left at its end


def grid(*, since: date, until: date, scope: Scope) -> list[Cohort]:
    """Return the cohorts of the months from `since` to `until`, oldest first.

    Began are those who were there at the end of the first month or left within it: all of the cohort.
    """
    found: dict[date, dict[date, int]] = {}
    for cohort, month, customers in asking.rows(
        f"""
        SELECT cohort, month, sum(customers) FROM reports_cohortfigure
        WHERE cohort >= %(since)s AND cohort <= %(until)s AND month <= %(until)s
          AND {scope.condition()}
        GROUP BY 1, 2 ORDER BY 1, 2
        """,
        {**scope.values, "since": first_of(since), "until": until},
    ):
        found.setdefault(cohort, {})[month] = int(customers)
    began = _began(since, until, scope)
    return [
        Cohort(cohort, began.get(cohort, 0), sorted(kept.items())) for cohort, kept in found.items()
    ]


def _began(since: date, until: date, scope: Scope) -> dict[date, int]:
    """Return how many began: kept in the cohort's own row, so that nobody is read one by one."""
    return {
        cohort: int(count)
        for cohort, count in asking.rows(
            f"""
            SELECT cohort, sum(began) FROM reports_cohortfigure
            WHERE cohort = month AND cohort >= %(since)s AND cohort <= %(until)s
              AND {scope.condition()}
            GROUP BY 1
            """,
            {**scope.values, "since": first_of(since), "until": until},
        )
    }
