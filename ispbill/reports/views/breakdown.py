"""The same figures by branch, area, package or reseller."""

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ispbill.core import formats
from ispbill.core.charts import Chart, Point
from ispbill.reports.forms.period import Chosen
from ispbill.reports.queries import collection, figures
from ispbill.reports.queries.collection import Collection
from ispbill.reports.queries.figures import Span
from ispbill.reports.views.report import (
    MONEY,
    Cell,
    Links,
    Meaning,
    Report,
    Table,
    count,
    money,
    percent,
    text,
)

DRAWN = 12
_END = gettext_lazy("Recurring revenue a month at the end")


def report(chosen: Chosen, links: Links, dimension: str) -> Report:
    """Return the tab: one row for each part, the largest revenue first, and their sum."""
    parts = figures.by(dimension, since=chosen.since, until=chosen.until, scope=chosen.scope)
    rates = collection.by(dimension, since=chosen.since, until=chosen.until, scope=chosen.scope)
    names = figures.names(dimension)
    whole = figures.span(since=chosen.since, until=chosen.until, scope=chosen.scope)
    shown = sorted(
        ((number, part) for number, part in parts.items() if _is_worth_a_row(part)),
        key=lambda pair: (-pair[1].closing["monthly_amount"], pair[0]),
    )
    labels = {number: names.get(number, "") or _nothing(dimension) for number, _part in shown}
    total = whole.closing["monthly_amount"]
    drawn = [pair for pair in shown if pair[1].closing["monthly_amount"]][:DRAWN]
    return Report(
        charts=[
            Chart(
                "names",
                "parts",
                _finding(labels[drawn[0][0]], drawn[0][1], total) if drawn else _END,
                _END if drawn else "",
                MONEY,
                _("Revenue"),
                points=[
                    Point(labels[number], part.closing["monthly_amount"]) for number, part in drawn
                ],
            )
        ],
        tables=_tables(shown, labels, total, rates, whole, dimension, links),
        meanings=_meanings(dimension),
        has_any=bool(shown),
    )


def _finding(label: str, largest: Span, total: Decimal) -> str:
    """Say what the drawing shows: whose revenue is the largest, and its share of all."""
    share = 100 * largest.closing["monthly_amount"] / total
    return _("%(name)s brings %(share)s %% of the recurring revenue") % {
        "name": label,
        "share": formats.number(round(share, 1)),
    }


def _tables(
    shown: list[tuple[int, Span]],
    labels: dict[int, str],
    total: Decimal,
    rates: dict[int, Collection],
    whole: Span,
    dimension: str,
    links: Links,
) -> list[Table]:
    return [
        Table(
            title=titles()[dimension],
            head=[
                heads()[dimension],
                _("Recurring revenue"),
                _("Share"),
                _("Change"),
                _("Services"),
                _("Customers"),
                _("Revenue per customer"),
                _("Started"),
                _("Cancelled"),
                _("Billed"),
                _("Collected"),
                _("Efficiency"),
            ],
            rows=[
                _row(
                    labels[number],
                    number,
                    part,
                    total,
                    links,
                    dimension,
                    rates.get(number, Collection()),
                )
                for number, part in shown
            ],
            total=_row(
                _("Total"), None, whole, total, links, dimension, sum(rates.values(), Collection())
            ),
        )
    ]


def _row(
    label: str,
    number: int | None,
    part: Span,
    total: Decimal,
    links: Links,
    dimension: str,
    rate: Collection,
) -> list[Cell]:
    here: dict[str, Any] = {} if number is None else {dimension: number}
    # What belongs to no area, package or branch has no filter to be listed by.
    is_listed = number != 0 or dimension == "reseller"

    def rows(what: str) -> str:
        return links.rows(what, **here) if is_listed else ""

    amount = part.closing["monthly_amount"]
    return [
        text(label),
        money(amount, rows("in_use")),
        percent(round(100 * amount / total, 1) if total else None),
        money(part.movement),
        count(part.closing["services"], rows("in_use")),
        count(part.closing["customers"], rows("customers")),
        money(None if part.per_customer is None else round(part.per_customer, 2)),
        count(part["added_count"], rows("added")),
        count(part["cancelled_count"], rows("cancelled")),
        money(part.billed, rows("billed")),
        money(part.collected, rows("collected")),
        percent(rate.percent),
    ]


def _is_worth_a_row(part: Span) -> bool:
    return bool(
        part.closing["services"] or part.opening["services"] or part.billed or part.collected
    )


def _nothing(dimension: str) -> str:
    return _("Without reseller") if dimension == "reseller" else _("Before any service")


def titles() -> dict[str, str]:
    return {
        "branch": _("By branch"),
        "area": _("By area"),
        "package": _("By package"),
        "reseller": _("By reseller"),
    }


def heads() -> dict[str, str]:
    return {
        "branch": _("Branch"),
        "area": _("Area"),
        "package": _("Package"),
        "reseller": _("Reseller"),
    }


def _meanings(dimension: str) -> list[Meaning]:
    found = [
        Meaning(
            _("Where a figure belongs"),
            _(
                "Each service counts where its customer was on each day. Billed and collected"
                " belong to the branch on the document and to where the customer was on that day."
            ),
        ),
        Meaning(
            _("Efficiency"),
            _(
                "How much of the bills due on these days was paid, see “Collection and ageing”."
                " It is not collected in percent of billed."
            ),
        ),
        Meaning(
            _("Change"),
            _("Recurring revenue at the end less at the start, moves between parts included."),
        ),
    ]
    if dimension == "package":
        found.append(
            Meaning(
                _("Money by package"),
                _(
                    "A billed line belongs to the package of its service. A payment belongs to the"
                    " package of the customer's first service, since it is not made for one."
                ),
            )
        )
    return found
