"""A company that took money in every way there is: rows whose guards are tried.

An online payment settled and one waiting, one sent back, ways to pay; a bank statement and a
payout; shifts, a hand-over and a closed day; mandates and debit orders.
"""

import uuid
from datetime import UTC, datetime
from decimal import Decimal

from payments.gateways.contract import Outcome, Verdict
from payments.models import GatewayAnswer, GatewayCallback, GatewayRefund, PaymentAttempt
from payments.rules import attempts as rules
from payments.services import methods, refunds
from payments.services.desk import days
from payments.services.gateways import confirming
from payments.services.imports import matching, payouts
from payments.services.imports.matching import Share
from tests.factories import debit_rows
from tests.factories.accounts import UserFactory
from tests.factories.bank import bank_account, line_of, payout_of
from tests.factories.customers import CustomerFactory
from tests.factories.gateway_accounts import gateway_account
from tests.factories.payments import paid
from tests.factories.tills import cashier, counted, handed_over, safe_with, shift_of, signed

AT = datetime(2026, 1, 10, 4, 0, tzinfo=UTC)


def live():
    """Take money in every way; every row by the product's own verbs where it has some."""
    _online()
    _bank()
    _desk()
    _debits()


def tried_to_pay(account, customer, amount="1150.00", state="OPEN"):
    """A try to pay as it stands while its customer is at the gateway."""
    attempt = PaymentAttempt.objects.create(
        order=rules.new_order(30), account=account, customer=customer,
        branch_id=customer.branch_id, amount=Decimal(amount), currency="BDT", source="LINK",
        idempotency_key=str(uuid.uuid4()), started_at=AT, expires_at=AT + rules.LIFE,
    )  # fmt: skip
    if state == "OPEN":
        attempt.state, attempt.session_key = "OPEN", attempt.order
        attempt.redirect_url = "https://pay.example/1"
        attempt.save()
    return attempt


def settled(attempt):
    outcome = Outcome(
        Verdict.PAID, order=attempt.order, reference=f"V{attempt.pk}", amount=attempt.amount,
        bank_reference=f"B{attempt.pk}", currency=attempt.currency,
    )  # fmt: skip
    return confirming.apply(attempt_id=attempt.pk, outcome=outcome, at=AT)


def _online():
    account = gateway_account(at=AT)
    gateway_account(at=AT, slug="second")
    customer = CustomerFactory()
    attempt = settled(tried_to_pay(account, customer, "2000.00"))
    tried_to_pay(account, CustomerFactory())
    GatewayCallback.objects.create(
        account=account, kind="NOTICE", claim="ipn", order=attempt.order, attempt=attempt,
        fields={"status": "VALID"}, fingerprint="f" * 64, received_at=AT, times=2, ip="192.0.2.1",
    )  # fmt: skip
    GatewayAnswer.objects.create(
        account=account, operation="query", status=200, fingerprint="a" * 64,
        shape={"status": "=VALID"}, first_at=AT, last_at=AT,
    )  # fmt: skip
    values = {"customer": customer, "reference": "", "reason": "paid twice by mistake",
              "on": AT.date(), "at": AT, "actor": UserFactory(role="OWNER")}  # fmt: skip
    refunds.refund(amount=Decimal(100), method=attempt.method, through=attempt, **values)
    GatewayRefund.objects.update(is_sent=True)
    refunds.refund(amount=Decimal(50), method="CASH", **values)
    for number in ("4000000001", "4000000002"):
        method = methods.add(
            customer=customer, kind="BANK_ACCOUNT", details={"number": number}, holder="Amina",
            bank="FNB", at=AT, actor=None,
        )  # fmt: skip
    methods.remove(method=method, at=AT, actor=None)


def _bank():
    line = line_of(bank_account(), "100.00", at=AT)
    line_of(bank_account(), "70.00", at=AT)
    matching.match(line=line, shares=[Share(CustomerFactory(), Decimal(60))], at=AT, actor=None)
    payout = payout_of(bank_account(), at=AT)
    payouts.book(payout=payout, at=AT, actor=UserFactory())


def _desk():
    giver = cashier()
    handed_over(giver, cashier(giver.branch), at=AT)
    paid(CustomerFactory(), "30.00", at=AT, actor=giver)
    mina = cashier()
    safe_with(mina.branch, "10.00", at=AT)
    shift = shift_of(mina, at=AT, float_amount="10.00")
    signed(counted(shift, "10.00", at=AT), at=AT)
    days.close(branch=mina.branch, day=AT.date(), note="", at=AT, actor=UserFactory(role="OWNER"))


def _debits():
    for number in ("1", "2"):
        mandate = debit_rows.signed(CustomerFactory(), at=AT, number=f"400000001{number}")
        debit_rows.unpaid(mandate, at=AT, name=f"DB-2026-9000{number}-abcd")
    debit_rows.held_line(at=AT)
