"""Spend credit: what is left of payments pays the customer's open invoices, oldest to oldest."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from billing.allocation.models import Payment
from billing.allocation.services import account_state, allocation
from billing.allocation.services.allocation import Part
from billing.ledger.services import account_states
from ispbill.audit.services import events, trail
from ispbill.core import statements
from ispbill.core.acts import Act

CHUNK = 500

# Customers with money left and something due; both sides are partial indexes.
_WITH_CREDIT = """
    SELECT DISTINCT p.customer_id FROM billing_payment p
    WHERE p.status = 'COMPLETED' AND p.amount > p.allocated_amount + p.refunded_amount
      AND p.customer_id > %(after)s
      AND EXISTS (SELECT FROM billing_invoice i WHERE i.customer_id = p.customer_id
                  AND i.status = 'OPEN' AND i.amount_due > 0)
      AND (%(run)s::bigint IS NULL OR EXISTS (SELECT FROM billing_invoice i
           WHERE i.run_id = %(run)s AND i.customer_id = p.customer_id))
      AND (%(only)s::bigint[] IS NULL OR p.customer_id = ANY (%(only)s))
    ORDER BY p.customer_id LIMIT %(limit)s
"""


@dataclass(frozen=True)
class Spent:
    """What a sweep did; `amount` in the company's currency."""

    customers: int = 0
    allocations: int = 0
    amount: Decimal = Decimal(0)

    def __add__(self, other: "Spent") -> "Spent":
        return Spent(
            self.customers + other.customers,
            self.allocations + other.allocations,
            self.amount + other.amount,
        )


def allocate_credit(
    *, act: Act, customer_ids: Sequence[int] | None = None, run_id: int | None = None
) -> Spent:
    """Spend the credit of these customers, of those a billing run has billed, or of everybody.

    One transaction for each few hundred customers; running it again finds nothing to do.
    """
    spent, after = Spent(), 0
    while due := _with_credit(after=after, customer_ids=customer_ids, run_id=run_id):
        spent += _spend_chunk(due, act=act)
        after = due[-1]
    return spent


def _with_credit(
    *, after: int, customer_ids: Sequence[int] | None, run_id: int | None
) -> list[int]:
    only = list(customer_ids) if customer_ids is not None else None
    rows = statements.read(
        _WITH_CREDIT, {"after": after, "run": run_id, "only": only, "limit": CHUNK}
    )
    return [row[0] for row in rows]


@transaction.atomic
def _spend_chunk(customer_ids: Sequence[int], *, act: Act) -> Spent:
    trail.begin(act=act.because("credit pays open invoices"))
    account_states.lock(customer_ids)
    parts = allocation.allocate(customer_ids, at=act.at)
    if not parts:
        return Spent()
    account_state.recompute(customer_ids)
    payments = {p.pk: p for p in Payment.objects.filter(pk__in={part.payment_id for part in parts})}
    by_payment: dict[int, list[Part]] = defaultdict(list)
    for part in parts:
        by_payment[part.payment_id].append(part)
    for payment_id, own in by_payment.items():
        payment = payments[payment_id]
        events.record(
            act=act,
            action="payment.allocated",
            target=payment,
            after={"amount": str(sum(part.amount for part in own)), "invoices": len(own)},
        )
    return Spent(
        customers=len({payments[part.payment_id].customer_id for part in parts}),
        allocations=len(parts),
        amount=sum((part.amount for part in parts), Decimal(0)),
    )
