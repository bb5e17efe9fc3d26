"""Labels with customers' addresses, in the order letters and bills are carried round."""

from collections.abc import Mapping, Sequence
from typing import Any

from customers.models import Customer

COLUMNS, ROWS = 3, 8  # 70 × 37 mm on A4, as sheets of labels are sold
PER_PAGE = COLUMNS * ROWS


def sorted_ids(customers: Sequence[int]) -> list[int]:
    """Return these customers (ids) sorted by area and address."""
    found = Customer.objects.filter(pk__in=customers).order_by("area__name", "address", "pk")
    return list(found.values_list("pk", flat=True))


def context(customers: Sequence[int]) -> dict[str, Any]:
    """Return the pages of labels: rows of customers, in the order of the ids given."""
    found = {
        row["pk"]: row
        for row in Customer.objects.filter(pk__in=customers).values(
            "pk", "number", "name", "local_name", "language", "address", "area__name"
        )
    }
    labels = [_label(found[pk]) for pk in customers if pk in found]
    return {
        "language": "en",
        "pages": [
            [page[at : at + COLUMNS] for at in range(0, len(page), COLUMNS)]
            for page in (
                labels[start : start + PER_PAGE] for start in range(0, len(labels), PER_PAGE)
            )
        ],
    }


def _label(row: Mapping[str, Any]) -> dict[str, str]:
    is_local = row["language"] == "bn" and row["local_name"]
    return {
        "name": row["local_name"] if is_local else row["name"],
        "language": "bn" if is_local else "en",
        "address": row["address"],
        "area": row["area__name"],
        "number": row["number"],
    }
