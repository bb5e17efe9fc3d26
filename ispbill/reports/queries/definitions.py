"""Each figure once: its name, what is in it, the one query that answers it, the list behind it.

The first page and the reports take a figure's name and meaning from here, and what they show is
what its query answers for the same days and the same part of the company (a test compares them).
Flows are of the days `since` to `until`, stocks are of the end of `until`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ispbill.reports.queries import collection as collections
from ispbill.reports.queries import coming, figures, month, owed, revenue
from ispbill.reports.queries.scope import Scope

Answer = Decimal | int | None
Query = Callable[[date, date, Scope], Answer]
MONEY, PERCENT, COUNT = "money", "percent", ""


@dataclass(frozen=True)
class Definition:
    """A figure: `rows` is what `queries.rows` calls the list behind it, "" where there is none."""

    key: str
    name: str | Promise
    unit: str
    meaning: str | Promise
    query: Query
    rows: str = ""


def value(key: str, *, since: date, until: date, scope: Scope) -> Answer:
    """Return a figure by its one query."""
    return FIGURES[key].query(since, until, scope)


def _flow(read: Callable[[figures.Span], Answer]) -> Query:
    return lambda since, until, scope: read(figures.span(since=since, until=until, scope=scope))


def _collected(since: date, until: date, scope: Scope) -> Decimal:
    built = figures.state()
    if built is None or built.built_until < until:  # only the running month is reckoned live
        return month.collection(on=until, branch_id=scope.branch_id).collected
    return figures.span(since=since, until=until, scope=scope).collected


def _recurring(since: date, until: date, scope: Scope) -> Decimal:
    built = figures.state()
    if built is None or built.built_until < until:
        return revenue.recurring(on=until, branch_id=scope.branch_id).amount
    return Decimal(figures.span(since=since, until=until, scope=scope).closing["monthly_amount"])


def _collection(since: date, until: date, scope: Scope) -> Decimal | None:
    return collections.of(since=since, until=until, scope=scope).percent


def _owed(_since: date, until: date, scope: Scope) -> Decimal:
    return owed.owed(on=until, branch_id=scope.branch_id).amount


def _overdue(_since: date, until: date, scope: Scope) -> Decimal:
    return owed.owed(on=until, branch_id=scope.branch_id).overdue


def _coming(_since: date, until: date, scope: Scope) -> Decimal | None:
    return coming.coming(on=until, branch_id=scope.branch_id).amount


_ALL = (
    Definition(
        "billed",
        _("Billed"),
        MONEY,
        _(
            "Net and tax of the invoices issued on these days, whatever they are for. An invoice"
            " made void is taken off on the day it was made void."
        ),
        _flow(lambda span: span.billed),
        "billed",
    ),
    Definition(
        "collected",
        _("Collected"),
        MONEY,
        _(
            "Payments booked on these days, less payments reversed or refunded on these days. It"
            " includes money paid for older bills and in advance."
        ),
        _collected,
        "collected",
    ),
    Definition(
        "collection",
        _("Collection efficiency"),
        PERCENT,
        _(
            "Of the bills due on these days, less their credit notes: how much was paid at the end"
            " of the month they were due, or is paid by now. Money paid in advance counts in the"
            " month of its bill, money for older bills does not. A write-off lowers nothing, and"
            " what is reversed later leaves past months as they stood."
        ),
        _collection,
    ),
    Definition(
        "owed",
        _("Owed"),
        MONEY,
        _(
            "What was left of issued invoices at the end of the day, after payments applied to"
            " them, credit notes and write-offs, due or not. Credit that customers have not used"
            " yet is not taken off."
        ),
        _owed,
        "owed",
    ),
    Definition(
        "overdue",
        _("Past due"),
        MONEY,
        _(
            "The part of what is owed whose due date is over, whether or not days of grace are"
            " left. Its ages count the days since the due date."
        ),
        _overdue,
        "overdue",
    ),
    Definition(
        "mrr",
        _("Recurring revenue a month"),
        MONEY,
        _(
            "What the services in use bring in a month, without tax: each at its price of that"
            " day, a quarterly one by a third and an annual one by a twelfth, less discounts and"
            " with add-ons. A service counts from the day it is activated until the day it is"
            " cancelled. While it is switched off it counts only when those days are billed all"
            " the same. One-off fees never count."
        ),
        _recurring,
        "in_use",
    ),
    Definition(
        "customers",
        _("Paying customers"),
        COUNT,
        _("Customers with a service that counts in recurring revenue, each once."),
        _flow(lambda span: int(span.closing["customers"])),
        "customers",
    ),
    Definition(
        "started",
        _("Services started"),
        COUNT,
        _("Services activated for the first time on these days."),
        _flow(lambda span: int(span["added_count"])),
        "added",
    ),
    Definition(
        "cancelled",
        _("Services cancelled"),
        COUNT,
        _(
            "Activated services that ended on these days, whether they were in use or switched off"
            " when they did."
        ),
        _flow(lambda span: int(span["cancelled_count"])),
        "cancelled",
    ),
    Definition(
        "churned",
        _("Cancelled while in use"),
        MONEY,
        _(
            "Recurring revenue of the services that were in use on the day they were cancelled. A"
            " service that was cut off first left recurring revenue then, under “Switched off”."
        ),
        _flow(lambda span: Decimal(span["churned_amount"])),
        "churned",
    ),
    Definition(
        "coming",
        _("Cash of the next 14 days"),
        MONEY,
        _(
            "Of what is open on issued bills: the part that comes in within fourteen days if each"
            " class of customers pays as it paid the bills of the last year (punctual, mostly"
            " punctual, late, new). Bills that are not issued yet are not in it. Dashed: if all"
            " that is open were paid by then."
        ),
        _coming,
    ),
)
FIGURES = {one.key: one for one in _ALL}
