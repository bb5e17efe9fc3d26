"""Let money pay debts: the oldest money the oldest debt, customer by customer, in one statement."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType

from ispbill.core import statements

# Money and debts of a customer are laid out along one line each, in the order in which they are to
# meet; a part is where the two overlap. Payments are locked before invoices, each in one order.
_ALLOCATE = """
WITH purse AS (
    SELECT id, customer_id, received_at, amount - allocated_amount - refunded_amount AS content
    FROM billing_payment
    WHERE customer_id = ANY (%(customers)s::bigint[])
      AND (status = 'COMPLETED' AND amount > allocated_amount + refunded_amount
           OR id = ANY (%(incoming)s::bigint[]))
    ORDER BY customer_id, received_at, id FOR NO KEY UPDATE
), bill AS (
    SELECT id, customer_id, due_date, amount_due
    FROM billing_invoice
    WHERE customer_id = ANY (%(customers)s::bigint[]) AND status = 'OPEN' AND amount_due > 0
    ORDER BY customer_id, due_date, id FOR NO KEY UPDATE
), money AS (
    SELECT id, customer_id, content, sum(content) OVER in_order AS until
    FROM purse
    WINDOW in_order AS (
        PARTITION BY customer_id
        ORDER BY id = ANY (%(first)s::bigint[]) DESC, received_at, id)
), debt AS (
    SELECT id, customer_id, amount_due, sum(amount_due) OVER in_order AS until
    FROM bill
    WINDOW in_order AS (
        PARTITION BY customer_id ORDER BY id = ANY (%(chosen)s::bigint[]) DESC, due_date, id)
), part AS (
    SELECT money.customer_id, money.id AS payment_id, debt.id AS invoice_id,
           greatest(money.until - money.content, debt.until - debt.amount_due) AS begins,
           least(money.until, debt.until) AS ends
    FROM money JOIN debt ON debt.customer_id = money.customer_id
        AND money.until - money.content < debt.until
        AND debt.until - debt.amount_due < money.until
), joined AS (
    -- A part that joins one already held replaces it by their sum: a payment gets to pay the same
    -- invoice twice when another payment of it was reversed.
    UPDATE billing_allocation held SET released_at = %(at)s FROM part
    WHERE held.payment_id = part.payment_id AND held.invoice_id = part.invoice_id
      AND held.released_at IS NULL
    RETURNING held.payment_id, held.invoice_id, held.amount
), written AS (
    INSERT INTO billing_allocation (payment_id, invoice_id, customer_id, amount, at)
    SELECT part.payment_id, part.invoice_id, part.customer_id,
           part.ends - part.begins + coalesce(joined.amount, 0), %(at)s
    FROM part LEFT JOIN joined
        ON joined.payment_id = part.payment_id AND joined.invoice_id = part.invoice_id
    ORDER BY part.customer_id, part.begins
)
SELECT payment_id, invoice_id, ends - begins, customer_id FROM part ORDER BY customer_id, begins
"""


@dataclass(frozen=True)
class Part:
    """An amount of one payment that pays one invoice, in the company's currency."""

    payment_id: int
    invoice_id: int
    amount: Decimal
    customer_id: int


def allocate(
    customer_ids: Sequence[int],
    *,
    at: datetime,
    incoming: Mapping[int, Collection[int]] = MappingProxyType({}),
) -> list[Part]:
    """Let the money these customers have left pay what they owe; return what moved.

    Their accounts must be locked by the caller. What no part takes stays with its payment and is
    credit. `incoming` are payments being settled in this transaction, each with the invoices chosen
    for it: they count although they are not completed yet. Chosen invoices are paid before others,
    and first by the payments they were chosen for.
    """
    rows = statements.fetch(
        _ALLOCATE,
        {
            "customers": list(customer_ids),
            "incoming": list(incoming),
            "first": [payment for payment, chosen in incoming.items() if chosen],
            "chosen": [invoice for chosen in incoming.values() for invoice in chosen],
            "at": at,
        },
    )
    return [Part(*row) for row in rows]
