"""Customers: what each brings, who came and who left."""

from decimal import Decimal

from django.utils.translation import gettext as _

from customers.models import Subscription
from ispbill.core import formats
from ispbill.core.charts import Chart, Point, Series
from ispbill.reports.forms.period import Chosen
from ispbill.reports.queries import answering, figures, stays
from ispbill.reports.queries.answering import Asked
from ispbill.reports.views.report import (
    COUNT,
    MONEY,
    PERCENT,
    Cell,
    Figure,
    Links,
    Meaning,
    Report,
    Table,
    count,
    days_of,
    defined,
    is_over,
    meanings,
    money,
    month_name,
    month_words,
    percent,
    text,
)

_DEFINED = (
    "arpu",
    "customers",
    "started",
    "cancelled",
    "quick_ratio",
    "customers_joined",
    "customers_left",
    "came_back",
    "net_customers",
    "customer_churn",
    "revenue_churn",
    "expected_value",
)


def report(chosen: Chosen, links: Links) -> Report:
    """Return the tab: revenue per customer, who came and who left, and why."""
    now, before = (
        Asked(chosen.since, chosen.until, chosen.scope),
        Asked(*chosen.before, chosen.scope),
    )
    months = figures.months(since=chosen.since, until=chosen.until, scope=chosen.scope)
    return Report(
        figures=[*_figures(now, before, links), *_turnover(now, before, links)],
        charts=_charts(months, chosen),
        tables=[_by_month(months, chosen, links), *_causes(chosen, links)],
        meanings=_meanings(),
        has_any=bool(now.span.closing["services"] or now.span["added_count"]),
    )


def _figures(now: Asked, earlier: Asked, links: Links) -> list[Figure]:
    span, before = now.span, earlier.span
    return [
        defined(
            "arpu",
            answering.per_customer(now),
            links.rows("customers"),
            before=answering.per_customer(earlier),
            note=_("a month, at the end"),
        ),
        defined(
            "customers",
            span.closing["customers"],
            links.rows("customers"),
            before=span.opening["customers"],
        ),
        defined("started", span["added_count"], links.rows("added"), before=before["added_count"]),
        defined(
            "cancelled",
            span["cancelled_count"],
            links.rows("cancelled"),
            before=before["cancelled_count"],
            more_is="danger",
        ),
        Figure(_("Net adds"), span.net_adds, COUNT, before=before.net_adds),
        defined("quick_ratio", span.quick_ratio, before=before.quick_ratio),
    ]


def _turnover(now: Asked, earlier: Asked, links: Links) -> list[Figure]:
    found, before = now.turnover, earlier.turnover
    return [
        defined("customers_joined", found.joined, links.rows("joined"), before=before.joined),
        defined(
            "customers_left",
            found.left,
            links.rows("left"),
            before=before.left,
            more_is="danger",
            note=_("%(count)s away, not final") % {"count": formats.number(found.away)}
            if found.away
            else "",
        ),
        defined("came_back", found.came_back, links.rows("came_back"), before=before.came_back),
        defined("net_customers", found.net, before=before.net),
        defined("customer_churn", found.churn, before=before.churn, more_is="danger"),
        defined(
            "revenue_churn",
            answering.revenue_churn(now),
            before=answering.revenue_churn(earlier),
            more_is="danger",
        ),
        defined("expected_value", answering.expected_value(now)),
    ]


def _by_month(months: list[figures.Month], chosen: Chosen, links: Links) -> Table:
    return Table(
        title=_("Customers and services by month"),
        head=[
            _("Month"),
            _("Customers"),
            _("Services"),
            _("Started"),
            _("Cancelled"),
            _("Net adds"),
            _("Churn of services"),
            _("Switched off at the end"),
            _("Revenue per customer"),
        ],
        rows=[_row(month, links, chosen) for month in months],
    )


def _causes(chosen: Chosen, links: Links) -> list[Table]:
    """Say why customers left; nothing where nobody did."""
    found = stays.causes(since=chosen.since, until=chosen.until, scope=chosen.scope)
    if not found:
        return []
    return [
        Table(
            title=_("Why customers left"),
            head=[_("Why"), _("Customers"), _("Revenue a month")],
            rows=[
                [text(str(Subscription.Leaving(why).label)), count(number), money(amount)]
                for why, (number, amount) in found.items()
            ],
            total=[
                text(_("Total")),
                count(sum(number for number, _amount in found.values()), links.rows("left")),
                money(sum((amount for _number, amount in found.values()), Decimal(0))),
            ],
            note=_("As it was told when the service ended; a line cut for not paying is unpaid."),
        )
    ]


def _charts(months: list[figures.Month], chosen: Chosen) -> list[Chart]:
    labels = [month_words(month.first) for month in months]
    return [
        Chart(
            "bars",
            "net-adds",
            _("Services won less services lost, by month"),
            "",
            COUNT,
            _("Net adds"),
            points=[
                Point(
                    month_words(month.first),
                    month["added_count"] - month["cancelled_count"],
                    is_partial=month is months[-1] and not is_over(chosen),
                )
                for month in months
            ],
        ),
        Chart(
            "lines",
            "arpu",
            _("Revenue per paying customer at the end of each month"),
            "",
            MONEY,
            labels=labels,
            series=[Series(_("Per customer"), [_per_customer(month) for month in months])],
        ),
        Chart(
            "lines",
            "churn",
            _("Services and revenue lost each month, in percent"),
            "",
            PERCENT,
            labels=labels,
            series=[
                Series(_("Services"), [_churn(month) for month in months]),
                Series(_("Revenue"), [_revenue_churn(month) for month in months]),
            ],
        ),
    ]


def _row(month: figures.Month, links: Links, chosen: Chosen) -> list[Cell]:
    since, until = days_of(month, chosen)
    return [
        text(month_name(month.first)),
        count(month["customers"], links.rows("customers", until=until)),
        count(month["services"], links.rows("in_use", until=until)),
        count(month["added_count"], links.rows("added", since=since, until=until)),
        count(month["cancelled_count"], links.rows("cancelled", since=since, until=until)),
        count(month["added_count"] - month["cancelled_count"]),
        percent(_churn(month)),
        count(month["paused_services"], links.rows("paused_services", until=until)),
        money(_per_customer(month)),
    ]


def _per_customer(month: figures.Month) -> Decimal | None:
    if not month["customers"]:
        return None
    return _rounded(Decimal(month["monthly_amount"]) / month["customers"])


def _rounded(amount: Decimal | None) -> Decimal | None:
    return None if amount is None else round(amount, 2)


def _churn(month: figures.Month) -> Decimal | None:
    opening = month["services"] - month["services_change"]
    return round(Decimal(100 * month["cancelled_count"]) / opening, 1) if opening > 0 else None


def _revenue_churn(month: figures.Month) -> Decimal | None:
    opening = month["monthly_amount"] - figures.movement(month)
    return round(100 * month["churned_amount"] / opening, 1) if opening > 0 else None


def _meanings() -> list[Meaning]:
    return [
        *meanings(*_DEFINED),
        Meaning(
            _("Net adds"),
            _("Services activated for the first time less activated services that were cancelled."),
        ),
        Meaning(
            _("Churn of services"),
            _(
                "Services cancelled in percent of those that counted at the start. Switching off"
                " is not churn here. By revenue: the recurring revenue of services cancelled while"
                " in use, in percent of that at the start."
            ),
        ),
    ]
