"""Count the rows of several queries in one statement."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db.models import QuerySet

from ispbill.core import statements


def together(asked: Sequence[Sequence[QuerySet[Any]]]) -> list[int]:
    """Return for each group of queries how many rows they have between them."""
    parts: list[str] = []
    params: list[Any] = []
    for group in asked:
        sums = ["0"]
        for rows in group:
            try:
                sql, values = rows.order_by().values("pk").query.sql_with_params()
            except EmptyResultSet:  # Django knows without asking: none of this person's
                continue
            sums.append(f"(SELECT count(*) FROM ({sql}) counted)")  # noqa: S608 - Django's own
            params.extend(values)
        parts.append(" + ".join(sums))
    if not parts:
        return []
    return list(statements.first(f"SELECT {', '.join(parts)}", params))
