"""One mandate, batch and order without anybody at the other end: rows for pages to show."""

from datetime import date
from decimal import Decimal

from ispbill.core.acts import Act
from ispbill.core.models import Company
from payments.debits.models import (
    DebitBatch,
    DebitOrder,
    DebitPart,
    DebitSettings,
    DebitStatementLine,
)
from payments.debits.services import mandates
from tests.factories.debits import bank_account
from tests.factories.payments import open_invoice


def switched_on():
    Company.current()
    DebitSettings.objects.update_or_create(pk=1, defaults={"is_on": True})


def signed(customer, *, at, number="4000000000"):
    """An active mandate of a customer."""
    switched_on()
    method = bank_account(customer, at=at, number=number)
    mandate = mandates.request(method=method, debit_day=1, ceiling=Decimal(5000), act=Act(None, at))
    mandate.state, mandate.url = "SENT", "https://sign.example/1"
    mandate.save()
    mandate.state, mandate.signed_at = "ACCEPTED", at
    mandate.save()
    mandate.state = "ACTIVE"
    mandate.save()
    return mandate


def unpaid(mandate, *, at, name="DB-2026-90001-abcd", ended="UNPAID"):
    """An order of a processed batch that came back unpaid (or disputed), dealt with by nobody."""
    invoice = open_invoice(mandate.customer, "1150.00")
    batch = DebitBatch.objects.create(
        name=name,
        instruction="TwoDay",
        action_date=date(2026, 1, 8),
        currency="ZAR",
        planned_on=at.date(),
        created_at=at,
    )
    order = DebitOrder.objects.create(
        reference=f"{name}/1",
        batch=batch,
        mandate=mandate,
        customer=mandate.customer,
        amount=Decimal("1150.00"),
        action_date=batch.action_date,
        attempt=1,
        created_at=at,
    )
    DebitPart.objects.create(
        order=order,
        mandate=mandate,
        invoice=invoice,
        customer=mandate.customer,
        amount=order.amount,
        attempt=1,
    )
    batch.state, batch.sent_at, batch.orders_count = "SENDING", at, 1
    batch.total_amount = order.amount
    batch.save()
    for state in ("UPLOADED", "LOADED"):
        batch.state = state
        batch.save()
    for state in ("UPLOADED", "ACCEPTED"):
        order.state = state
        order.save()
    order.state, order.reason_code, order.ended_at = ended, "02", at
    order.reason = "Not enough money in the account"
    order.save()
    return order


def held_line(*, at, transaction_id="77"):
    return DebitStatementLine.objects.create(
        statement_date=date(2026, 1, 8),
        transaction_id=transaction_id,
        code="TDD",
        description="Somebody",
        effect_amount=Decimal("10.00"),
        outcome="HELD",
        note="no debit order of ours",
        imported_at=at,
    )
