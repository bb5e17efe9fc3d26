"""Pages of a list that is the newest first, by the id of the row at the edge.

New rows shift nobody's page: a cursor says which row one goes on from. One that makes no sense
leads to the first page.
"""

from dataclasses import dataclass
from typing import Generic, TypeVar

from django.db.models import Model, QuerySet
from django.http import QueryDict

from ispbill.core import digits

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Rows, newest first, and the cursors to either side ("" where there is none)."""

    rows: list[Row]
    newer: str = ""
    older: str = ""


def page(rows: QuerySet[Row], *, size: int, after: str = "", before: str = "") -> Page[Row]:
    """Return a page: what is older than the cursor `after`, or newer than the cursor `before`."""
    edge = _read(before)
    if edge is not None:
        found = list(rows.filter(pk__gt=edge).order_by("pk")[: size + 1])
        return _page(found[:size][::-1], has_newer=len(found) > size, has_older=True)
    edge = _read(after)
    if edge is not None:
        rows = rows.filter(pk__lt=edge)
    found = list(rows.order_by("-pk")[: size + 1])
    return _page(found[:size], has_newer=edge is not None, has_older=len(found) > size)


def asked(query: QueryDict) -> dict[str, str]:
    """Return the cursors of an address, as `page` takes them."""
    return {"after": query.get("after", ""), "before": query.get("before", "")}


def _page(rows: list[Row], *, has_newer: bool, has_older: bool) -> Page[Row]:
    newer = str(rows[0].pk) if rows and has_newer else ""
    older = str(rows[-1].pk) if rows and has_older else ""
    return Page(rows, newer, older)


def _read(cursor: str) -> int | None:
    """Return the id a cursor names; None for none, and for what is no id."""
    return digits.row_id(cursor)
