"""Who stayed: customers by the month they began."""

from django.utils.translation import gettext as _

from ispbill.core.charts import Chart, Series
from ispbill.reports.forms.period import Chosen
from ispbill.reports.queries import cohorts
from ispbill.reports.queries.cohorts import Cohort
from ispbill.reports.rules.months import last_of
from ispbill.reports.views.report import (
    COUNT,
    PERCENT,
    Cell,
    Links,
    Meaning,
    Report,
    Table,
    count,
    month_name,
    text,
)


def report(chosen: Chosen, links: Links) -> Report:
    """Return the tab: a grid of the share of each month's beginners left month after month."""
    grid = cohorts.grid(since=chosen.since, until=chosen.until, scope=chosen.scope)
    width = max((len(cohort.kept) for cohort in grid), default=0)
    return Report(
        charts=[
            Chart(
                "lines",
                "retention",
                _("Customers left, month after month, in percent"),
                _("All cohorts together, each as far as it goes."),
                PERCENT,
                labels=[str(age) for age in range(width)],
                series=[Series(_("Left"), _together(grid, width))],
            )
        ],
        tables=[
            Table(
                title=_("Retention by month of beginning"),
                head=[_("Began in"), _("Customers"), *(_month(age) for age in range(width))],
                rows=[_row(cohort, width, links, chosen) for cohort in grid],
                note=_(
                    "The share of the customers who began in a month that were still customers"
                    " at the end of that month, of the next, and so on."
                ),
                is_grid=True,
            )
        ],
        meanings=[
            Meaning(
                _("Cohort"), _("All customers whose first service was activated in the same month.")
            ),
            Meaning(
                _("Left"),
                _(
                    "Still there are customers who have a service in use, or switched off and "
                    "not cancelled, at"
                    " the end of the month. A customer stays with the branch, area, package and"
                    " reseller of the beginning."
                ),
            ),
        ],
        has_any=bool(grid),
    )


def _row(cohort: Cohort, width: int, links: Links, chosen: Chosen) -> list[Cell]:
    cells = [text(month_name(cohort.month)), count(cohort.began)]
    for month, left in cohort.kept:
        share = round(100 * left / cohort.began) if cohort.began else None
        until = min(last_of(month), chosen.until)
        address = links.rows("cohort", until=until, month=cohort.month.isoformat())
        heat = None if share is None else share // 10
        cells.append(Cell(None if share is None else f"{share} %", COUNT, address, heat))
    return [*cells, *(Cell("", COUNT) for _age in range(width - len(cohort.kept)))]


def _together(grid: list[Cohort], width: int) -> list[int | None]:
    shares: list[int | None] = []
    for age in range(width):
        old = [cohort for cohort in grid if len(cohort.kept) > age]
        began = sum(cohort.began for cohort in old)
        left = sum(cohort.kept[age][1] for cohort in old)
        shares.append(round(100 * left / began) if began else None)
    return shares


def _month(age: int) -> str:
    return _("Month %(number)s") % {"number": age}
