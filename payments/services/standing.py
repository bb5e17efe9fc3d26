"""The customer's standing where payments move it: what was last paid, and how much ever."""

from collections.abc import Sequence

from django.db import connection

from billing.services import standings

# Written from what stands in the tables, never added to, so that a repeat cannot drift.
_PAID = """
    UPDATE customers_standing s
    SET last_paid_at = p.received_at,
        last_paid_amount = p.amount,
        lifetime_value_amount = coalesce(t.amount, 0)
    FROM customers_standing o
    LEFT JOIN LATERAL (
        SELECT received_at, amount FROM payments_payment
        WHERE customer_id = o.customer_id AND (status = 'COMPLETED' OR id = %(incoming)s)
        ORDER BY received_at DESC, id DESC LIMIT 1) p ON true
    LEFT JOIN LATERAL (
        SELECT sum(amount) AS amount FROM payments_payment
        WHERE customer_id = o.customer_id AND (status = 'COMPLETED' OR id = %(incoming)s)) t ON true
    WHERE o.customer_id = ANY (%(customers)s) AND s.customer_id = o.customer_id
"""


def recompute(customer_ids: Sequence[int], *, incoming: int | None = None) -> None:
    """Bring the paid and overdue facts of these customers up to date; their standing is locked.

    `incoming` is a payment being settled in this transaction: it counts as completed.
    """
    standings.refresh(customer_ids)
    with connection.cursor() as cursor:
        cursor.execute(_PAID, {"customers": list(customer_ids), "incoming": incoming})
