"""What the next months bring: bills from the billing plan, cash from how bills were paid before.

Bills: the periods the plan will bill (`services.forecast`). Cash: of the bills of a month, the
share that was paid in the same month, the next, and so on, averaged over the last six months that
are long enough past; that pattern is laid over the bills behind and ahead.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from ispbill.reports.queries import asking, figures
from ispbill.reports.queries.scope import Scope
from ispbill.reports.rules.months import first_of, following

LEARN_MONTHS = 6
LAGS = 4  # what is paid later than that is not forecast
CENT = Decimal("0.01")


@dataclass(frozen=True)
class Outlook:
    """A month: what was billed and collected so far, what is still planned, and the cash of it."""

    month: date
    billed: Decimal  # with tax, so far
    planned_net: Decimal
    planned_tax: Decimal
    periods: int
    collected: Decimal
    cash: Decimal | None  # expected of the whole month; None without a pattern

    @property
    def total(self) -> Decimal:
        return self.billed + self.planned_net + self.planned_tax


@dataclass(frozen=True)
class RatePart:
    """What is planned in a month at one rate of tax (a fraction; 0 for a customer who is exempt)."""

    month: date
    rate: Decimal
    net: Decimal
    tax: Decimal
    periods: int


@dataclass(frozen=True)
class Pattern:
    """Of what was billed in a month, the fraction paid so many months later."""

    shares: tuple[Decimal, ...]
    months: int  # learnt from so many months


def pattern(*, scope: Scope, built_until: date) -> Pattern:
    """Learn from the last six months that ended; a share only from months old enough for it."""
    this = first_of(built_until)
    begin = _months_back(this, LEARN_MONTHS)
    billed = {
        month.first: Decimal(month["billed_net_amount"] + month["billed_tax_amount"])
        for month in figures.months(since=begin, until=this, scope=scope)
    }
    paid: dict[tuple[date, int], Decimal] = {}
    for month, lag, amount in asking.rows(
        f"""
        SELECT billed_month, (extract(year FROM age(paid_month, billed_month)) * 12
               + extract(month FROM age(paid_month, billed_month)))::int, sum(amount)
        FROM reports_collectionfigure
        WHERE billed_month >= %(begin)s AND paid_month < %(this)s AND {scope.condition()}
        GROUP BY 1, 2
        """,
        {**scope.values, "begin": begin, "this": this},
    ):
        paid[month, lag] = Decimal(amount)
    shares = []
    for lag in range(LAGS):
        old_enough = [
            month for month in billed if _months_ahead(month, lag) < this and billed[month] > 0
        ]
        base = sum((billed[month] for month in old_enough), Decimal(0))
        got = sum((paid.get((month, lag), Decimal(0)) for month in old_enough), Decimal(0))
        shares.append(got / base if base else Decimal(0))
    complete = [month for month in billed if month < this and billed[month] > 0]
    return Pattern(tuple(shares), len(complete))


def months(*, scope: Scope, built_until: date) -> list[Outlook]:
    """Return the present month and the next two."""
    learnt = pattern(scope=scope, built_until=built_until)
    this = first_of(built_until)
    known = {
        month.first: month
        for month in figures.months(since=_months_back(this, LAGS), until=built_until, scope=scope)
    }
    planned = {
        row["month"]: row
        for row in asking.records(
            f"""
            SELECT month, sum(net_amount) AS net, sum(tax_amount) AS tax, sum(periods) AS periods
            FROM reports_forecastfigure WHERE {scope.condition()} GROUP BY month
            """,
            scope.values,
        )
    }
    billed = {
        first: Decimal(month["billed_net_amount"] + month["billed_tax_amount"])
        for first, month in known.items()
    }
    for first, row in planned.items():
        billed[first] = billed.get(first, Decimal(0)) + row["net"] + row["tax"]
    found, month = [], this
    for _step in range(3):
        cash = sum(
            (
                billed.get(_months_back(month, lag), Decimal(0)) * share
                for lag, share in enumerate(learnt.shares)
            ),
            Decimal(0),
        )
        expected = cash.quantize(CENT) if learnt.months else None
        found.append(_outlook(month, known.get(month), planned.get(month), cash=expected))
        month = following(month)
    return found


def _outlook(
    month: date, past: figures.Month | None, plan: dict[str, Any] | None, *, cash: Decimal | None
) -> Outlook:
    nothing = Decimal(0)
    return Outlook(
        month=month,
        billed=Decimal(past["billed_net_amount"] + past["billed_tax_amount"]) if past else nothing,
        planned_net=plan["net"] if plan else nothing,
        planned_tax=plan["tax"] if plan else nothing,
        periods=plan["periods"] if plan else 0,
        collected=Decimal(past["collected_amount"] - past["returned_money_amount"])
        if past
        else nothing,
        cash=cash,
    )


def by_rate(*, scope: Scope) -> list[RatePart]:
    """Return what is planned, month by month, the highest rate of tax first."""
    found = asking.records(
        f"""
        SELECT month, tax_rate, sum(net_amount) AS net, sum(tax_amount) AS tax,
               sum(periods) AS periods
        FROM reports_forecastfigure WHERE {scope.condition()}
        GROUP BY month, tax_rate ORDER BY month, tax_rate DESC
        """,
        scope.values,
    )
    return [
        RatePart(row["month"], row["tax_rate"], row["net"], row["tax"], int(row["periods"]))
        for row in found
    ]


def _months_back(first: date, count: int) -> date:
    index = first.year * 12 + first.month - 1 - count
    return date(index // 12, index % 12 + 1, 1)


def _months_ahead(first: date, count: int) -> date:
    return _months_back(first, -count)
