"""What a payment costs through each door people use, one after another in one process.

Cash at the desk; a gateway's answer worked off; a debit-order result; a line of a bank statement.
Each is given so many payments of customers who owe a bill. Told are statements and milliseconds a
payment, and how the bulk doors stand against the cash door (goal P8).
"""

import time
from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from billing.models import Account
from customers.models import Customer
from ispbill.accounts.models import User
from ispbill.core.models import Company
from payments.gateways.contract import Outcome, Verdict
from payments.models import (
    BankAccount,
    DebitBatch,
    DebitOrder,
    DebitSettings,
    DebitStatementLine,
    GatewayAccount,
    PaymentAttempt,
    StatementImport,
    StatementLine,
)
from payments.services import methods, settlement
from payments.services.debits import mandates, results
from payments.services.gateways import confirming
from payments.services.imports import matching
from payments.services.imports.matching import Share

AMOUNT = Decimal("600.00")
Work = Callable[[], object]


def measure(customers: Sequence[Customer], *, clerk: User, at: datetime) -> dict[str, Any]:
    """Take one payment of each customer through each door; they owe enough for all four."""
    doors = {
        "cash": _cash(customers, clerk, at),
        "gateway": _answers(customers, at),
        "debit_result": _debits(customers, at),
        "bank_line": _lines(customers, clerk, at),
    }
    found = {name: _told(work) for name, work in doors.items()}
    cash = found["cash"]["ms_a_payment"]
    for told in found.values():
        told["of_the_cash_door"] = round(told["ms_a_payment"] / cash, 2)
    return found


def _told(work: Sequence[Work]) -> dict[str, float]:
    first, *rest = work
    with CaptureQueriesContext(connection) as sent:
        first()
    began = time.perf_counter()
    for piece in rest:
        piece()
    spent = time.perf_counter() - began
    return {"statements": len(sent), "ms_a_payment": round(1000 * spent / len(rest), 2)}


def _cash(customers: Sequence[Customer], clerk: User, at: datetime) -> list[Work]:
    def take(customer: Customer) -> Work:
        return lambda: settlement.settle(
            customer=customer, amount=AMOUNT, method="CASH", received_by=clerk, received_at=at,
            actor=clerk, idempotency_key=f"door:cash:{customer.pk}", is_repeat_confirmed=True,
        )  # fmt: skip

    return [take(customer) for customer in customers]


def _answers(customers: Sequence[Customer], at: datetime) -> list[Work]:
    """The gateway has been asked already: what its answer costs is ours."""
    account = GatewayAccount.objects.create(
        slug="bench", provider="SSLCOMMERZ", name="Bench", base_url="https://x", created_at=at
    )
    currency = Company.current().currency
    tries = PaymentAttempt.objects.bulk_create(
        PaymentAttempt(
            order=f"DOOR{customer.pk}", account=account, customer=customer,
            branch_id=customer.branch_id, amount=AMOUNT, currency=currency, source="PORTAL",
            idempotency_key=f"door:{customer.pk}", started_at=at, expires_at=at.replace(year=at.year + 1),
        )
        for customer in customers
    )  # fmt: skip
    PaymentAttempt.objects.filter(account=account).update(state="OPEN", redirect_url="https://x/y")

    def confirm(attempt: PaymentAttempt) -> Work:
        outcome = Outcome(
            Verdict.PAID, order=attempt.order, reference=f"R{attempt.order}", amount=AMOUNT,
            currency=currency, method="BKASH",
        )  # fmt: skip
        return lambda: confirming.apply(attempt_id=attempt.pk, outcome=outcome, at=at)

    return [confirm(attempt) for attempt in tries]


def _debits(customers: Sequence[Customer], at: datetime) -> list[Work]:
    DebitSettings.objects.update_or_create(pk=1, defaults={"is_on": True})
    batch = DebitBatch.objects.create(
        name="DB-BENCH", instruction="TwoDay", action_date=at.date(), currency="ZAR",
        planned_on=at.date(), created_at=at,
    )  # fmt: skip
    lines = [_line(batch, customer, at) for customer in customers]
    batch.state, batch.sent_at, batch.orders_count = "SENDING", at, len(lines)
    batch.total_amount = AMOUNT * len(lines)
    batch.save()
    for state in ("UPLOADED", "LOADED"):
        DebitOrder.objects.filter(batch=batch, state="PLANNED").update(state="UPLOADED")
        batch.state = state
        batch.save()
    DebitOrder.objects.filter(batch=batch).update(state="ACCEPTED")

    def follow(line: DebitStatementLine) -> Work:
        return lambda: results.follow(line=line, at=at)

    return [follow(line) for line in lines]


def _line(batch: DebitBatch, customer: Customer, at: datetime) -> DebitStatementLine:
    details = {"number": f"40{customer.pk:08d}", "branch_code": "632005", "kind": "CURRENT"}
    method = methods.add(
        customer=customer, kind="BANK_ACCOUNT", details=details, holder="Bench", bank="Bench",
        at=at, actor=None,
    )  # fmt: skip
    mandate = mandates.request(method=method, debit_day=1, ceiling=Decimal(5000), at=at, actor=None)
    for state in ("SENT", "ACCEPTED", "ACTIVE"):
        mandate.state, mandate.url = state, "https://sign.example/1"
        mandate.signed_at = at if state == "ACCEPTED" else mandate.signed_at
        mandate.save()
    order = DebitOrder.objects.create(
        reference=f"{batch.name}/{customer.pk}", batch=batch, mandate=mandate, customer=customer,
        amount=AMOUNT, action_date=batch.action_date, attempt=1, created_at=at,
    )  # fmt: skip
    return DebitStatementLine.objects.create(
        statement_date=at.date(), transaction_id=f"T{customer.pk}", code="TDD",
        effect_amount=AMOUNT, reference=order.reference, imported_at=at,
    )  # fmt: skip


def _lines(customers: Sequence[Customer], clerk: User, at: datetime) -> list[Work]:
    account = BankAccount.objects.create(
        name="Bench", account=Account.objects.get(code=1010), method="EFT",
        branch_id=customers[0].branch_id, created_at=at,
    )  # fmt: skip
    statement = StatementImport.objects.create(
        account=account, file_name="bench.csv", file_hash="0" * 64, path="bench", uploaded_at=at,
        uploaded_by=clerk,
    )  # fmt: skip
    lines = StatementLine.objects.bulk_create(
        StatementLine(
            account=account, statement=statement, row_no=number, booked_on=date(2026, 1, 28),
            amount=AMOUNT, open_amount=AMOUNT, fingerprint=f"{number:08d}".ljust(64, "0"),
        )
        for number, _customer in enumerate(customers, start=1)
    )  # fmt: skip

    def match(line: StatementLine, customer: Customer) -> Work:
        shares = [Share(customer, AMOUNT)]
        return lambda: matching.match(
            line=line, shares=shares, at=at, actor=clerk, is_repeat_confirmed=True
        )

    return [match(line, customer) for line, customer in zip(lines, customers, strict=True)]
