"""The reports one can open, take along as a file, or have sent: which there are, and what is in one.

A report is the sheet of all figures, or the list behind one of them. What it says comes from the
one registry (`definitions`) and from the lists that figures are sums of (`rows`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ispbill.accounts.models import Branch
from ispbill.core import sheets
from ispbill.reports.queries import definitions, rows, tables
from ispbill.reports.queries.answering import Answer, Asked
from ispbill.reports.queries.defining import Definition
from ispbill.reports.queries.scope import Scope
from ispbill.reports.queries.tables import Paper

SHEET = "figures"


@dataclass(frozen=True)
class Kind:
    """A report of the library; `key` names it in addresses and schedules."""

    key: str
    name: str | Promise
    text: str | Promise
    # What it holds, where that is no list behind a figure.
    table: Callable[..., Paper] | None = None


LISTS = (
    Kind(
        "left",
        gettext_lazy("Customers who left"),
        gettext_lazy("When, why, and what they paid a month."),
    ),
    Kind(
        "joined",
        gettext_lazy("Customers who joined"),
        gettext_lazy("Whose first service came into use."),
    ),
    Kind(
        "came_back", gettext_lazy("Customers who came back"), gettext_lazy("Who had left before.")
    ),
    Kind("added", gettext_lazy("Services started"), gettext_lazy("Each with its price a month.")),
    Kind(
        "cancelled",
        gettext_lazy("Services cancelled"),
        gettext_lazy("Each with its price a month."),
    ),
    Kind("billed", gettext_lazy("Invoices issued"), gettext_lazy("With tax; void ones taken off.")),
    Kind(
        "collected",
        gettext_lazy("Payments booked"),
        gettext_lazy("Less what was reversed or paid out."),
    ),
    Kind("returned_money", gettext_lazy("Payments reversed"), gettext_lazy("And paid out again.")),
    Kind("credited", gettext_lazy("Credit notes"), gettext_lazy("What was given back on bills.")),
    Kind("written_off", gettext_lazy("Write-offs"), gettext_lazy("Money that will not come.")),
    Kind(
        "overdue",
        gettext_lazy("Owed and past due"),
        gettext_lazy("Bill by bill, at the end of the days."),
    ),
)
TABLES = (
    Kind(
        "tax",
        gettext_lazy("Tax by rate"),
        gettext_lazy("Of the documents booked on these days, as in the books."),
        tables.tax,
    ),
    Kind(
        "methods",
        gettext_lazy("Payments by method"),
        gettext_lazy("How many, how much, and what went back."),
        tables.methods,
    ),
    Kind(
        "discounts",
        gettext_lazy("Discounts on bills"),
        gettext_lazy("What was taken off, line by line."),
        tables.discounts,
    ),
    Kind(
        "resellers",
        gettext_lazy("Resellers"),
        gettext_lazy("What their customers paid, what they earned and were paid."),
        tables.resellers,
    ),
    Kind(
        "usage",
        gettext_lazy("Usage by customer"),
        gettext_lazy("Who used most, down and up."),
        tables.usage,
    ),
    Kind(
        "messages",
        gettext_lazy("Messages"),
        gettext_lazy("By event and way: handed over, delivered, failed, and the cost."),
        tables.messages,
    ),
    Kind(
        "risk",
        gettext_lazy("Customers who may leave"),
        gettext_lazy("High and medium risk as of last night, with the reasons."),
        tables.at_risk,
    ),
)
KINDS = {
    kind.key: kind
    for kind in (
        Kind(
            SHEET,
            gettext_lazy("All figures by branch"),
            gettext_lazy("Every figure of the company and of each branch, side by side."),
        ),
        *LISTS,
        *TABLES,
    )
}


@dataclass(frozen=True)
class Line:
    """A figure with its value in each column."""

    figure: Definition
    values: Sequence[Answer]


@dataclass(frozen=True)
class Sheet:
    """All figures of some days; the first column is the whole that is looked at."""

    columns: Sequence[str]
    lines: Sequence[Line]


def sheet(*, since: date, until: date, branch_id: int | None) -> Sheet:
    """Return every figure, of the company and each branch, or of one branch alone."""
    branches = Branch.objects.order_by("name").values_list("pk", "name")
    if branch_id is None:
        columns = [(None, _("Company")), *branches]
    else:
        columns = [(branch_id, dict(branches)[branch_id])]
    if len(columns) == 2:  # one branch is the company
        columns = columns[:1]
    asked = [Asked(since, until, Scope(branch_id=number)) for number, _name in columns]
    lines = [
        Line(one, [one.query(column) for column in asked]) for one in definitions.FIGURES.values()
    ]
    return Sheet([name for _number, name in columns], lines)


def paper(key: str, *, since: date, until: date, branch_id: int | None) -> Paper:
    """Return a report of the library, as a table."""
    table = KINDS[key].table
    if table is not None:
        return table(since=since, until=until, branch_id=branch_id)
    if key == SHEET:
        found = sheet(since=since, until=until, branch_id=branch_id)
        return Paper(
            [_("Figure"), *found.columns, _("Meaning")],
            [
                [str(line.figure.name), *line.values, str(line.figure.meaning)]
                for line in found.lines
            ],
        )
    listed = rows.of(
        key, since=since, until=until, scope=Scope(branch_id=branch_id), most=sheets.MOST_XLSX_ROWS
    )
    return Paper(
        [_("Day"), _("Customer number"), _("Customer"), _("About"), _("Amount")],
        [
            [row.day, row.customer_number, row.customer_name, row.about, row.amount]
            for row in listed.rows
        ],
    )
