"""Credit paid out: never more than there is, and the payments say so."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from billing.allocation.models import Payment, Refund, RefundPart
from billing.approvals.services import approvals
from billing.ledger.models import JournalEntry
from billing.receivables.services import reversal
from customers.models import AccountState
from ispbill.accounts.models import User
from ispbill.core.acts import Act
from ispbill.core.models import Company
from ispbill.notifications.models import Message
from ispbill.reports.queries import proofs
from payments.desk.services import reversing
from payments.online.services import refunds
from tests.billing.receivables.services.test_rivals import rivals
from tests.database import owner_connection
from tests.factories.accounts import UserFactory
from tests.factories.acts import acting
from tests.factories.customers import CustomerFactory
from tests.factories.payments import open_invoice, paid

pytestmark = pytest.mark.django_db(transaction=True)

ON = date(2026, 1, 10)
REASON = "moves abroad and leaves us"


@pytest.fixture(autouse=True)
def _proven():
    yield
    assert [finding.check for finding in proofs.check_all()] == []


@pytest.fixture
def clerk():
    return UserFactory(role=User.Role.BILLING)


def pay_out(customer, amount, *, at, actor, **values):
    return refunds.refund(
        **acting(
            {
                "customer": customer,
                "amount": Decimal(amount),
                "method": "CASH",
                "reference": "",
                "reason": REASON,
                "on": ON,
                "at": at,
                "actor": actor,
                **values,
            }
        )
    )


def test_a_refund_takes_credit_from_the_newest_payment_and_cash_from_the_till(at, clerk):
    customer = CustomerFactory()
    open_invoice(customer, "100.00")
    first, second = paid(customer, "300.00", at=at), paid(customer, "200.00", at=at)

    refund = pay_out(customer, "250.00", at=at, actor=clerk).document

    first.refresh_from_db()
    second.refresh_from_db()
    assert refund.number == "RF-2026-00001"
    assert (first.refunded_amount, second.refunded_amount) == (Decimal(50), Decimal(200))
    assert AccountState.objects.get(customer=customer).balance_amount == Decimal(-150)
    entry = JournalEntry.objects.get(kind="REFUND")
    assert {p.account_id: p.amount for p in entry.postings.all()} == {
        1100: Decimal(250),
        1000: Decimal(-250),
    }
    assert Message.objects.filter(event="payment_refunded").exists()


def test_what_is_refunded_pays_no_bill_any_more(at, clerk):
    customer = CustomerFactory()
    paid(customer, "300.00", at=at)
    pay_out(customer, "300.00", at=at, actor=clerk)
    invoice = open_invoice(customer, "100.00")

    from billing.allocation.services import credit

    assert credit.allocate_credit(act=Act(None, at)).customers == 0
    invoice.refresh_from_db()
    assert invoice.paid_amount == 0


@pytest.mark.parametrize("amount", ["300.01", "0.00", "-1.00", "1e9"])
def test_more_than_the_credit_or_nonsense_is_refused(at, clerk, amount):
    customer = CustomerFactory()
    paid(customer, "300.00", at=at)

    with pytest.raises(refunds.DomainError):
        pay_out(customer, amount, at=at, actor=clerk)


def test_a_refunded_payment_is_not_reversed(at, clerk):
    customer = CustomerFactory()
    payment = paid(customer, "300.00", at=at)
    pay_out(customer, "1.00", at=at, actor=clerk)

    with pytest.raises(reversal.NotReversible):
        reversing.reverse(payment=payment, act=Act(None, at, reason="cheque returned"))
    with pytest.raises(IntegrityError, match="payment_reversed_has_reason"):
        Payment.objects.filter(pk=payment.pk).update(
            status="REVERSED", reversed_at=at, reversal_reason="x"
        )


def test_a_large_refund_waits_for_somebody_else_and_is_stale_when_the_credit_moved(at, clerk):
    Company.current()
    Company.objects.update(refund_limit_amount=Decimal(100))
    Company.forget_cached()
    customer = CustomerFactory()
    paid(customer, "300.00", at=at)
    approval = pay_out(customer, "250.00", at=at, actor=clerk).approval
    open_invoice(customer, "200.00")
    paid(customer, "1.00", at=at)

    with pytest.raises(approvals.Stale):
        approvals.approve(approval=approval, act=Act(UserFactory(), at, on=ON))

    assert Refund.objects.count() == 0


def test_eight_rivals_refunding_never_exceed_the_credit(at, clerk):
    customer = CustomerFactory()
    paid(customer, "300.00", at=at)

    results, errors = rivals(8, lambda _number: pay_out(customer, "100.00", at=at, actor=clerk))

    assert len(results) == 3
    assert [type(error).__name__ for error in errors] == ["NotRefundable"] * 5
    assert Payment.objects.get().refunded_amount == Decimal(300)


def raw(customer, payment, amount, part_amount=None, **values):
    RefundPart.objects.create(
        refund_id=9, payment=payment, customer=customer, amount=part_amount or amount
    )
    return Refund.objects.create(
        **{
            "pk": 9,
            "number": "RF-2026-00001",
            "customer": customer,
            "branch": customer.branch,
            "amount": amount,
            "currency": "BDT",
            "method": "CASH",
            "reason": REASON,
            "paid_on": ON,
            "paid_at": payment.received_at,
            **values,
        }
    )


def test_the_database_refuses_what_the_service_would_not_do(at):
    customer, other = CustomerFactory(), CustomerFactory()
    payment, foreign = paid(customer, "300.00", at=at), paid(other, "300.00", at=at)

    for match, arguments in (
        ("payment_allocated_within_amount", (customer, payment, Decimal("300.01"))),
        ("not the sum of its parts", (customer, payment, Decimal(5), Decimal(4))),
        ("only completed payments", (customer, foreign, Decimal(5))),
    ):
        with pytest.raises(IntegrityError, match=match), transaction.atomic():
            raw(*arguments)
    with pytest.raises(DatabaseError, match="moved by its documents only"):
        Payment.objects.filter(pk=payment.pk).update(refunded_amount=5)


def test_a_refund_is_never_changed(at, clerk):
    customer = CustomerFactory()
    paid(customer, "300.00", at=at)
    pay_out(customer, "100.00", at=at, actor=clerk)

    for model in (Refund, RefundPart):
        with pytest.raises(DatabaseError):
            model.objects.update(amount=1)


@pytest.mark.without_guards
def test_without_its_trigger_the_nightly_check_finds_money_nobody_gave(at):
    customer = CustomerFactory()
    payment = paid(customer, "300.00", at=at)
    with owner_connection(autocommit=True) as owner:
        owner.execute("ALTER TABLE billing_refund DISABLE TRIGGER refund_holds")
        try:
            with transaction.atomic():
                raw(customer, payment, Decimal("999.00"))
            assert "refunds_add_up" in {finding.check for finding in proofs.check_all()}
        finally:
            owner.execute("SET session_replication_role = replica")
            owner.execute("DELETE FROM billing_refundpart; DELETE FROM billing_refund")
            owner.execute("ALTER TABLE billing_refund ENABLE TRIGGER refund_holds")
