"""The customer's account state where payments move it: what was last paid, and how much ever."""

from collections.abc import Sequence

from django.db import connection

from billing.allocation.models import Payment
from billing.ledger.services import account_states
from customers.models import AccountState
from ispbill.core import statements

# Written from what stands in the tables, never added to, so that a repeat cannot drift.
_PAID = """
    UPDATE customers_accountstate s
    SET last_paid_at = p.received_at,
        last_paid_amount = p.amount,
        lifetime_value_amount = coalesce(t.amount, 0)
    FROM customers_accountstate o
    LEFT JOIN LATERAL (
        SELECT received_at, amount FROM billing_payment
        WHERE customer_id = o.customer_id AND (status = 'COMPLETED' OR id = %(incoming)s)
        ORDER BY received_at DESC, id DESC LIMIT 1) p ON true
    LEFT JOIN LATERAL (
        SELECT sum(amount) AS amount FROM billing_payment
        WHERE customer_id = o.customer_id AND (status = 'COMPLETED' OR id = %(incoming)s)) t ON true
    WHERE o.customer_id = ANY (%(customers)s) AND s.customer_id = o.customer_id
"""

_FIELDS = [field.attname for field in AccountState._meta.concrete_fields]
_ADD = f"""
    UPDATE customers_accountstate s
    SET oldest_due_date = (SELECT min(i.due_date) FROM billing_invoice i
                           WHERE i.customer_id = s.customer_id AND i.status = 'OPEN'
                             AND i.amount_due > 0),
        last_paid_at = greatest(s.last_paid_at, p.received_at),
        last_paid_amount = CASE WHEN s.last_paid_at > p.received_at THEN s.last_paid_amount
                                ELSE p.amount END,
        lifetime_value_amount = s.lifetime_value_amount + p.amount
    FROM json_to_recordset(%s) AS p (customer_id bigint, amount numeric, received_at timestamptz)
    WHERE s.customer_id = p.customer_id
    RETURNING {", ".join(f"s.{name}" for name in _FIELDS)}
"""  # noqa: S608 - names of the model


def add_payments(payments: Sequence[Payment]) -> dict[int, AccountState]:
    """Move the paid and overdue facts by one payment each; return the accounts as they then are.

    The accounts are locked. The sums move like the balance, which the ledger has moved already;
    `check_ledger` proves them (`paid_facts_follow_payments`). Adding up all that a customer ever
    paid would make each payment dearer than the one before.
    """
    paid = statements.rows(
        {"customer_id": one.customer_id, "amount": one.amount, "received_at": one.received_at}
        for one in payments
    )
    moved = (
        AccountState.from_db(connection.alias, _FIELDS, row)
        for row in statements.fetch(_ADD, [paid])
    )
    return {one.customer_id: one for one in moved}


def recompute(customer_ids: Sequence[int], *, incoming: int | None = None) -> None:
    """Bring the paid and overdue facts of these customers up to date; their account state is
    locked.

    `incoming` is a payment being settled in this transaction: it counts as completed.
    """
    account_states.refresh(customer_ids)
    statements.run(_PAID, {"customers": list(customer_ids), "incoming": incoming})
