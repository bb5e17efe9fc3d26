"""What a row looked like at any moment, from the versions the database keeps by itself.

A version is kept when a row changes or goes, never when it is born; what a row was at a moment is
therefore the first version that ended after it, or else the row as it stands.
"""

import json
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.dateparse import parse_datetime

from ispbill.audit.models import RowVersion
from ispbill.audit.queries.timeline import is_shown, words
from ispbill.core import statements

# The word in the address → the table. Only tables with versions are here.
TABLES: dict[str, str] = {
    "customer": "customers_customer",
    "service": "customers_subscription",
    "package": "customers_package",
    "package-price": "customers_packageprice",
    "area": "customers_area",
    "suspension": "customers_suspension",
    "lead": "customers_lead",
    "branch": "accounts_branch",
    "reseller": "resellers_reseller",
}

# Columns that follow from other rows: those rows' versions tell of them, this one's do not.
DERIVED: dict[str, tuple[str, ...]] = {"customers_customer": ("status",)}


def versions(*, table: str, row_id: int) -> list[RowVersion]:
    """Return what the row was, oldest first; each held until its `valid_to`."""
    return list(
        RowVersion.objects.filter(table=_known(table), row_id=row_id).order_by("valid_to", "id")
    )


def state_at(*, table: str, row_id: int, moment: datetime) -> dict[str, Any] | None:
    """Return the row's columns as they were at a moment; None when it did not exist then.

    A row that carries `created_at` did not exist before it; of other tables the birth is unknown
    and the first known state is returned.
    """
    version = (
        RowVersion.objects.filter(table=_known(table), row_id=row_id, valid_to__gt=moment)
        .order_by("valid_to", "id")
        .first()
    )
    state = version.data if version is not None else current(table=table, row_id=row_id)
    if state is None:
        return None
    born = parse_datetime(str(state.get("created_at") or ""))
    return None if born is not None and born > moment else dict(state)


def current(*, table: str, row_id: int) -> dict[str, Any] | None:
    """Return the row as it stands, in the form its versions are kept in."""
    name = connection.ops.quote_name(_known(table))
    row = statements.first(
        f"SELECT to_jsonb(t) - %s::text[] FROM {name} t WHERE id = %s",  # noqa: S608
        [["search_text", *DERIVED.get(table, ())], row_id],
    )
    if row is None:
        return None
    return plain(row[0])


def plain(data: str | dict[str, Any]) -> dict[str, Any]:
    """Return a row's columns as read from the database, whichever way the driver hands out JSON."""
    return dict(json.loads(data) if isinstance(data, str) else data)


def shown(state: dict[str, Any]) -> dict[str, str]:
    """Return the state in words, without sealed values and hashes."""
    return {key: words(value) for key, value in state.items() if is_shown(key)}


def _known(table: str) -> str:
    if table not in TABLES.values():
        raise KeyError(table)
    return table
