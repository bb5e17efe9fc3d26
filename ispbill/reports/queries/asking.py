"""Put a composed question to the database."""

from collections.abc import Mapping
from typing import Any

from django.db import connection


def rows(statement: str, values: Mapping[str, Any] | None = None) -> list[tuple[Any, ...]]:
    """Return all rows of a query."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values or {})
        return list(cursor.fetchall())


def records(statement: str, values: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
    """Return all rows of a query by the names of its columns."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values or {})
        names = [column.name for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
