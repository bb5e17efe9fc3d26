"""Settling money: what a payment does, what it refuses, and that it does it once."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from psycopg.types.range import Range

from billing.allocation.models import Allocation, Payment
from billing.ledger.models import JournalEntry, Posting
from billing.ledger.rules.chart import Chart
from billing.receivables.services import settlement
from billing.receivables.services.admission import (
    AmountRefused,
    Asked,
    KeyReused,
    NotPayable,
    PossibleDuplicate,
)
from billing.signals import payment_settled
from customers.models import AccountState, Suspension
from ispbill.audit.models import AuditEvent
from ispbill.core.acts import Act
from ispbill.notifications.models import Message
from tests.factories.accounts import UserFactory
from tests.factories.customers import CustomerFactory, SubscriptionFactory
from tests.factories.payments import open_invoice, paid

pytestmark = pytest.mark.django_db(transaction=True)


def settle(customer, amount="1150.00", *, at, key="k1", method="CASH", **values):
    return settlement.settle(
        Asked(
            customer_id=customer.pk,
            amount=Decimal(amount),
            method=method,
            received_by=values.pop("received_by", None),
            received_at=at,
            key=key,
            act=Act(values.pop("actor", None), at),
            **values,
        )
    )


def allocated(payment):
    rows = Allocation.objects.filter(payment=payment, released_at__isnull=True)
    return {row.invoice.number: row.amount for row in rows.order_by("invoice_id")}


def test_a_payment_pays_the_oldest_invoice_and_gives_a_receipt(at):
    cashier = UserFactory(name="Mina")
    customer = CustomerFactory()
    newer = open_invoice(customer, "500.00", due=date(2026, 2, 5))
    older = open_invoice(customer, "1150.00", due=date(2026, 1, 5))

    settled = settle(
        customer, "1300.00", at=at, received_by=cashier, actor=cashier, reference=" TX9 "
    )

    payment = settled.payment
    assert settled.is_new
    assert (payment.receipt_number, payment.status, payment.posted_on, payment.reference) == (
        "RCP-2026-00001",
        "COMPLETED",
        date(2026, 1, 10),
        "TX9",
    )
    assert allocated(payment) == {older.number: Decimal("1150.00"), newer.number: Decimal("150.00")}
    older.refresh_from_db()
    newer.refresh_from_db()
    assert (older.is_paid, newer.amount_due) == (True, Decimal("350.00"))


def test_the_account_state_follows(at):
    customer = CustomerFactory()
    open_invoice(customer, "1150.00", due=date(2026, 1, 5))
    open_invoice(customer, "1150.00", due=date(2026, 2, 5))

    settle(customer, "1150.00", at=at)

    account_state = AccountState.objects.get(customer=customer)
    assert (
        account_state.balance_amount,
        account_state.oldest_due_date,
        account_state.last_paid_at,
        account_state.last_paid_amount,
        account_state.lifetime_value_amount,
    ) == (Decimal("1150.00"), date(2026, 2, 5), at, Decimal("1150.00"), Decimal("1150.00"))


@pytest.mark.parametrize(
    ("method", "account"),
    [
        ("CASH", Chart.CASH),
        ("BKASH", Chart.MOBILE_MONEY),
        ("NAGAD", Chart.MOBILE_MONEY),
        ("CARD", Chart.BANK),
        ("EFT", Chart.BANK),
    ],
)
def test_the_money_is_booked_where_it_landed(at, method, account):
    customer = CustomerFactory()

    payment = settle(customer, "10.00", at=at, method=method).payment

    entry = JournalEntry.objects.get(kind="PAYMENT", source_type="payment", source_id=payment.pk)
    postings = Posting.objects.filter(entry=entry).order_by("line_no")
    assert [(p.account_id, p.amount, p.customer_id) for p in postings] == [
        (account, Decimal("10.00"), None),
        (Chart.RECEIVABLE, Decimal("-10.00"), customer.pk),
    ]


def test_what_is_too_much_is_credit_in_words_of_the_balance(at):
    customer = CustomerFactory()
    open_invoice(customer, "1000.00")

    payment = settle(customer, "1300.00", at=at).payment

    assert payment.allocated_amount == Decimal("1000.00")
    assert AccountState.objects.get(customer=customer).balance_amount == Decimal("-300.00")


def test_a_chosen_invoice_is_paid_first_and_the_rest_goes_to_the_others(at):
    customer = CustomerFactory()
    older = open_invoice(customer, "300.00", due=date(2026, 1, 1))
    newer = open_invoice(customer, "300.00", due=date(2026, 2, 1))

    payment = settle(customer, "400.00", at=at, chosen=[newer.pk]).payment

    assert allocated(payment) == {older.number: Decimal("100.00"), newer.number: Decimal("300.00")}


def test_an_invoice_already_paid_cannot_be_chosen(at):
    customer = CustomerFactory()
    invoice = open_invoice(customer, "300.00")
    paid(customer, "300.00", at=at)

    with pytest.raises(NotPayable):
        settle(customer, "300.00", at=at, chosen=[invoice.pk], is_repeat_confirmed=True)


def test_somebody_elses_invoice_cannot_be_chosen(at):
    invoice = open_invoice(CustomerFactory(), "300.00")

    with pytest.raises(NotPayable):
        settle(CustomerFactory(), "300.00", at=at, chosen=[invoice.pk])


def test_the_event_names_who_and_how_much(at):
    cashier = UserFactory(name="Mina")
    customer = CustomerFactory()

    payment = settle(customer, "10.00", at=at, actor=cashier, received_by=cashier).payment

    event = AuditEvent.objects.get(action="payment.recorded")
    assert (event.actor_name, event.target_label, event.customer_id, event.after["amount"]) == (
        "Mina",
        payment.receipt_number,
        customer.pk,
        "10.00",
    )


def test_others_are_told_after_the_commit_only(at):
    heard = []

    def listen(*, payment_id, **_more):
        heard.append(payment_id)

    payment_settled.connect(listen)
    try:
        with transaction.atomic():
            payment = settle(CustomerFactory(), "10.00", at=at).payment
            assert heard == []
        assert heard == [payment.pk]
    finally:
        payment_settled.disconnect(listen)


@pytest.mark.parametrize(
    "amount", ["0", "0.00", "-1", "NaN", "Infinity", "-Infinity", "1.001", "10000000.01", "1e30"]
)
def test_what_is_no_amount_is_refused(at, amount):
    with pytest.raises(AmountRefused):
        settle(CustomerFactory(), amount, at=at)

    assert Payment.objects.count() == 0


def test_the_same_key_gives_the_first_payment_back(at):
    customer = CustomerFactory()
    first = settle(customer, "10.00", at=at)

    again = settle(customer, "10.00", at=at + timedelta(seconds=3))

    assert (again.payment, again.is_new) == (first.payment, False)
    assert Payment.objects.count() == 1


@pytest.mark.parametrize("other", [{"amount": "11.00"}, {"method": "BKASH"}, {"reference": "x"}])
def test_the_same_key_with_something_else_is_refused(at, other):
    customer = CustomerFactory()
    settle(customer, "10.00", at=at)

    with pytest.raises(KeyReused):
        settle(customer, other.pop("amount", "10.00"), at=at, **other)


def test_the_same_key_for_another_customer_is_refused(at):
    settle(CustomerFactory(), "10.00", at=at)

    with pytest.raises(KeyReused):
        settle(CustomerFactory(), "10.00", at=at)


def test_the_same_payment_within_ten_minutes_is_asked_about_once(at):
    mina = UserFactory(name="Mina")
    customer = CustomerFactory()
    first = settle(customer, "1200.00", at=at, received_by=mina, actor=mina).payment
    soon = at + timedelta(minutes=3)

    with pytest.raises(
        PossibleDuplicate, match=r"1,200.00 Cash was taken 3 min ago by Mina \(RCP-2026-00001\)"
    ) as asked:
        settle(customer, "1200.00", at=soon, key="k2")
    confirmed = settle(customer, "1200.00", at=soon, key="k2", is_repeat_confirmed=True)

    assert asked.value.payment == first
    assert confirmed.is_new


@pytest.mark.parametrize(
    "other", [{"amount": "1200.01"}, {"method": "BKASH"}, {"after": timedelta(minutes=11)}]
)
def test_another_amount_method_or_time_is_no_duplicate(at, other):
    customer = CustomerFactory()
    settle(customer, "1200.00", at=at)

    settled = settle(
        customer,
        other.get("amount", "1200.00"),
        at=at + other.get("after", timedelta(minutes=1)),
        key="k2",
        method=other.get("method", "CASH"),
    )

    assert settled.is_new


def test_a_reversed_payment_is_no_duplicate(at):
    from billing.receivables.services import reversal

    customer = CustomerFactory()
    first = settle(customer, "1200.00", at=at).payment
    reversal.reverse(payment=first, act=Act(None, at, reason="wrong customer chosen"))

    assert settle(customer, "1200.00", at=at, key="k2").is_new


def _fail_after(_settled):
    raise ZeroDivisionError


def test_receipts_have_no_gap_when_a_payment_fails_halfway(at):
    customer = CustomerFactory()
    settle(customer, "1.00", at=at, key="a")
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        _fail_after(settle(customer, "2.00", at=at, key="b"))
    settle(customer, "3.00", at=at, key="c")

    numbers = list(Payment.objects.order_by("pk").values_list("receipt_number", flat=True))
    assert numbers == ["RCP-2026-00001", "RCP-2026-00002"]


def test_the_books_day_is_the_companys_local_day(at):
    late = at.replace(day=31, hour=18, minute=30)  # 00:30 on 1 February in Dhaka

    assert settle(CustomerFactory(), "1.00", at=late).payment.posted_on == date(2026, 2, 1)


def test_the_customer_is_thanked_once_with_balance_and_receipt(at):
    customer = CustomerFactory(name="Rahim", email="")
    open_invoice(customer, "1000.00")

    payment = settle(customer, "400.00", at=at).payment
    settle(customer, "400.00", at=at)

    message = Message.objects.get(event="payment_received")
    assert (message.recipient, message.customer_id) == (customer.phone, customer.pk)
    assert {name: message.context[name] for name in ("amount", "receipt", "method", "balance")} == {
        "amount": "400.00",
        "receipt": payment.receipt_number,
        "method": "Cash",
        "balance": "600.00",
    }


def test_who_wants_no_messages_gets_the_receipt_by_mail_alone(at):
    customer = CustomerFactory(wants_sms=False, wants_email=False, email="amina@mail.test")
    settle(customer, "10.00", at=at)

    assert list(Message.objects.values_list("event", "channel")) == [("payment_received", "EMAIL")]


def test_who_is_not_to_be_thanked_hears_nothing(at):
    settle(CustomerFactory(), "10.00", at=at, is_told=False)

    assert Message.objects.count() == 0


def suspended(**values):
    subscription = SubscriptionFactory(
        status="SUSPENDED", suspended_at=datetime(2026, 1, 9, 4, tzinfo=UTC), **values
    )
    Suspension.objects.create(
        subscription=subscription,
        customer=subscription.customer,
        kind=Suspension.Kind.NON_PAYMENT,
        span=Range(date(2026, 1, 9), None),
        reason="unpaid past the days of grace",
        started_at=subscription.suspended_at,
    )
    return subscription


def test_paying_everything_overdue_switches_the_service_on_again(at):
    subscription = suspended()
    open_invoice(subscription.customer, "1150.00", due=date(2026, 1, 5))

    settled = settle(subscription.customer, "1150.00", at=at)

    subscription.refresh_from_db()
    assert (settled.reactivated, subscription.status) == (1, "ACTIVE")


def test_paying_a_part_of_what_is_overdue_does_not(at):
    subscription = suspended()
    open_invoice(subscription.customer, "1150.00", due=date(2026, 1, 5))

    settled = settle(subscription.customer, "1149.99", at=at)

    subscription.refresh_from_db()
    assert (settled.reactivated, subscription.status) == (0, "SUSPENDED")


def test_taking_the_payment_back_switches_nothing_off_at_once(at):
    from billing.receivables.services import reversal

    subscription = suspended()
    open_invoice(subscription.customer, "1150.00", due=date(2026, 1, 5))
    payment = settle(subscription.customer, "1150.00", at=at).payment

    reversal.reverse(payment=payment, act=Act(None, at, reason="cheque returned"))

    subscription.refresh_from_db()
    account_state = AccountState.objects.get(customer=subscription.customer)
    assert (subscription.status, account_state.oldest_due_date) == ("ACTIVE", date(2026, 1, 5))
    assert Message.objects.get(event="payment_reversed").context["reason"] == "cheque returned"
