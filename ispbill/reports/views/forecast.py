"""What the present month and the next two will bring."""

from django.utils.translation import gettext as _

from ispbill.core import formats
from ispbill.core.charts import Chart, Point
from ispbill.core.money import ZERO
from ispbill.reports.forms.period import Chosen
from ispbill.reports.queries import figures, outlook
from ispbill.reports.views.collection import billed
from ispbill.reports.views.report import (
    COUNT,
    MONEY,
    Cell,
    Figure,
    Links,
    Meaning,
    Report,
    Table,
    count,
    money,
    month_name,
    month_words,
    percent,
    text,
)


def report(chosen: Chosen, links: Links) -> Report:
    """Return the tab: bills from the plan, cash from how bills were paid before."""
    state = figures.state()
    built = state.built_until if state is not None else chosen.until
    months = outlook.months(scope=chosen.scope, built_until=built)
    learnt = outlook.pattern(scope=chosen.scope, built_until=built)
    past = figures.months(since=chosen.since, until=built, scope=chosen.scope)
    this, coming = months[0], months[1]
    parts = outlook.by_rate(scope=chosen.scope)
    points = [
        Point(month_words(month.first), billed(month)) for month in past if month.first < this.month
    ]
    return Report(
        figures=_figures(this, coming, learnt),
        charts=[
            Chart(
                "bars",
                "bills",
                _("Bills by month; planned ones paler"),
                "",
                MONEY,
                _("Billed"),
                points=[
                    *points[-9:],
                    *(Point(month_words(one.month), one.total, is_partial=True) for one in months),
                ],
            )
        ],
        tables=[_months(months), _rates(parts, links), _pattern(learnt)],
        meanings=_meanings(),
        has_any=any(one.total or one.collected for one in months),
    )


def _figures(
    this: outlook.Outlook, coming: outlook.Outlook, learnt: outlook.Pattern
) -> list[Figure]:
    return [
        Figure(
            _("Bills of %(month)s") % {"month": month_name(coming.month)},
            coming.total,
            MONEY,
            note=_("%(count)s periods") % {"count": formats.number(coming.periods)},
        ),
        Figure(
            _("Cash of %(month)s") % {"month": month_name(coming.month)},
            coming.cash,
            MONEY,
            note=_("expected, from how bills were paid before"),
        ),
        Figure(
            _("Still to be billed this month"),
            this.planned_net + this.planned_tax,
            MONEY,
            note=_("%(count)s periods") % {"count": formats.number(this.periods)},
        ),
        Figure(_("Months learnt from"), learnt.months, COUNT),
    ]


def _months(months: list[outlook.Outlook]) -> Table:
    return Table(
        title=_("Forecast"),
        head=[
            _("Month"),
            _("Billed so far"),
            _("Planned net"),
            _("Planned tax"),
            _("Bills in all"),
            _("Collected so far"),
            _("Cash expected"),
        ],
        rows=[
            [
                text(month_name(one.month)),
                money(one.billed),
                money(one.planned_net),
                money(one.planned_tax),
                money(one.total),
                money(one.collected),
                money(one.cash),
            ]
            for one in months
        ],
    )


def _rates(parts: list[outlook.RatePart], links: Links) -> Table:
    return Table(
        title=_("Forecast by rate of tax"),
        head=[
            _("Month"),
            _("Rate"),
            _("Periods"),
            _("Planned net"),
            _("Planned tax"),
            _("Planned in all"),
        ],
        rows=[_part(one, links) for one in parts],
        total=[
            text(_("In all")),
            text(""),
            count(sum(one.periods for one in parts)),
            money(sum((one.net for one in parts), ZERO)),
            money(sum((one.tax for one in parts), ZERO)),
            money(sum((one.net + one.tax for one in parts), ZERO)),
        ],
        note=_(
            "The rate is that of the package on the day of the bill; exempt customers"
            " stand at zero."
        ),
    )


def _pattern(learnt: outlook.Pattern) -> Table:
    return Table(
        title=_("How bills were paid"),
        head=[_("After the month of the bill"), _("Share of what was billed")],
        rows=[
            [text(_lag(number)), percent(round(100 * share, 1))]
            for number, share in enumerate(learnt.shares)
        ],
        note=_("Averaged over the last %(count)s months.") % {"count": learnt.months},
    )


def _meanings() -> list[Meaning]:
    return [
        Meaning(
            _("Bills"),
            _(
                "Every service in use is taken at its monthly amount times the months of its"
                " cycle, on each billing date from the first day that is not billed yet, in"
                " the month the bill will be issued (the company's days of lead before the"
                " period). Nobody is assumed to join, leave or change; prepaid services are"
                " not in it."
            ),
        ),
        Meaning(
            _("Cash"),
            _(
                "Of the bills of a month, the share that was paid in the same month, one month"
                " later, and so on, averaged over the last six months, is laid over the bills"
                " of this and the coming months. What is paid later than the third month after"
                " is not counted."
            ),
        ),
    ]


def _part(one: outlook.RatePart, links: Links) -> list[Cell]:
    url = links.rows("forecast", month=one.month.isoformat(), rate=f"{one.rate:f}")
    return [
        text(month_name(one.month)),
        percent(100 * one.rate),
        count(one.periods, url),
        money(one.net, url),
        money(one.tax),
        money(one.net + one.tax),
    ]


def _lag(number: int) -> str:
    if number == 0:
        return _("in the same month")
    return _("month %(number)s after") % {"number": count(number).words}
