"""Debit orders read: who may be debited for what, and what the pages show."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from ispbill.accounts.access import branch_scope
from ispbill.accounts.models import User
from ispbill.core import statements
from payments.debits.models import DebitBatch, DebitOrder, DebitStatementLine, Mandate
from payments.debits.rules.debits import Due
from payments.online.models import PaymentMethod

# Open invoices of customers with an active mandate that no live order collects, oldest first. One
# whose last debit by the same mandate failed comes back only when the policy tries it again.
_CANDIDATES = """
    SELECT m.customer_id, m.id, c.number, c.name, m.ceiling_amount, i.id, i.amount_due,
           coalesce(p.attempt, 0) + 1
    FROM payments_mandate m
    JOIN customers_customer c ON c.id = m.customer_id AND c.archived_at IS NULL
    JOIN payments_paymentmethod w ON w.id = m.method_id AND w.removed_at IS NULL
    JOIN billing_invoice i ON i.customer_id = m.customer_id AND i.status = 'OPEN'
        AND i.amount_due > 0 AND i.due_date <= %(until)s
    LEFT JOIN LATERAL (
        SELECT d.attempt, o.state, o.is_retried FROM payments_debitpart d
        JOIN payments_debitorder o ON o.id = d.order_id
        WHERE d.mandate_id = m.id AND d.invoice_id = i.id ORDER BY d.attempt DESC LIMIT 1) p ON true
    WHERE m.state = 'ACTIVE'
      AND (%(ids)s::bigint[] IS NULL OR m.customer_id = ANY(%(ids)s::bigint[]))
      AND NOT EXISTS (SELECT FROM payments_debitpart d WHERE d.invoice_id = i.id AND d.is_live)
      AND (p.state IS NULL OR p.state = 'DROPPED'
           OR (p.state IN ('UNPAID', 'DISPUTED', 'REJECTED') AND p.is_retried))
    ORDER BY m.customer_id, i.due_date, i.id
"""


@dataclass(frozen=True)
class Candidate:
    """A customer whose open invoices may be collected, oldest first; amounts in Rand."""

    customer_id: int
    mandate_id: int
    number: str
    name: str
    ceiling: Decimal
    due: tuple[Due, ...]


def candidates(*, action_date: date, customer_ids: Sequence[int] | None = None) -> list[Candidate]:
    """Return the customers who are to be debited on an action date for what is due by then."""
    ids = list(customer_ids) if customer_ids is not None else None
    rows = statements.read(_CANDIDATES, {"until": action_date, "ids": ids})
    found: dict[int, tuple[tuple[int, int, str, str, Decimal], list[Due]]] = {}
    for customer_id, mandate_id, number, name, ceiling, invoice_id, amount, attempt in rows:
        head = (customer_id, mandate_id, number, name, ceiling)
        found.setdefault(customer_id, (head, []))[1].append(Due(invoice_id, amount, attempt))
    return [Candidate(*head, due=tuple(due)) for head, due in found.values()]


def mandates_visible_to(user: User) -> QuerySet[Mandate]:
    """Return the mandates of customers in this person's reach."""
    found = Mandate.objects.select_related("customer", "method")
    branch = branch_scope(user)
    return found if branch is None else found.filter(customer__branch=branch)


def orders_visible_to(user: User) -> QuerySet[DebitOrder]:
    """Return the orders of customers in this person's reach."""
    found = DebitOrder.objects.select_related("customer", "mandate__method", "payment", "batch")
    branch = branch_scope(user)
    return found if branch is None else found.filter(customer__branch=branch)


def batches_visible_to(user: User) -> QuerySet[DebitBatch]:
    """Return the batches with an order in this person's reach, with their results counted."""
    states = DebitOrder.State
    branch = branch_scope(user)
    found = DebitBatch.objects.all()
    if branch is not None:
        found = found.filter(orders__customer__branch=branch).distinct()
    orders = Q() if branch is None else Q(orders__customer__branch=branch)

    def count(*wanted: str) -> Count:
        return Count("orders", filter=orders & Q(orders__state__in=wanted), distinct=True)

    return found.annotate(
        seen=Count("orders", filter=orders, distinct=True),
        seen_amount=Sum("orders__amount", filter=orders),
        collected=count(states.COLLECTED),
        unpaid=count(states.UNPAID, states.DISPUTED),
        not_done=count(states.REJECTED, states.DROPPED),
        waiting=count(*DebitOrder.OPEN),
    )


def held_lines() -> QuerySet[DebitStatementLine]:
    """Return the statement lines that need somebody's decision."""
    return DebitStatementLine.objects.filter(outcome=DebitStatementLine.Outcome.HELD)


@dataclass(frozen=True)
class Waiting:
    """What waits for a person's decision; held lines are the whole company's."""

    batches: QuerySet[DebitBatch]  # strange ones, and those NetCash wants authorised by hand
    orders: QuerySet[DebitOrder]  # refused, or disputed by the customer and not dealt with
    mandates: QuerySet[Mandate]  # stopped, and the customer has no other
    methods: QuerySet[PaymentMethod]  # kept, and then NetCash refused the number
    lines: QuerySet[DebitStatementLine]


def waiting(*, branch_id: int | None = None) -> Waiting:
    """Return what waits for a person, of one branch or of all."""
    by_hand = Q(state=DebitBatch.State.LOADED) & ~Q(authorise_code="")
    batches = DebitBatch.objects.filter(
        by_hand | Q(is_strange=True, state__in=["UPLOADED", "ABANDONED"])
    )
    orders = DebitOrder.objects.filter(
        Q(state=DebitOrder.State.REJECTED, is_retried=False)
        | Q(state=DebitOrder.State.DISPUTED, settled_at__isnull=True)
    )
    others = Mandate.objects.filter(customer=OuterRef("customer"), state__in=Mandate.OPEN)
    mandates = Mandate.objects.filter(
        ~Exists(others.exclude(state=Mandate.State.SUSPENDED)),
        state=Mandate.State.SUSPENDED,
        customer__archived_at__isnull=True,
    )
    methods = PaymentMethod.objects.filter(
        check_state=PaymentMethod.Check.WRONG, removed_at__isnull=True
    )
    lines = held_lines()
    if branch_id is not None:
        of_branch = Q(orders__customer__branch=branch_id)
        batches = batches.filter(of_branch).distinct()
        orders = orders.filter(customer__branch=branch_id)
        mandates = mandates.filter(customer__branch=branch_id)
        methods = methods.filter(customer__branch=branch_id)
        lines = lines.none()
    return Waiting(batches, orders, mandates, methods, lines)


def to_decide(*, branch_id: int | None = None) -> list[QuerySet[Any]]:
    """Return the same as rows to be counted."""
    found = waiting(branch_id=branch_id)
    rows = [found.batches, found.orders, found.mandates, found.methods]
    return [*rows, *([found.lines] if branch_id is None else [])]
