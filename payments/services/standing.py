"""The customer's standing where payments move it: what was last paid, and how much ever."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.db import connection

from billing.services import standings
from customers.models import Standing

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


def add_payment(customer_id: int, *, amount: Decimal, received_at: datetime) -> Standing:
    """Move the paid and overdue facts by one payment; return the account as it then is.

    The account is locked. The sums move like the balance, which the ledger has moved already;
    `check_ledger` proves them (`paid_facts_follow_payments`). Adding up all that a customer ever
    paid would make each payment dearer than the one before.
    """
    return Standing.objects.raw(
        """
        UPDATE customers_standing s
        SET oldest_due_date = (SELECT min(i.due_date) FROM billing_invoice i
                               WHERE i.customer_id = s.customer_id AND i.status = 'OPEN'
                                 AND i.amount_due > 0),
            last_paid_at = greatest(s.last_paid_at, %(received_at)s),
            last_paid_amount = CASE WHEN s.last_paid_at > %(received_at)s THEN s.last_paid_amount
                                    ELSE %(amount)s END,
            lifetime_value_amount = s.lifetime_value_amount + %(amount)s
        WHERE s.customer_id = %(customer)s
        RETURNING s.*
        """,
        {"customer": customer_id, "amount": amount, "received_at": received_at},
    )[0]


def recompute(customer_ids: Sequence[int], *, incoming: int | None = None) -> None:
    """Bring the paid and overdue facts of these customers up to date; their standing is locked.

    `incoming` is a payment being settled in this transaction: it counts as completed.
    """
    standings.refresh(customer_ids)
    with connection.cursor() as cursor:
        cursor.execute(_PAID, {"customers": list(customer_ids), "incoming": incoming})
