"""A table of the console as a file: what stands in a line, read a thousand at a time.

A file holds every row that somebody may see (`visible_to` of its own room), whatever a page shows
of them at a time. Cells are what the pages say; texts of letters and notes stay where they are.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from django.db.models import Model, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from ispbill.accounts.models import User
from ispbill.core import sheets

# The head of a column, and where its value is found from the row: `customer.number`.
Column = tuple[str | Promise, str]


@dataclass(frozen=True)
class ListFile:
    """A table that leaves as a file: its rows by who asks, the newest first, and its columns."""

    key: str
    name: str | Promise
    capability: str
    found: Callable[[User], QuerySet[Any]]
    columns: Sequence[Column]
    names_people: bool = True  # then it needs `customers.export` too


def head(one: ListFile) -> list[sheets.Cell]:
    """Return the columns' heads."""
    return [str(label) for label, _path in one.columns]


def rows(one: ListFile, user: User, *, most: int) -> Iterator[list[sheets.Cell]]:
    """Yield the lines somebody may see, the newest first, read a thousand at a time."""
    along = sorted({path.rpartition(".")[0] for _label, path in one.columns} - {"", "span"})
    found = one.found(user)
    found = found.select_related(*[path.replace(".", "__") for path in along]).order_by("-pk")
    for row in islice(found.iterator(chunk_size=1000), most):
        yield [_cell(row, path) for _label, path in one.columns]


def _cell(row: Model, path: str) -> sheets.Cell:
    value: Any = row
    for part in path.split("."):
        value = getattr(value, part, None)
        if value is None:
            return None
    if callable(value):
        value = value()
    if isinstance(value, bool):
        return str(_("Yes")) if value else str(_("No"))
    if isinstance(value, datetime):
        return timezone.localtime(value)
    return str(value) if isinstance(value, Promise) else value
