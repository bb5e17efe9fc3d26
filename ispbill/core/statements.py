"""Statements by hand: run as they are, or known to the server by heart, and rows written as one.

Where money comes in, a payment's statements are the same a thousand times an hour: reading and
planning each anew costs both sides more than running it. A statement given to `fetch` is prepared
once a connection and only bound from then on (behind PgBouncer it is planned each time, as any
other). It has to be a constant; what differs is a parameter.

Many rows are one parameter too: a JSON array, which the server reads as rows of its table. So one
row and a thousand are the same statement.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from django.db import connection, models
from django.db.models.expressions import DatabaseDefault
from psycopg import Cursor
from psycopg._queries import PostgresQuery
from psycopg.abc import Params, Query

Row = tuple[Any, ...]
Values = Mapping[str, Any] | Sequence[Any] | None


class _Bound(Cursor[Row]):
    """Binds at the server; leaves the text where Django's log of statements looks for it."""

    def _convert_query(self, query: Query, params: Params | None = None) -> PostgresQuery:
        self._query = super()._convert_query(query, params)
        return self._query


def read(sql: str, values: Values = None) -> list[Row]:
    """Run a statement and return its rows."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        found: list[Row] = cursor.fetchall()
        return found


def first(sql: str, values: Values = None) -> Any:
    """Run a statement and return its first row, None where it has none."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchone()


def run(sql: str, values: Values = None) -> int:
    """Run a statement and return how many rows it wrote."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return int(cursor.rowcount)


def fetch(sql: str, values: Mapping[str, Any] | Sequence[Any] = ()) -> list[Row]:
    """Run a constant statement and return its rows."""
    with connection.cursor() as cursor:
        # Django's own cursor writes the values into the text: a new statement each time.
        cursor.cursor = _Bound(connection.connection)
        cursor.execute(sql, values)
        found: list[Row] = cursor.fetchall()
        return found


def rows(values: Iterable[Mapping[str, Any]]) -> str:
    """Return rows as the one parameter of `json_to_recordset`; money and moments as text."""
    return json.dumps(list(values), default=str)


def insert(instances: Sequence[models.Model]) -> None:
    """Write new rows of one model in one statement and give them their ids.

    What the database fills in by itself is left to it, and not read back.
    """
    for instance, (pk,) in zip(instances, _insert(instances, "RETURNING id"), strict=True):
        instance.pk = pk
        instance._state.adding, instance._state.db = False, connection.alias


def insert_new(instances: Sequence[models.Model], *, unique: str) -> int:
    """Write those rows whose `unique` column has a new value; return how many were."""
    return len(_insert(instances, f"ON CONFLICT ({unique}) DO NOTHING RETURNING id"))


def _insert(instances: Sequence[models.Model], ending: str) -> list[Row]:
    if not instances:
        return []
    first = instances[0]
    fields = [
        field
        for field in first._meta.concrete_fields
        if not field.primary_key and not isinstance(getattr(first, field.attname), DatabaseDefault)
    ]
    sql = _text(first._meta.db_table, tuple(str(field.column) for field in fields), ending)
    values = (
        {str(field.column): getattr(one, field.attname) for field in fields} for one in instances
    )
    return fetch(sql, [rows(values)])


@cache
def _text(table: str, columns: tuple[str, ...], ending: str) -> str:
    names = ", ".join(f'"{name}"' for name in columns)
    return (
        f'INSERT INTO "{table}" ({names})'  # noqa: S608 - names of the model; values are bound
        f' SELECT {names} FROM json_populate_recordset(NULL::"{table}", %s) {ending}'
    )
