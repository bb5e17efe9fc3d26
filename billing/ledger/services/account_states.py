"""Keep the facts on a customer's account state that follow from invoices and schedules.

The balance itself is moved by the ledger's trigger; these two dates are recomputed from the rows
whenever something but the billing run touches them, and `check_ledger` compares them all.
"""

from collections.abc import Iterable

from billing.ledger.queries.account_states import EXPECTED
from customers.services.account_states import begin, lock, lock_service
from ispbill.core import statements

__all__ = ["begin", "lock", "lock_service", "rebuild_balances", "refresh"]


def refresh(customer_ids: Iterable[int]) -> None:
    """Recompute the oldest open due date and the next billing date of these customers."""
    statements.run(
        f"""
            UPDATE customers_accountstate t
            SET oldest_due_date = e.oldest_due_date, next_billing_date = e.next_billing_date
            FROM ({EXPECTED} WHERE c.id = ANY(%s)) e
            WHERE t.customer_id = e.customer_id
            """,  # noqa: S608 - composed from the constant above
        [list(customer_ids)],
    )


def rebuild_balances() -> int:
    """Set every account state to what its rows say; return how many were different."""
    return statements.run(
        f"""
        UPDATE customers_accountstate t
        SET balance_amount = e.balance_amount, oldest_due_date = e.oldest_due_date,
            next_billing_date = e.next_billing_date
        FROM ({EXPECTED}) e
        WHERE t.customer_id = e.customer_id
          AND (t.balance_amount <> e.balance_amount
               OR t.oldest_due_date IS DISTINCT FROM e.oldest_due_date
               OR t.next_billing_date IS DISTINCT FROM e.next_billing_date)
        """  # noqa: S608 - composed from the constant above
    )
