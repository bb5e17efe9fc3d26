"""Kinds of columns that Django has not. Migrations name them: what is here is never changed."""

from typing import Any

from django.db import models


class CidrField(models.TextField):  # type: ignore[type-arg]  # not generic when it runs
    """A block of addresses as PostgreSQL keeps it: `203.0.113.0/24`, text on this side."""

    def db_type(self, connection: Any) -> str:
        """Return the column's type."""
        return "cidr"

    def from_db_value(self, value: Any, *_more: Any) -> str | None:
        """Return the block as text."""
        return None if value is None else str(value)
