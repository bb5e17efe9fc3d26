"""The queries of the figures, each asked for the same days and the same part of the company.

Flows are of the days `since` to `until`, stocks are of the end of `until`.
"""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from ispbill.reports.queries import collection as collections
from ispbill.reports.queries import coming as comings
from ispbill.reports.queries import figures, month, revenue, stays
from ispbill.reports.queries import owed as debts
from ispbill.reports.queries.scope import Scope
from ispbill.reports.rules import ratios

Answer = Decimal | int | None
Query = Callable[[date, date, Scope], Answer]


def flow(read: Callable[[figures.Span], Answer]) -> Query:
    return lambda since, until, scope: read(figures.span(since=since, until=until, scope=scope))


def turnover(read: Callable[[stays.Turnover], Answer]) -> Query:
    return lambda since, until, scope: read(stays.of(since=since, until=until, scope=scope))


def per_customer(since: date, until: date, scope: Scope) -> Decimal | None:
    found = figures.span(since=since, until=until, scope=scope).per_customer
    return None if found is None else round(found, 2)


def revenue_churn(since: date, until: date, scope: Scope) -> Decimal | None:
    opening = figures.span(since=since, until=until, scope=scope).opening["monthly_amount"]
    gone = stays.of(since=since, until=until, scope=scope).left_amount
    return ratios.percent(gone, Decimal(opening))


def days_owed(_since: date, until: date, scope: Scope) -> Decimal | None:
    left = debts.owed(on=until, branch_id=scope.branch_id).amount
    return ratios.days_owed(left, figures.billed_lately(until=until, scope=scope))


def collected(since: date, until: date, scope: Scope) -> Decimal:
    built = figures.state()
    if built is None or built.built_until < until:  # only the running month is reckoned live
        return month.collection(on=until, branch_id=scope.branch_id).collected
    return figures.span(since=since, until=until, scope=scope).collected


def recurring(since: date, until: date, scope: Scope) -> Decimal:
    built = figures.state()
    if built is None or built.built_until < until:
        return revenue.recurring(on=until, branch_id=scope.branch_id).amount
    return Decimal(figures.span(since=since, until=until, scope=scope).closing["monthly_amount"])


def collection(since: date, until: date, scope: Scope) -> Decimal | None:
    return collections.of(since=since, until=until, scope=scope).percent


def owed(_since: date, until: date, scope: Scope) -> Decimal:
    return debts.owed(on=until, branch_id=scope.branch_id).amount


def overdue(_since: date, until: date, scope: Scope) -> Decimal:
    return debts.owed(on=until, branch_id=scope.branch_id).overdue


def coming(_since: date, until: date, scope: Scope) -> Decimal | None:
    return comings.coming(on=until, branch_id=scope.branch_id).amount
