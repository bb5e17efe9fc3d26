"""Read the built figures: stocks of a day, flows of a span, both by month or by part of the company.

Whole months come from the months' rows, days at the edges from the days' rows; a stock in mid-month
is the last month's end plus what flowed since. Nothing here reads a customer's row.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from ispbill.reports.models import FigureState
from ispbill.reports.queries import asking
from ispbill.reports.queries.scope import Scope
from ispbill.reports.rules.measures import ADDING, AGEING, COLLECTION, FLOWS, STOCKS, TAKING
from ispbill.reports.rules.months import first_of, following
from ispbill.reports.rules.ratios import BILLED_DAYS

_FLOW_NAMES = ", ".join(FLOWS)
DIMENSIONS = {
    "branch": "branch_id",
    "area": "area_id",
    "package": "package_id",
    "reseller": "reseller_id",
}


@dataclass(frozen=True)
class Span:
    """What happened from a day to another (both in it), and what stood before and after."""

    since: date
    until: date
    flows: dict[str, Any]
    opening: dict[str, Any]  # services, customers, monthly_amount at the end of the day before
    closing: dict[str, Any]

    def __getitem__(self, name: str) -> Any:
        """Return a flow by its column name."""
        return self.flows[name]

    @property
    def billed(self) -> Decimal:
        """Net and tax of what was billed, less what was made void."""
        return Decimal(self["billed_net_amount"] + self["billed_tax_amount"])

    @property
    def collected(self) -> Decimal:
        """Payments booked less payments reversed."""
        return Decimal(self["collected_amount"] - self["returned_money_amount"])

    @property
    def receivable(self) -> Decimal:
        """What moved the receivables: billed and else, less what came in or was given up."""
        given_up = self["credited_amount"] + self["written_off_amount"]
        return Decimal(self.billed + self["other_amount"] - self.collected - given_up)

    @property
    def reactivated(self) -> Decimal:
        return Decimal(self["returned_amount"] + self["resumed_amount"])

    @property
    def lost(self) -> Decimal:
        """Recurring revenue of services that ended or were switched off."""
        return Decimal(self["churned_amount"] + self["paused_amount"])

    @property
    def per_customer(self) -> Decimal | None:
        """The average monthly revenue per paying customer at the end."""
        customers = self.closing["customers"]
        return self.closing["monthly_amount"] / customers if customers else None

    @property
    def quick_ratio(self) -> Decimal | None:
        """Revenue won for each unit lost, pauses in neither; two places, None where none is lost."""
        won = self["new_amount"] + self["expansion_amount"] + self["returned_amount"]
        gone = Decimal(self["churned_amount"] + self["contraction_amount"])
        return (won / gone).quantize(Decimal("0.01"), ROUND_HALF_UP) if gone else None

    @property
    def churn(self) -> Decimal | None:
        """Services cancelled in percent of those in use at the start."""
        services = self.opening["services"]
        return Decimal(100 * self["cancelled_count"]) / services if services else None

    @property
    def net_adds(self) -> int:
        return int(self["added_count"] - self["cancelled_count"])

    @property
    def movement(self) -> Decimal:
        """What the movements add up to; the law says closing less opening."""
        return Decimal(sum(self[n] for n in ADDING) - sum(self[n] for n in TAKING))


def state() -> FigureState | None:
    """Return how far the figures are built; None before the first building."""
    return FigureState.objects.filter(pk=1).first()


def first_month() -> date | None:
    """Return the first month there are figures of."""
    found: date | None = asking.rows("SELECT min(month) FROM reports_monthfigure")[0][0]
    return found


def span(*, since: date, until: date, scope: Scope) -> Span:
    """Return the figures of the days `since` to `until`, both in it."""
    return by(None, since=since, until=until, scope=scope).get(0) or _empty(since, until)


def billed_lately(*, until: date, scope: Scope) -> Decimal:
    """Return what was billed in the ninety days to `until`, less what was credited on them."""
    found = span(since=until - timedelta(days=BILLED_DAYS - 1), until=until, scope=scope)
    return found.billed - Decimal(found["credited_amount"])


def by(dimension: str | None, *, since: date, until: date, scope: Scope) -> dict[int, Span]:
    """Return the figures of a span of days by the id of a dimension (0: none), or all as 0."""
    key = DIMENSIONS[dimension] if dimension else "0"
    flows = _by_key(_flows_sql(key, scope), since, until, scope)
    change = "services_change AS services, customers_change AS customers, {} AS monthly_amount"
    moved = " + ".join(ADDING) + " - " + " - ".join(TAKING)
    opening = asking.records(
        f"""
        SELECT {key} AS key, sum(services) AS services, sum(customers) AS customers,
               sum(monthly_amount) AS monthly_amount
        FROM (SELECT {key if dimension else "0 AS zero"}, services, customers, monthly_amount
              FROM reports_monthfigure
              WHERE month = (%(first)s::date - interval '1 month')::date AND {scope.condition()}
              UNION ALL
              SELECT {key if dimension else "0"}, {change.format(moved)}
              FROM reports_dayfigure
              WHERE day >= %(first)s AND day < %(since)s AND {scope.condition()}) x
        GROUP BY 1
        """,
        {**scope.values, "first": first_of(since), "since": since},
    )
    before = {row["key"]: row for row in opening}
    found = {}
    for number in flows.keys() | before.keys():
        happened = flows.get(number) or dict.fromkeys(FLOWS, Decimal(0))
        start = dict(_NOTHING_STOOD)
        start |= {name: before[number][name] for name in start if number in before}
        found[number] = _made(since, until, happened, start)
    return found


_NOTHING_STOOD: dict[str, Any] = {"services": 0, "customers": 0, "monthly_amount": Decimal(0)}


def _made(since: date, until: date, flows: dict[str, Any], opening: dict[str, Any]) -> Span:
    moved = sum(flows[n] for n in ADDING) - sum(flows[n] for n in TAKING)
    closing = {
        "services": opening["services"] + flows["services_change"],
        "customers": opening["customers"] + flows["customers_change"],
        "monthly_amount": Decimal(opening["monthly_amount"] + moved),
    }
    return Span(since, until, flows, opening, closing)


def _empty(since: date, until: date) -> Span:
    return _made(since, until, dict.fromkeys(FLOWS, Decimal(0)), dict(_NOTHING_STOOD))


def _flows_sql(key: str, scope: Scope) -> str:
    sums = ", ".join(f"coalesce(sum({name}), 0) AS {name}" for name in FLOWS)
    kept = f"{key}, {_FLOW_NAMES}" if key != "0" else f"0 AS zero, {_FLOW_NAMES}"
    group = key if key != "0" else "zero"
    return f"""
        SELECT {group} AS key, {sums} FROM (
            SELECT {kept} FROM reports_monthfigure
            WHERE month >= %(whole)s AND month < %(rest)s AND {scope.condition()}
            UNION ALL
            SELECT {kept} FROM reports_dayfigure
            WHERE ((day >= %(since)s AND day < least(%(whole)s, %(until)s::date + 1))
                   OR (day >= greatest(%(rest)s, %(since)s) AND day <= %(until)s
                       AND %(rest)s >= %(whole)s))
              AND {scope.condition()}
        ) x GROUP BY 1
    """


def _by_key(statement: str, since: date, until: date, scope: Scope) -> dict[int, dict[str, Any]]:
    whole = since if since.day == 1 else following(since)
    rest = (
        following(until)
        if following(until) == date.fromordinal(until.toordinal() + 1)
        else first_of(until)
    )
    if rest < whole:  # within one month
        rest = whole
    values = {**scope.values, "since": since, "until": until, "whole": whole, "rest": rest}
    return {row.pop("key"): row for row in asking.records(statement, values)}


@dataclass(frozen=True)
class Month:
    """A month: its flows and what stood at its end."""

    first: date
    figures: dict[str, Any]

    def __getitem__(self, name: str) -> Any:
        return self.figures[name]


def movement(month: Month) -> Decimal:
    """Return what a month's movements add up to."""
    return Decimal(sum(month[name] for name in ADDING) - sum(month[name] for name in TAKING))


def months(
    *,
    since: date,
    until: date,
    scope: Scope,
    names: tuple[str, ...] = (*STOCKS, *AGEING, *COLLECTION, *FLOWS),
) -> list[Month]:
    """Return the months from that of `since` to that of `until` that there are figures of.

    `names` narrows to some columns, for those in a hurry.
    """
    sums = ", ".join(f"coalesce(sum({name}), 0) AS {name}" for name in names)
    found = asking.records(
        f"""
        SELECT month, {sums} FROM reports_monthfigure
        WHERE month >= %(first)s AND month <= %(last)s AND {scope.condition()}
        GROUP BY month ORDER BY month
        """,
        {**scope.values, "first": first_of(since), "last": first_of(until)},
    )
    return [Month(row.pop("month"), row) for row in found]


def names(dimension: str) -> dict[int, str]:
    """Return the names of a dimension's rows by id."""
    table = {
        "branch": "accounts_branch",
        "area": "customers_area",
        "package": "customers_package",
        "reseller": "resellers_reseller",
    }[dimension]
    return dict(asking.rows(f"SELECT id, name FROM {table}"))
