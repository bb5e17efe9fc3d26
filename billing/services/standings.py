"""Keep the facts on a customer's standing that follow from invoices and schedules.

The balance itself is moved by the ledger's trigger; these two dates are recomputed from the rows
whenever something but the billing run touches them, and `check_ledger` compares them all.
"""

from collections.abc import Iterable

from django.db import connection

from customers.models import Standing

# What the standing should say; shared with check_ledger and rebuild_balances.
EXPECTED = """
    SELECT c.id AS customer_id,
           coalesce(p.balance, 0) AS balance_amount,
           i.due_date AS oldest_due_date,
           h.billed_until AS next_billing_date
    FROM customers_customer c
    LEFT JOIN LATERAL (SELECT sum(amount) AS balance FROM billing_posting
                       WHERE customer_id = c.id AND account_id = 1100) p ON true
    LEFT JOIN LATERAL (SELECT min(due_date) AS due_date FROM billing_invoice
                       WHERE customer_id = c.id AND status = 'OPEN' AND amount_due > 0) i ON true
    LEFT JOIN LATERAL (SELECT min(h.billed_until) AS billed_until FROM billing_schedule h
                       JOIN customers_subscription s ON s.id = h.subscription_id
                       WHERE h.customer_id = c.id AND s.status <> 'CANCELLED') h ON true
"""


def lock(customer_ids: Iterable[int]) -> None:
    """Lock customers' accounts: always the first lock, always in order of id."""
    list(
        Standing.objects.select_for_update()
        .filter(customer_id__in=list(customer_ids))
        .order_by("customer_id")
        .values_list("customer_id")
    )


def refresh(customer_ids: Iterable[int]) -> None:
    """Recompute the oldest open due date and the next billing date of these customers."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            UPDATE customers_standing t
            SET oldest_due_date = e.oldest_due_date, next_billing_date = e.next_billing_date
            FROM ({EXPECTED} WHERE c.id = ANY(%s)) e
            WHERE t.customer_id = e.customer_id
            """,  # noqa: S608 - composed from the constant above
            [list(customer_ids)],
        )
