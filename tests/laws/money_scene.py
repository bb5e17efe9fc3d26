"""A company that took money in every way there is: rows whose guards are tried.

An online payment settled and one waiting, one sent back, ways to pay; a bank statement and a
payout; shifts, a hand-over and a closed day; mandates and debit orders.
"""

import uuid
from datetime import UTC, datetime
from decimal import Decimal

from ispbill.core.acts import Act
from payments.bank.services import matching, payouts
from payments.bank.services.matching import Share
from payments.debits.services import methods, removing
from payments.desk.services import days
from payments.online.gateways.contract import Outcome, Verdict
from payments.online.models import GatewayAnswer, GatewayCallback, GatewayRefund, PaymentAttempt
from payments.online.rules import attempts as rules
from payments.online.services import confirming, refunds
from tests.factories import debit_rows
from tests.factories.accounts import UserFactory
from tests.factories.acts import acting
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
        order=rules.new_order(30),
        account=account,
        customer=customer,
        branch_id=customer.branch_id,
        amount=Decimal(amount),
        currency="BDT",
        source="LINK",
        idempotency_key=str(uuid.uuid4()),
        started_at=AT,
        expires_at=AT + rules.LIFE,
    )
    if state == "OPEN":
        attempt.state, attempt.session_key = "OPEN", attempt.order
        attempt.redirect_url = "https://pay.example/1"
        attempt.save()
    return attempt


def settled(attempt):
    outcome = Outcome(
        Verdict.PAID,
        order=attempt.order,
        reference=f"V{attempt.pk}",
        amount=attempt.amount,
        bank_reference=f"B{attempt.pk}",
        currency=attempt.currency,
    )
    return confirming.apply(attempt_id=attempt.pk, outcome=outcome, at=AT)


def _online():
    account = gateway_account(at=AT)
    gateway_account(at=AT, slug="second")
    customer = CustomerFactory()
    attempt = settled(tried_to_pay(account, customer, "2000.00"))
    tried_to_pay(account, CustomerFactory())
    GatewayCallback.objects.create(
        account=account,
        kind="NOTICE",
        claim="ipn",
        order=attempt.order,
        attempt=attempt,
        fields={"status": "VALID"},
        fingerprint="f" * 64,
        received_at=AT,
        times=2,
        ip="192.0.2.1",
    )
    GatewayAnswer.objects.create(
        account=account,
        operation="query",
        status=200,
        fingerprint="a" * 64,
        shape={"status": "=VALID"},
        first_at=AT,
        last_at=AT,
    )
    values = {
        "customer": customer,
        "reference": "",
        "reason": "paid twice by mistake",
        "on": AT.date(),
        "at": AT,
        "actor": UserFactory(role="OWNER"),
    }
    refunds.refund(amount=Decimal(100), method=attempt.method, through=attempt, **acting(values))
    GatewayRefund.objects.update(is_sent=True)
    refunds.refund(amount=Decimal(50), method="CASH", **acting(values))
    for number in ("4000000001", "4000000002"):
        method = methods.add(
            customer=customer,
            kind="BANK_ACCOUNT",
            details={"number": number},
            holder="Amina",
            bank="FNB",
            act=Act(None, AT),
        )
    removing.remove(method=method, act=Act(None, AT))


def _bank():
    line = line_of(bank_account(), "100.00", at=AT)
    line_of(bank_account(), "70.00", at=AT)
    matching.match(line=line, shares=[Share(CustomerFactory(), Decimal(60))], act=Act(None, AT))
    payout = payout_of(bank_account(), at=AT)
    payouts.book(payout=payout, act=Act(UserFactory(), AT))


def _desk():
    giver = cashier()
    handed_over(giver, cashier(giver.branch), at=AT)
    paid(CustomerFactory(), "30.00", at=AT, actor=giver)
    mina = cashier()
    safe_with(mina.branch, "10.00", at=AT)
    shift = shift_of(mina, at=AT, float_amount="10.00")
    signed(counted(shift, "10.00", at=AT), at=AT)
    days.close(branch=mina.branch, day=AT.date(), note="", act=Act(UserFactory(role="OWNER"), AT))


def _debits():
    for number in ("1", "2"):
        mandate = debit_rows.signed(CustomerFactory(), at=AT, number=f"400000001{number}")
        debit_rows.unpaid(mandate, at=AT, name=f"DB-2026-9000{number}-abcd")
    debit_rows.held_line(at=AT)
