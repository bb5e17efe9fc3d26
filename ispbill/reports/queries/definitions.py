"""Each figure once: its name, what is in it, the one query that answers it, the list behind it.

The first page and the reports take a figure's name and meaning from here, and what they show is
what its query answers for the same days and the same part of the company (a test compares them).
Flows are of the days `since` to `until`, stocks are of the end of `until`.
"""

from datetime import date

from ispbill.reports.queries.answering import Answer, Asked
from ispbill.reports.queries.customer_figures import CUSTOMER_FIGURES
from ispbill.reports.queries.defining import Definition
from ispbill.reports.queries.help_figures import HELP_FIGURES
from ispbill.reports.queries.money_figures import MONEY_FIGURES
from ispbill.reports.queries.scope import Scope

FIGURES: dict[str, Definition] = {
    one.key: one for one in (*MONEY_FIGURES, *CUSTOMER_FIGURES, *HELP_FIGURES)
}


def value(key: str, *, since: date, until: date, scope: Scope) -> Answer:
    """Return a figure by its one query."""
    return FIGURES[key].query(Asked(since, until, scope))
