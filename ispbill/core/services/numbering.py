"""Gap-free document numbers, taken late inside the transaction that issues the document."""

from datetime import datetime

from django.db import connection

from ispbill.core import statements
from ispbill.core.models import NumberGap

# Series → whether the counter starts again each year.
YEARLY = {
    "INV": True,
    "CN": True,
    "RCP": True,
    "RF": True,
    "DEP": True,
    "PO": True,
    "TU": True,
    "RM": True,
    "WR": True,
    "VB": True,
    "SH": True,
    "DB": True,
    "WO": True,
    "ORD": True,
    "OUT": True,
    "CON": True,
    "CT": False,
    "TK": False,
}


def take(*, series: str, year: int, count: int = 1) -> int:
    """Reserve `count` numbers and return the first.

    The counter row stays locked until the surrounding transaction ends, so a rollback gives the
    numbers back and no gap is left. Take it as late as possible.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("a number may only be taken inside the transaction that uses it")
    row = statements.first(
        """
        INSERT INTO core_numbersequence AS s (series, year, next_number)
        VALUES (%(series)s, %(year)s, 1 + %(count)s)
        ON CONFLICT ON CONSTRAINT number_sequence_once_a_year
        DO UPDATE SET next_number = s.next_number + %(count)s
        RETURNING next_number - %(count)s
        """,
        {"series": series, "year": year if YEARLY[series] else 0, "count": count},
    )
    return int(row[0])


def written(*, series: str, year: int, number: int) -> str:
    """Return the number as printed: `INV-2026-00042`; it grows past five digits by itself."""
    return f"{series}-{year}-{number:05d}"


def skip(*, series: str, year: int, count: int, reason: str, at: datetime) -> NumberGap:
    """Leave the next `count` numbers of a series out, and write down why (the proofs know it)."""
    first = take(series=series, year=year, count=count)
    return NumberGap.objects.create(
        series=series, year=year, first=first, last=first + count - 1, reason=reason, made_at=at
    )
