"""How long customers have stayed, as known at the end of a day."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from ispbill.reports.queries import asking
from ispbill.reports.queries.scope import Scope
from ispbill.reports.rules import lifetimes
from ispbill.reports.rules.lifetimes import DAYS_A_MONTH, Tenures


def of(*, on: date, scope: Scope) -> list[Tenures]:
    """Return how many stays lasted how many months up to the end of `on`, and how many ended."""
    found = asking.rows(
        f"""
        SELECT least(coalesce(CASE WHEN s.left_on <= %(on)s THEN s.left_on END, %(on)s::date + 1),
                     %(on)s::date + 1) - s.began_on AS days,
               count(*), count(*) FILTER (WHERE s.left_on <= %(on)s)
        FROM reports_stay s WHERE s.began_on <= %(on)s AND {scope.condition("s")} GROUP BY 1
        """,
        {**scope.values, "on": on},
    )
    return [Tenures(days / DAYS_A_MONTH, count, left) for days, count, left in found]


def worth(monthly: Decimal | None, *, on: date, scope: Scope) -> Decimal | None:
    """Return what a customer brings while staying, at so much a month; None of too few customers."""
    found = of(on=on, scope=scope)
    if monthly is None or not lifetimes.is_enough(found):
        return None
    return (monthly * lifetimes.mean_months(found)).quantize(Decimal("0.01"), ROUND_HALF_UP)
