"""Decide whose open invoices are collected on a day, and write the orders of it.

An invoice is in one order that can still bring money, or none: a unique index holds it, so running
twice plans nothing twice. Customers' accounts are locked while their orders are written.
"""

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from billing.ledger.services import account_states
from ispbill.audit.services import events, trail
from ispbill.core import faults
from ispbill.core.acts import Act
from ispbill.core.models import Company
from ispbill.core.services import numbering
from payments.debits.models import DebitBatch, DebitOrder, DebitPart, DebitSettings, Mandate
from payments.debits.queries import debits as facts
from payments.debits.queries.debits import Candidate
from payments.debits.rules import debits as rules

CHUNK = 500
MOST_LINES = 1_000  # of one file


@dataclass
class Plan:
    """What is, or would be, collected: orders by customer, and who is left out and why."""

    action_date: date
    orders: int = 0
    amount: Decimal = Decimal(0)
    left_out: dict[str, int] = field(default_factory=dict)
    lines: list[tuple[Candidate, Decimal]] = field(default_factory=list)

    def leave_out(self, why: str) -> None:
        self.left_out[why] = self.left_out.get(why, 0) + 1


@dataclass
class _Open:
    """The batch being filled."""

    batch: DebitBatch | None = None
    total: Decimal = Decimal(0)
    count: int = 0


def preview(*, action_date: date, choices: DebitSettings) -> Plan:
    """Return what `write` would plan; reads only."""
    plan = Plan(action_date)
    for candidate in facts.candidates(action_date=action_date):
        taken = _take(candidate, plan, choices)
        if taken:
            amount = sum((one.amount for one in taken), Decimal(0))
            plan.lines.append((candidate, amount))
            plan.orders, plan.amount = plan.orders + 1, plan.amount + amount
    return plan


def write(*, on: date, action_date: date, choices: DebitSettings, at: datetime) -> Plan:
    """Write the orders for an action date into new batches; a chunk of customers at a time."""
    plan, filling = Plan(action_date), _Open()
    customer_ids = [one.customer_id for one in facts.candidates(action_date=action_date)]
    for chunk in _chunks(customer_ids):
        _write_chunk(chunk, plan, filling, on=on, choices=choices, at=at)
        faults.point("payments.debits.planned_chunk")
    return plan


@transaction.atomic
def _write_chunk(
    customer_ids: Sequence[int],
    plan: Plan,
    filling: _Open,
    *,
    on: date,
    choices: DebitSettings,
    at: datetime,
) -> None:
    trail.begin(act=Act(None, at, reason="due invoices collected by debit order"))
    account_states.lock(customer_ids)
    for candidate in facts.candidates(action_date=plan.action_date, customer_ids=customer_ids):
        taken = _take(candidate, plan, choices)
        if not taken:
            continue
        amount = sum((one.amount for one in taken), Decimal(0))
        batch = _batch_for(amount, filling, plan, on=on, choices=choices, at=at)
        mandate = Mandate.objects.select_related("customer").get(pk=candidate.mandate_id)
        filling.count, filling.total = filling.count + 1, filling.total + amount
        order = DebitOrder.objects.create(
            reference=f"{batch.name}/{filling.count}",
            batch=batch,
            mandate=mandate,
            customer_id=candidate.customer_id,
            amount=amount,
            action_date=plan.action_date,
            attempt=max(one.attempt for one in taken),
            created_at=at,
        )
        DebitPart.objects.bulk_create(
            DebitPart(
                order=order,
                mandate=mandate,
                customer_id=candidate.customer_id,
                invoice_id=one.invoice_id,
                amount=one.amount,
                attempt=one.attempt,
            )
            for one in taken
        )
        events.record(
            act=Act(None, at),
            action="debit_order.planned",
            target=order,
            branch_id=mandate.customer.branch_id,
            after={"amount": order.amount, "on": order.action_date, "invoices": len(taken)},
        )
        plan.orders, plan.amount = plan.orders + 1, plan.amount + amount


def _take(candidate: Candidate, plan: Plan, choices: DebitSettings) -> list[rules.Due]:
    limits = [candidate.ceiling, choices.line_limit_amount, choices.batch_limit_amount]
    limit = min(one for one in limits if one is not None)
    taken = rules.within(candidate.due, limit=limit)
    if not taken:
        plan.leave_out("over_limit")
    return taken


def _batch_for(
    amount: Decimal, filling: _Open, plan: Plan, *, on: date, choices: DebitSettings, at: datetime
) -> DebitBatch:
    """Return the batch this amount still fits into, a new one when it fits into none."""
    limit = choices.batch_limit_amount
    is_full = filling.count >= MOST_LINES or (
        limit is not None and filling.total + amount > limit and filling.count > 0
    )
    if filling.batch is None or is_full:
        number = numbering.take(series="DB", year=on.year)
        name = numbering.written(series="DB", year=on.year, number=number)
        filling.batch = DebitBatch.objects.create(
            # The end keeps it apart at NetCash from one of a restored or another installation.
            name=f"{name}-{secrets.token_hex(2)}",
            instruction=choices.instruction,
            action_date=plan.action_date,
            currency=Company.current().currency,
            planned_on=on,
            created_at=at,
        )
        filling.total, filling.count = Decimal(0), 0
    return filling.batch


def _chunks(customer_ids: Sequence[int]) -> Iterator[list[int]]:
    for start in range(0, len(customer_ids), CHUNK):
        yield list(customer_ids[start : start + CHUNK])
