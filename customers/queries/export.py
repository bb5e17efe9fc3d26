"""Customers as rows of a spreadsheet."""

from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from customers.models import Customer
from customers.queries import listing
from ispbill.core import phones
from ispbill.core.sheets import Cell

CHUNK = 2000
HEAD = (
    "number", "name", "local_name", "phone", "status", "area", "branch", "address", "package",
    "technology", "balance", "oldest_due_date", "next_billing_date", "last_payment_date",
    "last_payment_amount", "churn_risk", "collector", "tags", "customer_since",
)  # fmt: skip


def rows(customers: QuerySet[Customer], *, zone: ZoneInfo) -> Iterator[list[Cell]]:
    """Yield the head and then a row for each customer by number, in chunks of CHUNK.

    Days are those of `zone`. Texts are as they were typed: `core.sheets` makes them harmless.
    """
    yield list(HEAD)
    for row in listing.values(customers.order_by("pk")).iterator(chunk_size=CHUNK):
        yield _values(row, zone)


def _values(row: dict[str, Any], zone: ZoneInfo) -> list[Cell]:
    paid = row["account_state__last_paid_at"]
    services = row["services"]
    return [
        row["number"],
        row["name"],
        row["local_name"],
        _phone(row["phone"]),
        row["status"],
        row["area__name"],
        row["branch__name"],
        row["address"],
        "; ".join(service["package"] for service in services),
        "; ".join(sorted({service["technology"] for service in services})),
        row["account_state__balance_amount"],
        row["account_state__oldest_due_date"],
        row["account_state__next_billing_date"],
        paid.astimezone(zone).date() if paid else None,
        row["account_state__last_paid_amount"],
        row["churn_risk"],
        row["collector__name"],
        ", ".join(row["tags"]),
        row["customer_since"],
    ]


def _phone(e164: str) -> str:
    """As dialled at home, with a dash: so a spreadsheet keeps the leading zero."""
    if not e164.startswith("+"):
        return e164
    shown = phones.national(e164)
    return shown if shown.startswith("+") else f"{shown[:5]}-{shown[5:]}"
