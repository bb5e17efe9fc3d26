"""One page of the customers' list: sorted, found by key; then its rows, as plain values."""

import base64
import binascii
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import EmptyResultSet
from django.db.models import F, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import JSONObject

from customers.models import Customer, Subscription
from customers.queries import counting, directory, list_rows
from customers.queries.directory import Filters, Found
from ispbill.core.money import parse_number

SIZES = (25, 50, 100, 200)

# Sort name → column. The tie is always broken by the id.
SORTS = {
    "name": "name",
    "number": "pk",
    "balance": "account_state__balance_amount",
    "overdue": "account_state__oldest_due_date",
}
DEFAULT_SORT = "name"

_SORTED_BY = "sorted_by"
_MOST = 200
_kept: dict[tuple[str, str, bool, int], tuple[str, Sequence[Any]]] = {}

COLUMNS = (
    "pk",
    "number",
    "name",
    "local_name",
    "status",
    "phone",
    "address",
    "churn_risk",
    "tags",
    "customer_since",
    "archived_at",
    "is_duplicate_suspect",
    "reseller_id",
    "area__name",
    "branch__name",
    "collector__name",
    "account_state__balance_amount",
    "account_state__oldest_due_date",
    "account_state__next_billing_date",
    "account_state__last_paid_at",
    "account_state__last_paid_amount",
    "account_state__is_online",
    "account_state__nps",
)


@dataclass(frozen=True)
class Page:
    """Rows and the way on: `after` and `before` are cursors, "" where there is no more."""

    rows: list[dict[str, Any]]
    after: str = ""
    before: str = ""


@dataclass(frozen=True)
class Window:
    """Which page is wanted, in which order.

    `sort` is a name of SORTS, with a leading minus for descending; `after` and `before` are
    cursors of the page beside it.
    """

    sort: str = DEFAULT_SORT
    size: int = 25
    after: str = ""
    before: str = ""


FIRST = Window()


@dataclass(frozen=True)
class Listed:
    """A page of what was looked for; `found` is all of it."""

    page: Page
    found: Found


def listed(
    customers: QuerySet[Customer],
    filters: Filters,
    *,
    on: date,
    window: Window = FIRST,
    extras: Collection[str] = list_rows.EXTRAS,
    reach: str = "",
) -> Listed:
    """Return one page of the customers a filter leaves, named ones first.

    When nobody is spelt as typed, the nearest known spellings are looked for instead.
    With `reach`, which names what `customers` are, their number may be a moment old, and the
    statement of the first page of all is put together once.
    """
    found = directory.find(customers, filters, on=on, reach=reach)
    is_opening = bool(reach) and filters == Filters() and not (window.after or window.before)
    rows = page(
        found.customers,
        window=window,
        first=found.exact,
        extras=extras,
        reach=reach if is_opening else "",
    )
    return Listed(rows, found)


def owed(customers: QuerySet[Customer], found: Found) -> Decimal | None:
    """Return what those found owe in all, in the company's currency, credit of others not set off.

    None where it would be slow to say: more than FEW, or cut.
    """
    if found.is_cut or not found.count.is_exact or found.count.number > counting.FEW:
        return None
    among = Q(pk__in=found.customers.order_by().values("pk")) | Q(pk__in=found.exact)
    owing = customers.filter(among, account_state__balance_amount__gt=0)
    total: Decimal | None = owing.aggregate(total=Sum("account_state__balance_amount"))["total"]
    return total or Decimal(0)


def page(
    customers: QuerySet[Customer],
    *,
    window: Window = FIRST,
    first: tuple[int, ...] = (),
    extras: Collection[str] = list_rows.EXTRAS,
    reach: str = "",
) -> Page:
    """Return one page; `first` are ids to be shown on top of the first page.

    A cursor that makes no sense leads to the first page. Sorting by `overdue` leaves out customers
    who have no open invoice.
    `extras` are the columns beyond the usual ones, see `list_rows`. `reach` names what `customers`
    are, for the first page of all of them: its statement is then kept.
    """
    column, descends = _column(window.sort)
    if column != "pk" and column.startswith("account_state__"):
        customers = customers.filter(**{f"{column}__isnull": False})
    position = _read(window.before or window.after, column)
    backwards = bool(window.before) and position is not None
    if first:
        customers = customers.exclude(pk__in=first)
    pinned = list(first) if position is None else []
    if position is not None:
        customers = customers.filter(_beyond(column, position, descends != backwards))
    room = max(window.size - len(pinned), 1)
    statement = _sorted(customers, column, descends != backwards, room + 1, reach)
    found = list_rows.rows_of(*statement, extras=extras) if statement is not None else []
    has_more = len(found) > room
    found = found[:room]
    if backwards:
        found.reverse()
    return Page(
        rows=[*list_rows.rows(pinned, extras=extras), *[row for _value, row in found]],
        after=_cursor(found[-1]) if found and (has_more or backwards) else "",
        before=_cursor(found[0])
        if found and position is not None and (has_more or not backwards)
        else "",
    )


def values(customers: QuerySet[Customer]) -> QuerySet[Customer, dict[str, Any]]:
    """Return plain rows of COLUMNS, with the living services of each as `services`: for files."""
    living = Subscription.objects.filter(customer=OuterRef("pk")).exclude(
        status=Subscription.Status.CANCELLED
    )
    rows: QuerySet[Customer, dict[str, Any]] = customers.values(
        *COLUMNS,
        services=ArraySubquery(
            living.order_by("line_no").values(
                json=JSONObject(
                    package="package__name", technology="technology", connection="connection_id"
                )
            )
        ),
    )
    return rows


def _column(sort: str) -> tuple[str, bool]:
    column = SORTS.get(sort.removeprefix("-"))
    return (column, sort.startswith("-")) if column else (SORTS[DEFAULT_SORT], False)


def _sorted(
    customers: QuerySet[Customer], column: str, descends: bool, most: int, reach: str
) -> tuple[str, Sequence[Any]] | None:
    """Return the statement of the ids and what they are sorted by; None when nobody is left."""
    key = (reach, column, descends, most)
    if reach and key in _kept:
        return _kept[key]
    sign = "-" if descends else ""
    order = [f"{sign}{column}"] + ([f"{sign}pk"] if column != "pk" else [])
    try:
        statement = (
            customers.annotate(**{_SORTED_BY: F(column)})
            .order_by(*order)
            .values_list("pk", _SORTED_BY)[:most]
            .query.sql_with_params()
        )
    except EmptyResultSet:
        return None
    if reach:
        if len(_kept) >= _MOST:
            _kept.clear()
        _kept[key] = statement
    return statement


def _beyond(column: str, position: tuple[Any, int], descends: bool) -> Q:
    value, pk = position
    if column == "pk":
        return Q(pk__lt=pk) if descends else Q(pk__gt=pk)
    side = "lt" if descends else "gt"
    # The first part is what the index is entered by; the second settles ties.
    return Q(**{f"{column}__{side}e": value}) & (
        Q(**{f"{column}__{side}": value}) | Q(**{f"pk__{side}": pk})
    )


def _cursor(end: tuple[Any, list_rows.Row]) -> str:
    value, row = end
    parts = json.dumps([str(value), row["pk"]], ensure_ascii=False)
    return base64.urlsafe_b64encode(parts.encode()).decode().rstrip("=")


def _read(cursor: str, column: str) -> tuple[Any, int] | None:
    if not cursor:
        return None
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        text, pk = json.loads(raw)
        return _value(column, str(text)), int(pk)
    except (binascii.Error, ValueError, TypeError, InvalidOperation, UnicodeDecodeError):
        return None


def _value(column: str, text: str) -> Any:
    if "\x00" in text:
        raise ValueError("no text")
    if column == "account_state__balance_amount":
        return parse_number(text)
    if column == "account_state__oldest_due_date":
        return date.fromisoformat(text)
    return text
