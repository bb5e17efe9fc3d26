"""Cash in by day, all methods, less what was reversed and refunded: built days and those since."""

from datetime import date
from decimal import Decimal

from ispbill.reports.queries import asking, figures, live, revenue

_BUILT = """
    SELECT day, sum(collected_amount - returned_money_amount) FROM reports_dayfigure
    WHERE day >= %(since)s AND day <= %(until)s
      AND (%(branch)s::int IS NULL OR branch_id = %(branch)s)
    GROUP BY day
"""


def by_day(*, since: date, until: date, branch_id: int | None = None) -> dict[date, Decimal]:
    """Return what came in on each day of a span, both ends in it; days without money are left out.

    The days of a month sum to what the report calls collected.
    """
    state = revenue.usable(figures.state(), until)
    values = {"since": since, "until": until, "branch": branch_id}
    found: dict[date, Decimal] = dict(asking.rows(_BUILT, values)) if state else {}
    before = date.fromordinal(since.toordinal() - 1)
    live_from = max(before, state.built_until) if state else before
    since_built = live.money_by_day(since=live_from, on=until, branch_id=branch_id)
    return found | {day: money.collected for day, money in since_built.items()}
