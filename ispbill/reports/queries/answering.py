"""The queries of the figures, each asked for the same days and the same part of the company.

Flows are of the days `since` to `until`, stocks are of the end of `until`.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal

from ispbill.core import clock
from ispbill.reports.queries import collection as collections
from ispbill.reports.queries import coming as comings
from ispbill.reports.queries import figures, month, revenue, stays
from ispbill.reports.queries import owed as debts
from ispbill.reports.queries.scope import Scope
from ispbill.reports.rules import ratios
from tickets.models import Opinion, Survey
from tickets.queries import answers, promises

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


def promises_kept(since: date, until: date, scope: Scope) -> Decimal | None:
    begin, end = _moments(since, until)
    clocks = promises.ended_in(scope.branch_id, since=begin, until=end)
    return promises.whole(clocks).percent


def satisfied(since: date, until: date, scope: Scope) -> Decimal | None:
    share = _said(since, until, scope).csat
    return None if share is None else 100 * share


def recommended(since: date, until: date, scope: Scope) -> int | None:
    return _said(since, until, scope).nps


def _said(since: date, until: date, scope: Scope) -> answers.Figures:
    begin, end = _moments(since, until)
    surveys = Survey.objects.filter(answered_at__lt=end)
    opinions = Opinion.objects.filter(answered_at__lt=end)
    if scope.branch_id is not None:
        surveys = surveys.filter(branch=scope.branch_id)
        opinions = opinions.filter(branch=scope.branch_id)
    return answers.figures(surveys, since=begin, opinions=opinions)


def _moments(since: date, until: date) -> tuple[datetime, datetime]:
    """Return where the days begin and end."""
    return clock.midnight(since), clock.midnight(until + timedelta(days=1))


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
