"""Taking a payment back leaves the books as they were, and both rows to see."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing.allocation.models import Allocation, Payment
from billing.invoices.models import Invoice
from billing.ledger.models import JournalEntry
from billing.receivables.services import reversal
from billing.receivables.services.reversal import MISTAKE, MISTAKE_SAID, NotReversible, TooLate
from customers.models import AccountState
from ispbill.audit.models import AuditEvent
from ispbill.core.acts import Act
from ispbill.core.errors import ReasonMissing
from ispbill.notifications.models import Message, Wording
from tests.factories.accounts import UserFactory
from tests.factories.customers import CustomerFactory
from tests.factories.payments import open_invoice, paid

pytestmark = pytest.mark.django_db(transaction=True)


def picture(customer):
    account_state = AccountState.objects.get(customer=customer)
    return (
        account_state.balance_amount,
        account_state.oldest_due_date,
        account_state.last_paid_at,
        account_state.last_paid_amount,
        account_state.lifetime_value_amount,
        sorted(Invoice.objects.filter(customer=customer).values_list("pk", "paid_amount")),
    )


def test_everything_is_as_before_and_both_entries_stand(at):
    customer = CustomerFactory()
    open_invoice(customer, "1150.00")
    before = picture(customer)
    payment = paid(customer, "1300.00", at=at)

    reversal.reverse(payment=payment, act=Act(None, at, reason="cheque returned"))

    payment.refresh_from_db()
    assert picture(customer) == before
    assert (payment.status, payment.allocated_amount, payment.reversal_reason) == (
        "REVERSED",
        Decimal("0.00"),
        "cheque returned",
    )
    kinds = JournalEntry.objects.filter(source_type="payment").order_by("pk")
    assert [entry.kind for entry in kinds] == ["PAYMENT", "REVERSAL"]
    assert kinds[1].reverses == kinds[0]


@given(
    due=st.lists(st.decimals(min_value="0.01", max_value="3000", places=2), min_size=1, max_size=4),
    amounts=st.lists(
        st.decimals(min_value="0.01", max_value="5000", places=2), min_size=1, max_size=4
    ),
    data=st.data(),
)
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_settling_and_reversing_in_any_order_comes_back_to_nothing(at, due, amounts, data):
    customer = CustomerFactory()
    for number, amount in enumerate(due):
        open_invoice(customer, amount, due=date(2026, 1, 1) + timedelta(days=number % 3))
    before = picture(customer)
    payments = [paid(customer, amount, at=at) for amount in amounts]

    for payment in data.draw(st.permutations(payments)):
        reversal.reverse(payment=payment, act=Act(None, at, reason="property of money"))

    assert picture(customer) == before


def test_credit_of_another_payment_steps_in_for_the_one_reversed(at):
    customer = CustomerFactory()
    invoice = open_invoice(customer, "1000.00")
    first = paid(customer, "600.00", at=at)
    second = paid(customer, "900.00", at=at)  # 400 to the invoice, 500 credit

    reversal.reverse(payment=first, act=Act(None, at, reason="cheque returned"))

    invoice.refresh_from_db()
    held = Allocation.objects.get(payment=second, released_at__isnull=True)
    assert (held.amount, invoice.paid_amount) == (Decimal("900.00"), Decimal("900.00"))


def test_a_reason_of_a_few_letters_is_refused(at):
    payment = paid(CustomerFactory(), "10.00", at=at)

    with pytest.raises(ReasonMissing):
        reversal.reverse(payment=payment, act=Act(None, at, reason="oops"))


def test_the_second_to_reverse_is_told_who_was_first(at):
    mina, omar = UserFactory(name="Mina"), UserFactory(name="Omar")
    payment = paid(CustomerFactory(), "10.00", at=at, actor=mina)
    reversal.reverse(payment=payment, act=Act(mina, at, reason="wrong customer chosen"))

    with pytest.raises(NotReversible, match="Mina has already reversed"):
        reversal.reverse(payment=payment, act=Act(omar, at, reason="wrong customer chosen"))

    assert AuditEvent.objects.filter(action="payment.reversed").count() == 1


def test_the_cashier_may_undo_within_a_minute(at):
    mina = UserFactory(name="Mina", role="CASHIER")
    payment = paid(CustomerFactory(), "10.00", at=at, actor=mina)

    undone = reversal.undo(payment=payment, act=Act(mina, at + timedelta(seconds=60)))

    assert (undone.status, undone.reversal_reason, undone.reversed_by) == (
        "REVERSED",
        MISTAKE,
        mina,
    )


@pytest.mark.parametrize("language", ["en", "bn"])
def test_the_customer_is_told_of_an_undone_payment_in_their_language(at, language):
    mina = UserFactory(name="Mina", role="CASHIER")
    payment = paid(CustomerFactory(language=language), "10.00", at=at, actor=mina)

    reversal.undo(payment=payment, act=Act(mina, at))

    told = Message.objects.filter(event="payment_reversed", channel="SMS")
    with translation.override(language):
        assert [row.context["reason"] for row in told] == [str(MISTAKE_SAID)]


def test_an_empty_wording_tells_nobody_of_a_reversal(at):
    empty = {"event": "payment_reversed", "language": "en", "body": "", "is_active": True}
    Wording.objects.bulk_create(
        Wording(channel=channel, **empty) for channel in ("SMS", "EMAIL", "WHATSAPP")
    )
    payment = paid(CustomerFactory(), "10.00", at=at)

    reversal.reverse(payment=payment, act=Act(None, at, reason="wrong customer chosen"))

    assert not Message.objects.filter(event="payment_reversed").exists()


def test_after_a_minute_it_is_too_late_to_undo(at):
    mina = UserFactory()
    payment = paid(CustomerFactory(), "10.00", at=at, actor=mina)

    with pytest.raises(TooLate):
        reversal.undo(payment=payment, act=Act(mina, at + timedelta(seconds=61)))

    assert Payment.objects.get().status == "COMPLETED"


def test_somebody_elses_payment_cannot_be_undone(at):
    payment = paid(CustomerFactory(), "10.00", at=at, actor=UserFactory())

    with pytest.raises(TooLate):
        reversal.undo(payment=payment, act=Act(UserFactory(), at))


def test_undoing_twice_says_so(at):
    mina = UserFactory(name="Mina")
    payment = paid(CustomerFactory(), "10.00", at=at, actor=mina)
    reversal.undo(payment=payment, act=Act(mina, at))

    with pytest.raises(NotReversible, match="Mina has already reversed"):
        reversal.undo(payment=payment, act=Act(mina, at + timedelta(minutes=5)))
