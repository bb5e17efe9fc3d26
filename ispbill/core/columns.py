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


class InetField(CidrField):
    """One address, or a block: `203.0.113.9`, `2001:db8:1200::/56`, text on this side."""

    def db_type(self, connection: Any) -> str:
        """Return the column's type."""
        return "inet"


@InetField.register_lookup
class _Overlaps(models.Lookup):
    """Have an address in common with a block: one is within the other."""

    lookup_name = "net_overlaps"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        """Return the condition."""
        left, left_values = self.process_lhs(compiler, connection)
        right, right_values = self.process_rhs(compiler, connection)
        return f"{left} && {right}::inet", (*left_values, *right_values)
