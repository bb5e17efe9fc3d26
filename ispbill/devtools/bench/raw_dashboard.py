"""The dashboard's figures straight from customers, services, invoices and payments: the reference.

The same answers as `reports.queries.revenue` and `month` while prices stay as they are, at the cost
of reading every service for every month.
"""

from datetime import date
from decimal import Decimal
from typing import Any

from ispbill.core import statements

_MONTHLY = "s.price_amount / CASE s.cycle WHEN 'MONTHLY' THEN 1 WHEN 'QUARTERLY' THEN 3 ELSE 12 END"
_IN_USE = """
    s.activated_on <= {on} AND (s.cancelled_on IS NULL OR s.cancelled_on > {on})
    AND NOT EXISTS (SELECT FROM customers_suspension x
                    WHERE x.subscription_id = s.id AND x.span @> {on})
"""
_NOW = _IN_USE.format(on="%(on)s::date")

BY_MONTH = f"""
    SELECT m.first, coalesce(sum({_MONTHLY}), 0)
    FROM (SELECT g::date AS first,
                 least((g + interval '1 month')::date - 1, %(on)s::date) AS last
          FROM generate_series(date_trunc('month', %(on)s::timestamp) - interval '11 months',
                               date_trunc('month', %(on)s::timestamp), interval '1 month') g) m
    LEFT JOIN customers_subscription s ON {_IN_USE.format(on="m.last")}
    GROUP BY m.first ORDER BY m.first
"""
RECURRING = f"""
    SELECT coalesce(sum({_MONTHLY}), 0), count(DISTINCT s.customer_id)
    FROM customers_subscription s WHERE {_NOW}
"""
BY_AREA = f"""
    SELECT a.id, sum({_MONTHLY}) AS amount, count(DISTINCT s.customer_id)
    FROM customers_subscription s
    JOIN customers_customer k ON k.id = s.customer_id
    JOIN customers_area a ON a.id = k.area_id
    WHERE {_NOW} GROUP BY a.id ORDER BY amount DESC, a.id LIMIT 10
"""
BILLED = """
    SELECT sum(total_amount) FROM billing_invoice
    WHERE status = 'OPEN' AND issued_on BETWEEN date_trunc('month', %(on)s::timestamp) AND %(on)s
"""
COLLECTED = """
    SELECT sum(amount) FROM billing_payment
    WHERE status = 'COMPLETED' AND posted_on BETWEEN date_trunc('month', %(on)s::timestamp)
          AND %(on)s
"""
MOVES = """
    SELECT count(*) FILTER (WHERE activated_on BETWEEN date_trunc('month', %(on)s::timestamp)
                            AND %(on)s),
           count(*) FILTER (WHERE activated_on IS NOT NULL AND cancelled_on
                            BETWEEN date_trunc('month', %(on)s::timestamp) AND %(on)s)
    FROM customers_subscription
"""


def reckon(on: date) -> dict[str, Any]:
    """Return all figures of the dashboard, each by its own query as a page would ask it."""
    amount, customers = _rows(RECURRING, on)[0]
    return {
        "recurring": _money(amount),
        "customers": customers,
        "by_month": [_money(amount) for _first, amount in _rows(BY_MONTH, on)],
        "by_area": [(area, _money(amount), count) for area, amount, count in _rows(BY_AREA, on)],
        "billed": _money(_rows(BILLED, on)[0][0] or 0),
        "collected": _money(_rows(COLLECTED, on)[0][0] or 0),
        "moves": tuple(_rows(MOVES, on)[0]),
    }


def _money(amount: Decimal | int) -> Decimal:
    return Decimal(amount).quantize(Decimal("0.01"))


def _rows(statement: str, on: date) -> list[tuple[Any, ...]]:
    return statements.read(statement, {"on": on})
