"""Which part of the company a figure is of."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Scope:
    """A part of the company: None is any. An area is given with everything that lies in it."""

    branch_id: int | None = None
    area_ids: tuple[int, ...] | None = None
    package_id: int | None = None
    reseller_id: int | None = None

    def condition(self, alias: str = "") -> str:
        """Return the SQL condition on the cell columns; bind `values` with it."""
        dot = f"{alias}." if alias else ""
        parts = []
        if self.branch_id is not None:
            parts.append(f"{dot}branch_id = %(branch_id)s")
        if self.area_ids is not None:
            parts.append(f"{dot}area_id = ANY(%(area_ids)s)")
        if self.package_id is not None:
            parts.append(f"{dot}package_id = %(package_id)s")
        if self.reseller_id is not None:
            parts.append(f"{dot}reseller_id = %(reseller_id)s")
        return " AND ".join(parts) or "true"

    @property
    def values(self) -> dict[str, Any]:
        return {
            "branch_id": self.branch_id,
            "area_ids": None if self.area_ids is None else list(self.area_ids),
            "package_id": self.package_id,
            "reseller_id": self.reseller_id,
        }
