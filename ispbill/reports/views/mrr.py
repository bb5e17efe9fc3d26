"""Recurring revenue and its movements."""

from decimal import Decimal

from django.utils.translation import gettext as _

from ispbill.core import formats
from ispbill.core.charts import Chart, Point, Step
from ispbill.reports.forms.period import Chosen
from ispbill.reports.queries import figures
from ispbill.reports.views.report import (
    MONEY,
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
    text,
)


def report(chosen: Chosen, links: Links) -> Report:
    """Return the tab: the revenue, its staircase over the days chosen, and month by month."""
    span = figures.span(since=chosen.since, until=chosen.until, scope=chosen.scope)
    before = figures.span(since=chosen.before[0], until=chosen.before[1], scope=chosen.scope)
    months = figures.months(since=chosen.since, until=chosen.until, scope=chosen.scope)
    now, then = span.closing["monthly_amount"], span.opening["monthly_amount"]
    return Report(
        figures=_figures(span, before, now, then, chosen, links),
        charts=_charts(span, months, now, then, chosen),
        tables=[_months(months, links, chosen)],
        meanings=_meanings(),
        has_any=bool(now or then or span["new_amount"]),
    )


def _figures(
    span: figures.Span,
    before: figures.Span,
    now: Decimal,
    then: Decimal,
    chosen: Chosen,
    links: Links,
) -> list[Figure]:
    return [
        defined(
            "mrr",
            now,
            links.rows("in_use"),
            before=then,
            note=_("at the end of %(day)s") % {"day": formats.day(chosen.until)},
        ),
        Figure(
            _("New"),
            span["new_amount"],
            MONEY,
            links.rows("new"),
            before=before["new_amount"],
            note=_services(span["new_count"]),
        ),
        Figure(
            _("Expansion"),
            span["expansion_amount"],
            MONEY,
            links.rows("expansion"),
            before=before["expansion_amount"],
            note=_services(span["expansion_count"]),
        ),
        *_losses(span, before, links),
    ]


def _losses(span: figures.Span, before: figures.Span, links: Links) -> list[Figure]:
    return [
        Figure(
            _("Contraction"),
            span["contraction_amount"],
            MONEY,
            links.rows("contraction"),
            before=before["contraction_amount"],
            more_is="danger",
            note=_services(span["contraction_count"]),
        ),
        defined(
            "churned",
            span["churned_amount"],
            links.rows("churned"),
            before=before["churned_amount"],
            more_is="danger",
            note=_services(span["churned_count"]),
        ),
        Figure(
            _("Switched off"),
            span["paused_amount"],
            MONEY,
            links.rows("paused"),
            before=before["paused_amount"],
            more_is="danger",
            note=_("back on: %(amount)s") % {"amount": formats.money(span["resumed_amount"])},
        ),
    ]


def _charts(
    span: figures.Span, months: list[figures.Month], now: Decimal, then: Decimal, chosen: Chosen
) -> list[Chart]:
    return [
        Chart(
            "bars",
            "mrr-months",
            _("Recurring revenue at the end of each month"),
            _("Net, at the prices of the time."),
            MONEY,
            _("Revenue"),
            points=[
                Point(
                    month_words(month.first),
                    month["monthly_amount"],
                    is_partial=month is months[-1] and not is_over(chosen),
                )
                for month in months
            ],
        ),
        Chart(
            "steps",
            "mrr-steps",
            _("From %(then)s to %(now)s")
            % {"then": formats.money(then), "now": formats.money(now)},
            _("What added to recurring revenue and what took from it, %(since)s to %(until)s.")
            % {"since": formats.day(chosen.since), "until": formats.day(chosen.until)},
            MONEY,
            _("Amount"),
            steps=steps(span),
        ),
    ]


def steps(span: figures.Span) -> list[Step]:
    """Return the staircase from the revenue before to that after; moves where there are any."""
    found = [
        Step(_("Start"), span.opening["monthly_amount"], is_total=True),
        Step(_("New"), span["new_amount"]),
        Step(_("Expansion"), span["expansion_amount"]),
        Step(_("Reactivated"), span.reactivated),
        Step(_("Contraction"), -Decimal(span["contraction_amount"])),
        Step(_("Churned"), -span.lost),
    ]
    if span["moved_amount"]:
        found.append(Step(_("Moved"), Decimal(span["moved_amount"])))
    return [*found, Step(_("End"), span.closing["monthly_amount"], is_total=True)]


def _months(months: list[figures.Month], links: Links, chosen: Chosen) -> Table:
    rows: list[list[Cell]] = []
    for month in months:
        since, until = days_of(month, chosen)
        moved = [
            money(month[f"{kind}_amount"], links.rows(kind, since=since, until=until))
            for kind in (
                "new",
                "expansion",
                "returned",
                "resumed",
                "contraction",
                "churned",
                "paused",
            )
        ]
        rows.append(
            [
                text(month_name(month.first)),
                *moved,
                money(month["monthly_amount"], links.rows("in_use", until=until)),
                count(month["services"], links.rows("in_use", until=until)),
            ]
        )
    return Table(
        title=_("Movements by month"),
        head=[
            _("Month"),
            _("New"),
            _("Expansion"),
            _("Returned"),
            _("Back on"),
            _("Contraction"),
            _("Cancelled while in use"),
            _("Switched off"),
            _("Recurring revenue"),
            _("Services"),
        ],
        rows=rows,
    )


def _services(number: int) -> str:
    return _("%(count)s services") % {"count": formats.number(number)}


def _meanings() -> list[Meaning]:
    return [
        *meanings("mrr", "churned"),
        Meaning(
            _("Expansion and contraction"),
            _(
                "A service in use that costs more, or less, than the day before: another package,"
                " price, discount or add-on."
            ),
        ),
        Meaning(
            _("Reactivated"),
            _(
                "Switched-off services that are back on, and customers who had left altogether and"
                " came back (“Returned”) with a new service."
            ),
        ),
        Meaning(
            _("Churned"),
            _(
                "Services that were cancelled, and services that were switched off. A service that"
                " is cut off for a few days and comes back is in both: churned on one day,"
                " reactivated on another."
            ),
        ),
        Meaning(
            _("Moved"),
            _(
                "Shown only for a part of the company: services that moved into it or out of it,"
                " at the revenue they brought along. Over the whole company it is nothing."
            ),
        ),
        Meaning(
            _("They add up"),
            _(
                "End = start + new + expansion + reactivated − contraction − churned. It is proven"
                " every night, for every branch, area, package and reseller."
            ),
        ),
    ]
