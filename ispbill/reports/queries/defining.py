"""What a figure is: its name, what is in it, the one query that answers it, the list behind it."""

from dataclasses import dataclass

from django.utils.functional import Promise

from ispbill.reports.queries.answering import Query

MONEY, PERCENT, COUNT, RATIO, DAYS, MINUTES = "money", "percent", "", "ratio", "days", "minutes"


@dataclass(frozen=True)
class Definition:
    """A figure: `rows` is what `queries.rows` calls the list behind it, "" where there is none."""

    key: str
    name: str | Promise
    unit: str
    meaning: str | Promise
    query: Query
    rows: str = ""
