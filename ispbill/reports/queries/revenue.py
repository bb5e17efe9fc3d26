"""Recurring revenue: what the services in use bring in a month, now and at each month's end.

A service counts from its activation until its cancellation, not on days it is suspended, at the
price it has today, net of tax; quarterly and annual prices count a third and a twelfth. Price
changes of the past are not in it, which is why the chart says "at today's prices".
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection

from ispbill.reports.queries.remembered import remembered

_MONTHLY = """
    s.price_amount / CASE s.cycle WHEN 'MONTHLY' THEN 1 WHEN 'QUARTERLY' THEN 3 ELSE 12 END
"""
_IN_USE = """
    s.activated_on <= {on} AND (s.cancelled_on IS NULL OR s.cancelled_on > {on})
    AND NOT EXISTS (SELECT FROM customers_suspension x
                    WHERE x.subscription_id = s.id AND x.span @> {on})
    AND (%(branch)s::bigint IS NULL OR EXISTS (
         SELECT FROM customers_customer c WHERE c.id = s.customer_id AND c.branch_id = %(branch)s))
"""


@dataclass(frozen=True)
class Recurring:
    """The monthly revenue of a day, net, and how many customers it comes from."""

    amount: Decimal
    customers: int

    @property
    def per_customer(self) -> Decimal | None:
        """The average revenue per paying customer; None without one."""
        return self.amount / self.customers if self.customers else None


@dataclass(frozen=True)
class AreaRevenue:
    """What an area brings in a month, net, from how many customers."""

    name: str
    amount: Decimal
    customers: int


def recurring(*, on: date, branch_id: int | None = None) -> Recurring:
    """Return the monthly recurring revenue of a company date."""
    rows = remembered(
        f"recurring:{on}:{branch_id}",
        lambda: _rows(
            f"""
            SELECT coalesce(sum({_MONTHLY}), 0), count(DISTINCT s.customer_id)
            FROM customers_subscription s WHERE {_IN_USE.format(on="%(on)s::date")}
            """,  # noqa: S608 - composed from the constants above
            on=on,
            branch=branch_id,
        ),
    )
    amount, customers = rows[0]
    return Recurring(amount=Decimal(amount).quantize(Decimal("0.01")), customers=customers)


def by_month(*, on: date, branch_id: int | None = None) -> list[tuple[date, Decimal]]:
    """Return twelve months, oldest first: the first of each and its revenue at its end.

    The present month is taken at `on`.
    """
    rows = remembered(
        f"by-month:{on}:{branch_id}",
        lambda: _rows(
            f"""
            SELECT m.first, coalesce(sum({_MONTHLY}), 0)
            FROM (SELECT g::date AS first,
                         least((g + interval '1 month')::date - 1, %(on)s::date) AS last
                  FROM generate_series(
                      date_trunc('month', %(on)s::timestamp) - interval '11 months',
                      date_trunc('month', %(on)s::timestamp), interval '1 month') g) m
            LEFT JOIN customers_subscription s ON {_IN_USE.format(on="m.last")}
            GROUP BY m.first ORDER BY m.first
            """,  # noqa: S608 - composed from the constants above
            on=on,
            branch=branch_id,
        ),
    )
    return [(first, Decimal(amount).quantize(Decimal("0.01"))) for first, amount in rows]


def by_area(*, on: date, branch_id: int | None = None, size: int = 10) -> list[AreaRevenue]:
    """Return the areas that bring in most, with their monthly recurring revenue."""
    rows = remembered(
        f"by-area:{on}:{branch_id}:{size}",
        lambda: _rows(
            f"""
            SELECT a.name, sum({_MONTHLY}) AS amount, count(DISTINCT s.customer_id)
            FROM customers_subscription s
            JOIN customers_customer k ON k.id = s.customer_id
            JOIN customers_area a ON a.id = k.area_id
            WHERE {_IN_USE.format(on="%(on)s::date")}
            GROUP BY a.id, a.name ORDER BY amount DESC, a.id LIMIT %(size)s
            """,  # noqa: S608 - composed from the constants above
            on=on,
            branch=branch_id,
            size=size,
        ),
    )
    return [
        AreaRevenue(name, Decimal(amount).quantize(Decimal("0.01")), n) for name, amount, n in rows
    ]


def _rows(statement: str, **values: date | int | None) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())
