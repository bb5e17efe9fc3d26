"""Billed and collected, and what is still owed by age."""

from decimal import Decimal

from django.utils.translation import gettext as _

from ispbill.core import formats
from ispbill.core.charts import Chart, Point, Series
from ispbill.reports.forms.period import Chosen
from ispbill.reports.queries import collection, figures
from ispbill.reports.rules import ratios
from ispbill.reports.rules.measures import AGEING
from ispbill.reports.rules.months import last_of
from ispbill.reports.views.report import (
    MONEY,
    Cell,
    Figure,
    Links,
    Report,
    Table,
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


def report(chosen: Chosen, links: Links) -> Report:
    """Return the tab: billed, came in, collected of what was due, and receivables by age."""
    span = figures.span(since=chosen.since, until=chosen.until, scope=chosen.scope)
    before = figures.span(since=chosen.before[0], until=chosen.before[1], scope=chosen.scope)
    months = figures.months(since=chosen.since, until=chosen.until, scope=chosen.scope)
    rate = collection.of(since=chosen.since, until=chosen.until, scope=chosen.scope)
    owed = sum((months[-1][name] for name in AGEING), Decimal(0)) if months else Decimal(0)
    late = owed - months[-1]["not_due_amount"] if months else Decimal(0)
    return Report(
        figures=_figures(span, before, rate, owed, late, chosen, links),
        charts=_charts(months, chosen),
        tables=_tables(months, chosen, links),
        meanings=meanings("billed", "collected", "collection", "owed", "overdue", "dso"),
        has_any=bool(span.billed or span.collected or owed),
    )


def _figures(
    span: figures.Span,
    before: figures.Span,
    rate: collection.Collection,
    owed: Decimal,
    late: Decimal,
    chosen: Chosen,
    links: Links,
) -> list[Figure]:
    return [
        defined(
            "billed",
            span.billed,
            links.rows("billed"),
            before=before.billed,
            note=_("tax %(amount)s") % {"amount": formats.money(span["billed_tax_amount"])},
        ),
        defined(
            "collected",
            span.collected,
            links.rows("collected"),
            before=before.collected,
            note=_("reversed: %(amount)s")
            % {"amount": formats.money(span["returned_money_amount"])},
        ),
        defined(
            "collection",
            rate.percent,
            before=_rate_before(chosen),
            note=_("%(paid)s of %(due)s due")
            % {"paid": formats.money(rate.paid), "due": formats.money(rate.due)},
        ),
        *_given_up(span, before, links),
        defined("owed", owed, links.rows("owed", until=chosen.until)),
        defined("overdue", late, links.rows("overdue", until=chosen.until)),
        defined(
            "dso",
            ratios.days_owed(owed, figures.billed_lately(until=chosen.until, scope=chosen.scope)),
        ),
    ]


def _given_up(span: figures.Span, before: figures.Span, links: Links) -> list[Figure]:
    return [
        Figure(
            _("Credited"),
            span["credited_amount"],
            MONEY,
            links.rows("credited"),
            before=before["credited_amount"],
            more_is="neutral",
        ),
        Figure(
            _("Written off"),
            span["written_off_amount"],
            MONEY,
            links.rows("written_off"),
            before=before["written_off_amount"],
            more_is="danger",
        ),
    ]


def _tables(months: list[figures.Month], chosen: Chosen, links: Links) -> list[Table]:
    return [
        Table(
            title=_("Collection by month"),
            head=[
                _("Month"),
                _("Billed net"),
                _("Tax"),
                _("Billed"),
                _("Collected"),
                _("Due"),
                _("Of it paid"),
                _("Efficiency"),
                _("Credited"),
                _("Written off"),
            ],
            rows=[_row(month, links, chosen) for month in months],
        ),
        Table(
            title=_("Receivables by age at each month's end"),
            head=[_("Month"), *_ages(), _("Owed in all")],
            rows=[_age_row(month, links, chosen) for month in months],
        ),
    ]


def _charts(months: list[figures.Month], chosen: Chosen) -> list[Chart]:
    return [
        Chart(
            "lines",
            "billed-collected",
            _("Billed and collected by month"),
            "",
            MONEY,
            labels=[month_words(month.first) for month in months],
            series=[
                Series(_("Billed"), [billed(month) for month in months]),
                Series(_("Collected"), [collected(month) for month in months]),
            ],
        ),
        Chart(
            "names",
            "ageing",
            _("What is owed, by days past the due date"),
            _("At the end of %(day)s.") % {"day": formats.day(chosen.until)},
            MONEY,
            _("Owed"),
            points=[
                Point(label, months[-1][name] if months else None)
                for name, label in zip(AGEING, _ages(), strict=True)
            ],
        ),
    ]


def _rate_before(chosen: Chosen) -> Decimal | None:
    """Whole months are compared with whole ones; a month half over has been asked for half."""
    since, until = chosen.before
    if until != last_of(until) or not is_over(chosen):
        return None
    return collection.of(since=since, until=until, scope=chosen.scope).percent


def billed(month: figures.Month) -> Decimal:
    return Decimal(month["billed_net_amount"] + month["billed_tax_amount"])


def collected(month: figures.Month) -> Decimal:
    return Decimal(month["collected_amount"] - month["returned_money_amount"])


def _row(month: figures.Month, links: Links, chosen: Chosen) -> list[Cell]:
    since, until = days_of(month, chosen)
    asked, got = billed(month), collected(month)
    of_due = collection.Collection(month["due_amount"], month["due_paid_amount"])
    return [
        text(month_name(month.first)),
        money(month["billed_net_amount"], links.rows("billed", since=since, until=until)),
        money(month["billed_tax_amount"]),
        money(asked, links.rows("billed", since=since, until=until)),
        money(got, links.rows("collected", since=since, until=until)),
        money(of_due.due),
        money(of_due.paid),
        percent(of_due.percent),
        money(month["credited_amount"], links.rows("credited", since=since, until=until)),
        money(month["written_off_amount"], links.rows("written_off", since=since, until=until)),
    ]


def _age_row(month: figures.Month, links: Links, chosen: Chosen) -> list[Cell]:
    _since, until = days_of(month, chosen)
    return [
        text(month_name(month.first)),
        *(
            money(month[name], links.rows(name.removesuffix("_amount"), until=until))
            for name in AGEING
        ),
        money(sum((month[name] for name in AGEING), Decimal(0)), links.rows("owed", until=until)),
    ]


def _ages() -> list[str]:
    return [_("Not due yet"), _("1–30 days"), _("31–60 days"), _("61–90 days"), _("Over 90 days")]
