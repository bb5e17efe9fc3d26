"""The one word an invoice is called by: it follows from its amounts and its due date."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

DRAFT, UNPAID, PARTIAL, PAID, CREDITED, OVERDUE, VOID = (
    "DRAFT", "UNPAID", "PARTIAL", "PAID", "CREDITED", "OVERDUE", "VOID",
)  # fmt: skip


def state_of(
    *, status: str, total: Decimal, paid: Decimal, due: Decimal, due_date: date, on: date
) -> str:
    """Return the word on the company date `on`; an overdue one is so even when partly paid.

    What nobody had to pay, because all of it was credited or written off, is credited, not paid.
    """
    if status in (DRAFT, VOID):
        return status
    if due <= 0:
        return PAID if paid or not total else CREDITED
    if due_date < on:
        return OVERDUE
    return PARTIAL if due < total else UNPAID
