"""The queries of the figures, each asked for the same days and the same part of the company."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any

from ispbill.core import clock
from ispbill.reports.queries import acquisition, figures, help_times, month, revenue, stays, tenures
from ispbill.reports.queries import collection as collections
from ispbill.reports.queries import coming as comings
from ispbill.reports.queries import owed as debts
from ispbill.reports.queries.scope import Scope
from ispbill.reports.rules import ratios
from network.outages.queries.uptime_of_days import of_days
from network.outages.rules.uptime import floored
from tickets.models import Opinion, Survey
from tickets.queries import answers, promises

Answer = Decimal | int | None


@dataclass(frozen=True)
class Asked:
    """The days and the part of the company figures are asked for.

    Flows are of the days `since` to `until`, stocks are of the end of `until`. What several figures
    are read from is looked up once, with the first of them.
    """

    since: date
    until: date
    scope: Scope

    @cached_property
    def span(self) -> figures.Span:
        return figures.span(since=self.since, until=self.until, scope=self.scope)

    @cached_property
    def turnover(self) -> stays.Turnover:
        return stays.of(since=self.since, until=self.until, scope=self.scope)

    @cached_property
    def owed(self) -> debts.Owed:
        return debts.owed(on=self.until, branch_id=self.scope.branch_id)

    @cached_property
    def said(self) -> answers.Figures:
        """What customers said of our help."""
        begin, end = self.moments
        surveys = Survey.objects.filter(answered_at__lt=end)
        opinions = Opinion.objects.filter(answered_at__lt=end)
        if self.scope.branch_id is not None:
            surveys = surveys.filter(branch=self.scope.branch_id)
            opinions = opinions.filter(branch=self.scope.branch_id)
        return answers.figures(surveys, since=begin, opinions=opinions)

    @cached_property
    def first_answers(self) -> help_times.Times:
        return help_times.first_answers(**self._help)

    @cached_property
    def resolutions(self) -> help_times.Times:
        return help_times.resolutions(**self._help)

    @property
    def _help(self) -> dict[str, Any]:
        begin, end = self.moments
        return {"since": begin, "until": end, "branch_id": self.scope.branch_id}

    @cached_property
    def is_live(self) -> bool:
        """Tell whether the days go beyond what is built: only the running month does."""
        built = figures.state()
        return built is None or built.built_until < self.until

    @property
    def moments(self) -> tuple[datetime, datetime]:
        """Return where the days begin and end."""
        return clock.midnight(self.since), clock.midnight(self.until + timedelta(days=1))


Query = Callable[[Asked], Answer]


def per_customer(asked: Asked) -> Decimal | None:
    found = asked.span.per_customer
    return None if found is None else round(found, 2)


def revenue_churn(asked: Asked) -> Decimal | None:
    opening = Decimal(asked.span.opening["monthly_amount"])
    return ratios.percent(asked.turnover.left_amount, opening)


def days_owed(asked: Asked) -> Decimal | None:
    lately = figures.billed_lately(until=asked.until, scope=asked.scope)
    return ratios.days_owed(asked.owed.amount, lately)


def promises_kept(asked: Asked) -> Decimal | None:
    begin, end = asked.moments
    clocks = promises.ended_in(asked.scope.branch_id, since=begin, until=end)
    return promises.whole(clocks).percent


def satisfied(asked: Asked) -> Decimal | None:
    share = asked.said.csat
    return None if share is None else 100 * share


def collected(asked: Asked) -> Decimal:
    if asked.is_live:
        return month.collection(on=asked.until, branch_id=asked.scope.branch_id).collected
    return asked.span.collected


def recurring(asked: Asked) -> Decimal:
    if asked.is_live:
        return revenue.recurring(on=asked.until, branch_id=asked.scope.branch_id).amount
    return Decimal(asked.span.closing["monthly_amount"])


def collection(asked: Asked) -> Decimal | None:
    return collections.of(since=asked.since, until=asked.until, scope=asked.scope).percent


def due(asked: Asked) -> Decimal:
    return collections.of(since=asked.since, until=asked.until, scope=asked.scope).due


def paid_within(days: int) -> Query:
    """Return the query of how much was paid so many days after each bill's due date."""

    def paid(asked: Asked) -> Decimal | None:
        return collections.within(
            days, since=asked.since, until=asked.until, scope=asked.scope
        ).percent

    return paid


def receivable(asked: Asked) -> Decimal:
    """Add up all that ever moved account 1100, as far as figures are built."""
    first = figures.first_month()
    if first is None:
        return Decimal("0.00")
    return figures.span(since=first, until=asked.until, scope=asked.scope).receivable


def expected_value(asked: Asked) -> Decimal | None:
    return tenures.worth(per_customer(asked), on=asked.until, scope=asked.scope)


def acquisition_cost(asked: Asked) -> Decimal | None:
    return acquisition.of(
        since=asked.since, until=asked.until, branch_id=asked.scope.branch_id
    ).each


def uptime(asked: Asked) -> Decimal | None:
    """Return the uptime of the days that are complete."""
    built = figures.state()
    if built is None:
        return None
    found = of_days(
        since=asked.since,
        until=min(asked.until, built.built_until),
        complete=built.built_until,
        branch_id=asked.scope.branch_id,
    )
    return floored(total=found.total, down=found.down)


def coming(asked: Asked) -> Decimal | None:
    return comings.coming(on=asked.until, branch_id=asked.scope.branch_id).amount
