"""What a payment costs through each door people use, one after another in one process.

Cash at the desk; a gateway's answer worked off; a debit-order result; a line of a bank statement.
Each is given so many payments of customers who owe a bill: the desk and the gateway one by one,
results and statement as the file they come in. Told are statements and milliseconds a payment, and
how the bulk doors stand against the cash door (goal P8).
"""

import time
from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from billing.allocation.models import Payment
from billing.ledger.models import Account
from billing.receivables.services import settlement
from billing.receivables.services.admission import Asked
from customers.models import Customer
from ispbill.accounts.models import User
from ispbill.core.acts import Act
from ispbill.core.models import Company
from payments.bank.models import BankAccount, StatementImport, StatementLine, StatementSuggestion
from payments.bank.services import accepting
from payments.debits.models import DebitBatch, DebitOrder, DebitSettings, DebitStatementLine
from payments.debits.services import mandates, methods, results
from payments.online.gateways.contract import Outcome, Verdict
from payments.online.models import GatewayAccount, PaymentAttempt
from payments.online.services import confirming

AMOUNT = Decimal("600.00")
WARM = 5
Work = Callable[[], object]


def measure(customers: Sequence[Customer], *, clerk: User, at: datetime) -> dict[str, Any]:
    """Take one payment of each customer through each door; they owe enough for all four."""
    one_by_one = {"cash": _cash(customers, clerk, at), "gateway": _answers(customers, at)}
    in_bulk = {"debit_result": _debits(customers, at), "bank_line": _lines(customers, clerk, at)}
    found = {name: _told(work) for name, work in one_by_one.items()}
    found |= {name: _told_of_all(work, len(customers)) for name, work in in_bulk.items()}
    cash = found["cash"]
    for told in found.values():
        for unit in ("ms", "processor_ms"):
            told[f"{unit}_of_the_cash_door"] = round(
                told[f"{unit}_a_payment"] / cash[f"{unit}_a_payment"], 2
            )
    return found


def _told(work: Sequence[Work]) -> dict[str, float]:
    """Measure work done one by one; the first counts statements, the next two are for the plans."""
    first, *rest = work
    with CaptureQueriesContext(connection) as sent:
        first()
    for piece in rest[:WARM]:
        piece()
    return {"statements": len(sent)} | _timed(rest[WARM:], len(rest) - WARM)


def _told_of_all(work: Work, payments: int) -> dict[str, float]:
    """Measure a file of so many payments, and count its statements (few: the log costs nothing)."""
    before = Payment.objects.count()
    with CaptureQueriesContext(connection) as sent:
        timed = _timed([work], payments)
    if Payment.objects.count() - before != payments:
        raise RuntimeError("not every line of the file became a payment")
    return {"statements": round(len(sent) / payments, 2)} | timed


def _timed(work: Sequence[Work], payments: int) -> dict[str, float]:
    began, worked = time.perf_counter(), time.process_time()
    for piece in work:
        piece()
    worked, spent = time.process_time() - worked, time.perf_counter() - began
    return {
        "ms_a_payment": round(1000 * spent / payments, 2),
        "processor_ms_a_payment": round(1000 * worked / payments, 2),
    }


def _cash(customers: Sequence[Customer], clerk: User, at: datetime) -> list[Work]:
    def take(customer: Customer) -> Work:
        return lambda: settlement.settle(
            Asked(
                customer_id=customer.pk,
                amount=AMOUNT,
                method="CASH",
                received_by=clerk,
                received_at=at,
                key=f"door:cash:{customer.pk}",
                is_repeat_confirmed=True,
                act=Act(clerk, at),
            )
        )

    return [take(customer) for customer in customers]


def _answers(customers: Sequence[Customer], at: datetime) -> list[Work]:
    """The gateway has been asked already: what its answer costs is ours."""
    account = GatewayAccount.objects.create(
        slug="bench", provider="SSLCOMMERZ", name="Bench", base_url="https://x", created_at=at
    )
    currency = Company.current().currency
    tries = PaymentAttempt.objects.bulk_create(
        PaymentAttempt(
            order=f"DOOR{customer.pk}",
            account=account,
            customer=customer,
            branch_id=customer.branch_id,
            amount=AMOUNT,
            currency=currency,
            source="PORTAL",
            idempotency_key=f"door:{customer.pk}",
            started_at=at,
            expires_at=at.replace(year=at.year + 1),
        )
        for customer in customers
    )
    PaymentAttempt.objects.filter(account=account).update(state="OPEN", redirect_url="https://x/y")

    def confirm(attempt: PaymentAttempt) -> Work:
        outcome = Outcome(
            Verdict.PAID,
            order=attempt.order,
            reference=f"R{attempt.order}",
            amount=AMOUNT,
            currency=currency,
            method="BKASH",
        )
        return lambda: confirming.apply(attempt_id=attempt.pk, outcome=outcome, at=at)

    return [confirm(attempt) for attempt in tries]


def _debits(customers: Sequence[Customer], at: datetime) -> Work:
    DebitSettings.objects.update_or_create(pk=1, defaults={"is_on": True})
    batch = DebitBatch.objects.create(
        name="DB-BENCH",
        instruction="TwoDay",
        action_date=at.date(),
        currency="ZAR",
        planned_on=at.date(),
        created_at=at,
    )
    lines = [_line(batch, customer, at) for customer in customers]
    batch.state, batch.sent_at, batch.orders_count = "SENDING", at, len(lines)
    batch.total_amount = AMOUNT * len(lines)
    batch.save()
    for state in ("UPLOADED", "LOADED"):
        DebitOrder.objects.filter(batch=batch, state="PLANNED").update(state="UPLOADED")
        batch.state = state
        batch.save()
    DebitOrder.objects.filter(batch=batch).update(state="ACCEPTED")

    return lambda: results.follow_all(lines=lines, at=at)


def _line(batch: DebitBatch, customer: Customer, at: datetime) -> DebitStatementLine:
    details = {"number": f"40{customer.pk:08d}", "branch_code": "632005", "kind": "CURRENT"}
    method = methods.add(
        customer=customer,
        kind="BANK_ACCOUNT",
        details=details,
        holder="Bench",
        bank="Bench",
        act=Act(None, at),
    )
    mandate = mandates.request(method=method, debit_day=1, ceiling=Decimal(5000), act=Act(None, at))
    for state in ("SENT", "ACCEPTED", "ACTIVE"):
        mandate.state, mandate.url = state, "https://sign.example/1"
        mandate.signed_at = at if state == "ACCEPTED" else mandate.signed_at
        mandate.save()
    order = DebitOrder.objects.create(
        reference=f"{batch.name}/{customer.pk}",
        batch=batch,
        mandate=mandate,
        customer=customer,
        amount=AMOUNT,
        action_date=batch.action_date,
        attempt=1,
        created_at=at,
    )
    return DebitStatementLine.objects.create(
        statement_date=at.date(),
        transaction_id=f"T{customer.pk}",
        code="TDD",
        effect_amount=AMOUNT,
        reference=order.reference,
        imported_at=at,
    )


def _lines(customers: Sequence[Customer], clerk: User, at: datetime) -> Work:
    account = BankAccount.objects.create(
        name="Bench",
        account=Account.objects.get(code=1010),
        method="EFT",
        branch_id=customers[0].branch_id,
        created_at=at,
    )
    statement = StatementImport.objects.create(
        account=account,
        file_name="bench.csv",
        file_hash="0" * 64,
        path="bench",
        uploaded_at=at,
        uploaded_by=clerk,
    )
    lines = StatementLine.objects.bulk_create(
        StatementLine(
            account=account,
            statement=statement,
            row_no=number,
            booked_on=date(2026, 1, 28),
            amount=AMOUNT,
            open_amount=AMOUNT,
            is_safe=True,
            fingerprint=f"{number:08d}".ljust(64, "0"),
        )
        for number, _customer in enumerate(customers, start=1)
    )

    StatementSuggestion.objects.bulk_create(
        StatementSuggestion(line=line, rank=1, customer=customer, confidence=99)
        for line, customer in zip(lines, customers, strict=True)
    )
    return lambda: accepting.accept_safe(lines=[line.pk for line in lines], act=Act(clerk, at))
