"""Each figure once: its name, what is in it, the one query that answers it, the list behind it.

The first page and the reports take a figure's name and meaning from here, and what they show is
what its query answers for the same days and the same part of the company (a test compares them).
Flows are of the days `since` to `until`, stocks are of the end of `until`.
"""

from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ispbill.reports.queries import answering
from ispbill.reports.queries.answering import Answer, Asked, Query
from ispbill.reports.queries.scope import Scope

MONEY, PERCENT, COUNT, RATIO, DAYS = "money", "percent", "", "ratio", "days"


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
    return FIGURES[key].query(Asked(since, until, scope))


_ALL = (
    Definition(
        "billed",
        _("Billed"),
        MONEY,
        _(
            "Net and tax of the invoices issued on these days, whatever they are for. An invoice"
            " made void is taken off on the day it was made void."
        ),
        lambda asked: asked.span.billed,
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
        answering.collected,
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
        answering.collection,
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
        lambda asked: asked.owed.amount,
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
        lambda asked: asked.owed.overdue,
        "overdue",
    ),
    Definition(
        "dso",
        _("Days of billing owed"),
        DAYS,
        _(
            "What is owed, measured in days of billing: divided by what was billed in the last"
            " ninety days less credit notes, times ninety (often called DSO)."
        ),
        answering.days_owed,
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
        answering.recurring,
        "in_use",
    ),
    Definition(
        "customers",
        _("Paying customers"),
        COUNT,
        _("Customers with a service that counts in recurring revenue, each once."),
        lambda asked: int(asked.span.closing["customers"]),
        "customers",
    ),
    Definition(
        "started",
        _("Services started"),
        COUNT,
        _("Services activated for the first time on these days."),
        lambda asked: int(asked.span["added_count"]),
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
        lambda asked: int(asked.span["cancelled_count"]),
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
        lambda asked: asked.span["churned_amount"],
        "churned",
    ),
    Definition(
        "arpu",
        _("Revenue per customer"),
        MONEY,
        _(
            "Recurring revenue a month divided by the customers with a service that counts in"
            " it, free ones included (often called ARPU). For one package a customer counts where"
            " the first of the services in use is."
        ),
        answering.per_customer,
    ),
    Definition(
        "quick_ratio",
        _("Won for each lost"),
        RATIO,
        _(
            "Recurring revenue that is new, more or back, divided by what was cancelled or became"
            " less. Services switched off and on again are in neither. Above 1 the company grows."
        ),
        lambda asked: asked.span.quick_ratio,
    ),
    Definition(
        "customers_joined",
        _("Customers joined"),
        COUNT,
        _("Customers whose first service came into use on these days."),
        lambda asked: asked.turnover.joined,
        "joined",
    ),
    Definition(
        "customers_left",
        _("Customers left"),
        COUNT,
        _(
            "Customers without a service in use for thirty days in a row, on the first of them:"
            " every service has ended, or is cut for not paying, prepaid time that is over, fraud"
            " or policy. A break of one's own and a technical cut are no leaving. Who is back"
            " within thirty days never left; the last thirty days are not final yet."
        ),
        lambda asked: asked.turnover.left,
        "left",
    ),
    Definition(
        "came_back",
        _("Customers back"),
        COUNT,
        _("Customers who had left and have a service in use again since these days."),
        lambda asked: asked.turnover.came_back,
        "came_back",
    ),
    Definition(
        "net_customers",
        _("Net customers"),
        COUNT,
        _("Customers joined and customers back, less customers left."),
        lambda asked: asked.turnover.net,
    ),
    Definition(
        "customer_churn",
        _("Customer churn"),
        PERCENT,
        _(
            "Of the customers there were when these days began, how many left on them. Who joined"
            " and left within them is not in it."
        ),
        lambda asked: asked.turnover.churn,
    ),
    Definition(
        "revenue_churn",
        _("Revenue churn"),
        PERCENT,
        _(
            "What those who left paid a month on their last day in use, in percent of recurring"
            " revenue when these days began."
        ),
        answering.revenue_churn,
    ),
    Definition(
        "promises",
        _("Promises kept"),
        PERCENT,
        _(
            "Of the promised times of tickets that ended on these days, first answer, next word"
            " and resolution: how many were kept."
        ),
        answering.promises_kept,
    ),
    Definition(
        "csat",
        _("Satisfied customers"),
        PERCENT,
        _("Of the answers about resolved tickets given on these days: four or five stars."),
        answering.satisfied,
    ),
    Definition(
        "nps",
        _("Would recommend us"),
        COUNT,
        _(
            "Of each customer's last answer on these days: percent of nines and tens less percent"
            " of zero to six. Under five answers none is told."
        ),
        lambda asked: asked.said.nps,
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
        answering.coming,
    ),
)
FIGURES = {one.key: one for one in _ALL}
