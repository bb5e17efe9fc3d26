"""Spend credit: what is left of payments pays the customer's open invoices, oldest to oldest."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import connection, transaction
from django.db.models import F, Q

from billing.models import Invoice
from billing.services import standings
from ispbill.audit.services import events, trail
from ispbill.core.actors import Actor
from payments.models import Allocation, Payment
from payments.rules import allocation
from payments.rules.allocation import Debt, Money, Part
from payments.services import standing

CHUNK = 500

# Customers with money left and something due; both sides are partial indexes.
_WITH_CREDIT = """
    SELECT DISTINCT p.customer_id FROM payments_payment p
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
    *,
    at: datetime,
    customer_ids: Sequence[int] | None = None,
    run_id: int | None = None,
    actor: Actor | None = None,
) -> Spent:
    """Spend the credit of these customers, of those a billing run has billed, or of everybody.

    One transaction for each few hundred customers; running it again finds nothing to do.
    """
    spent, after = Spent(), 0
    while due := _with_credit(after=after, customer_ids=customer_ids, run_id=run_id):
        spent += _spend_chunk(due, at=at, actor=actor)
        after = due[-1]
    return spent


def _with_credit(
    *, after: int, customer_ids: Sequence[int] | None, run_id: int | None
) -> list[int]:
    only = list(customer_ids) if customer_ids is not None else None
    with connection.cursor() as cursor:
        cursor.execute(_WITH_CREDIT, {"after": after, "run": run_id, "only": only, "limit": CHUNK})
        return [row[0] for row in cursor.fetchall()]


@transaction.atomic
def _spend_chunk(customer_ids: Sequence[int], *, at: datetime, actor: Actor | None) -> Spent:
    trail.begin(actor=actor, at=at, reason="credit pays open invoices")
    standings.lock(customer_ids)
    parts = spread_locked(customer_ids, at=at)
    if not parts:
        return Spent()
    standing.recompute(customer_ids)
    payments = {p.pk: p for p in Payment.objects.filter(pk__in={part.payment_id for part in parts})}
    by_payment: dict[int, list[Part]] = defaultdict(list)
    for part in parts:
        by_payment[part.payment_id].append(part)
    for payment_id, own in by_payment.items():
        payment = payments[payment_id]
        events.record(
            at=at,
            actor=actor,
            action="payment.allocated",
            target=payment,
            customer_id=payment.customer_id,
            branch_id=payment.branch_id,
            after={"amount": str(sum(part.amount for part in own)), "invoices": len(own)},
        )
    return Spent(
        customers=len({payments[part.payment_id].customer_id for part in parts}),
        allocations=len(parts),
        amount=sum((part.amount for part in parts), Decimal(0)),
    )


def spread_locked(
    customer_ids: Sequence[int],
    *,
    at: datetime,
    incoming: int | None = None,
    chosen: Collection[int] = (),
) -> list[Part]:
    """Allocate what money is left to what is due, customer by customer; return what moved.

    The standings of these customers must be locked by the caller. `incoming` is the payment being
    settled in this transaction: it counts although it is not completed yet, and it is spent first
    when invoices were chosen for it.
    """
    money, owner = _money_left(customer_ids, incoming=incoming, first=bool(chosen))
    debts = _open_debts(money)
    parts = [
        part
        for customer_id, own in money.items()
        for part in allocation.spread(own, debts[customer_id], chosen=chosen)
    ]
    _write(parts, owner=owner, at=at)
    return parts


def _money_left(
    customer_ids: Sequence[int], *, incoming: int | None, first: bool
) -> tuple[dict[int, list[Money]], dict[int, int]]:
    money: dict[int, list[Money]] = defaultdict(list)
    owner: dict[int, int] = {}
    rows = (
        Payment.objects.select_for_update(no_key=True)
        .filter(Q(status=Payment.Status.COMPLETED) | Q(pk=incoming))
        .filter(
            customer__in=list(customer_ids),
            amount__gt=F("allocated_amount") + F("refunded_amount"),
        )
        .order_by("customer", "received_at", "pk")
    )
    for payment in sorted(rows, key=lambda row: not (first and row.pk == incoming)):
        left = payment.amount - payment.allocated_amount - payment.refunded_amount
        money[payment.customer_id].append(Money(payment.pk, left))
        owner[payment.pk] = payment.customer_id
    return money, owner


def _open_debts(customer_ids: Iterable[int]) -> dict[int, list[Debt]]:
    debts: dict[int, list[Debt]] = defaultdict(list)
    rows = (
        Invoice.objects.select_for_update(no_key=True)
        .filter(customer__in=list(customer_ids), status=Invoice.Status.OPEN, amount_due__gt=0)
        .order_by("customer", "due_date", "pk")
        .values_list("customer_id", "pk", "due_date", "amount_due")
    )
    for customer_id, pk, due_date, amount in rows:
        debts[customer_id].append(Debt(pk, due_date, amount))
    return debts


def _write(parts: Sequence[Part], *, owner: dict[int, int], at: datetime) -> None:
    """Hold the parts; one that joins a part already held replaces it by their sum.

    (A payment gets to pay the same invoice twice when another payment of it was reversed.)
    """
    if not parts:
        return
    pairs = {(part.payment_id, part.invoice_id) for part in parts}
    held = [
        row
        for row in Allocation.objects.filter(
            payment__in={part.payment_id for part in parts}, released_at__isnull=True
        )
        if (row.payment_id, row.invoice_id) in pairs
    ]
    before = {(row.payment_id, row.invoice_id): row.amount for row in held}
    if held:
        Allocation.objects.filter(pk__in=[row.pk for row in held]).update(released_at=at)
    Allocation.objects.bulk_create(
        Allocation(
            payment_id=part.payment_id,
            invoice_id=part.invoice_id,
            customer_id=owner[part.payment_id],
            amount=part.amount + before.get((part.payment_id, part.invoice_id), Decimal(0)),
            at=at,
        )
        for part in parts
    )
