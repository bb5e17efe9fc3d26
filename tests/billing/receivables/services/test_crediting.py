"""Credit notes: never more than was charged, whoever asks and in however many pieces."""

import threading
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing.allocation.models import Allocation, Payment
from billing.invoices.models import CreditNote, CreditNoteLine, Invoice
from billing.ledger.models import JournalEntry
from billing.receivables.services import crediting, voiding
from billing.receivables.services.crediting import Given
from customers.models import AccountState, Subscription
from ispbill.audit.models import AuditEvent
from ispbill.core.acts import Act
from ispbill.core.errors import ReasonMissing
from ispbill.core.money import Taxed
from ispbill.notifications.models import Message
from ispbill.reports.queries import proofs
from network.services import access
from tests.factories.accounts import UserFactory
from tests.factories.acts import acting
from tests.factories.credits import REASON, taxed_invoice
from tests.factories.customers import CustomerFactory, SubscriptionFactory
from tests.factories.payments import paid

pytestmark = pytest.mark.django_db(transaction=True)

ON = date(2026, 1, 10)


@pytest.fixture(autouse=True)
def _proven(request):
    yield
    assert [finding.check for finding in proofs.check_all()] == []


def credit(invoice, *nets, at, **values):
    lines = invoice.lines.order_by("pk")
    given_lines = [
        Given(line=line, net=Decimal(net)) for line, net in zip(lines, nets, strict=False)
    ]
    return crediting.credit(
        **acting(
            keeps_on=True,
            **{
                "invoice": invoice,
                "given": given_lines,
                "reason": REASON,
                "on": ON,
                "at": at,
                "actor": None,
                **values,
            },
        )
    )


def rivals(count, work):
    start = threading.Barrier(count)
    results, errors = [], []

    def run(number):
        try:
            start.wait(timeout=20)
            results.append(work(number))
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return results, errors


def test_a_credit_note_lowers_what_is_owed_and_what_was_earned(at):
    invoice = taxed_invoice(CustomerFactory(), "1000.00", account=4100)

    note = credit(invoice, "200.00", at=at)

    invoice.refresh_from_db()
    assert (note.number, note.net_amount, note.tax_amount) == (
        "CN-2026-00001",
        Decimal("200.00"),
        Decimal("30.00"),
    )
    assert invoice.amount_due == Decimal("920.00")
    entry = JournalEntry.objects.get(kind="CREDIT_NOTE", source_id=note.pk)
    assert {p.account_id: p.amount for p in entry.postings.all()} == {
        4100: Decimal("200.00"),
        2200: Decimal("30.00"),
        1100: Decimal("-230.00"),
    }
    account_state = AccountState.objects.get(customer=invoice.customer)
    assert account_state.balance_amount == Decimal("920.00")


def test_the_customer_is_told_and_the_trail_says_who_and_why(at):
    actor = UserFactory()
    invoice = taxed_invoice(CustomerFactory(language="bn"))

    note = credit(invoice, "200.00", at=at, actor=actor)

    message = Message.objects.filter(event="credit_note_issued").first()
    assert (message.language, message.context["credit_note"]) == ("bn", note.number)
    event = AuditEvent.objects.get(action="invoice.credited")
    assert (event.actor_id, event.reason, event.after["note"]) == (actor.pk, REASON, note.number)
    assert note.created_by == actor


def test_a_paid_invoice_lets_money_go_and_it_pays_the_next(at):
    customer = CustomerFactory()
    invoice = taxed_invoice(customer)
    payment = paid(customer, "1150.00", at=at)
    later = taxed_invoice(customer, "500.00", due=date(2026, 2, 5))

    credit(invoice, "200.00", at=at)

    invoice.refresh_from_db()
    later.refresh_from_db()
    assert (invoice.paid_amount, invoice.credited_amount, invoice.amount_due) == (
        Decimal("920.00"),
        Decimal("230.00"),
        Decimal("0.00"),
    )
    assert later.paid_amount == Decimal("230.00")
    payment.refresh_from_db()
    assert payment.credit_amount == 0


def test_what_no_other_invoice_needs_stays_as_credit(at):
    customer = CustomerFactory()
    invoice = taxed_invoice(customer)
    payment = paid(customer, "1150.00", at=at)

    crediting.credit(
        invoice=invoice,
        given=[Given(invoice.lines.get(), Decimal("1000.00"))],
        on=ON,
        act=Act(None, at, reason=REASON),
    )

    payment.refresh_from_db()
    assert payment.credit_amount == Decimal("1150.00")
    assert AccountState.objects.get(customer=customer).balance_amount == Decimal("-1150.00")


def test_the_newest_payment_is_let_go_first(at):
    customer = CustomerFactory()
    invoice = taxed_invoice(customer)
    first = paid(customer, "600.00", at=at)
    second = paid(customer, "550.00", at=at + timedelta(hours=1))

    credit(invoice, "500.00", at=at)  # 575.00 with tax

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.allocated_amount, second.allocated_amount) == (Decimal("575.00"), Decimal("0.00"))


def test_what_stood_at_an_earlier_moment_can_still_be_told(at):
    """Parts held again begin now: counted with what was let go, they would pay twice."""
    customer = CustomerFactory()
    invoice = taxed_invoice(customer)
    paid(customer, "1150.00", at=at)
    later = at + timedelta(days=2)

    credit(invoice, "200.00", at=later)

    moment = at + timedelta(days=1)
    stood = Allocation.objects.filter(invoice=invoice, at__lte=moment).exclude(
        released_at__lte=moment
    )
    assert stood.aggregate(sum=Sum("amount"))["sum"] == Decimal("1150.00")


def test_days_are_kept_with_what_was_given_for_them(at):
    invoice = taxed_invoice(CustomerFactory())
    days = (date(2026, 1, 6), date(2026, 1, 9))

    note = crediting.credit(
        invoice=invoice,
        on=ON,
        act=Act(None, at, reason=REASON),
        given=[Given(invoice.lines.get(), Decimal("96.77"), {"days": 3}, days)],
    )

    line = note.lines.get()
    assert (line.days.lower, line.days.upper, line.explanation) == (*days, {"days": 3})


def test_a_write_off_is_a_loss_with_its_tax_and_tells_nobody(at):
    invoice = taxed_invoice(CustomerFactory())

    note = credit(invoice, "1000.00", at=at, kind="WRITE_OFF")

    entry = JournalEntry.objects.get(kind="WRITE_OFF", source_id=note.pk)
    assert {p.account_id: p.amount for p in entry.postings.all()} == {
        5900: Decimal("1150.00"),
        1100: Decimal("-1150.00"),
    }
    assert not Message.objects.filter(event="credit_note_issued").exists()
    assert AuditEvent.objects.filter(action="invoice.written_off").count() == 1


def test_a_write_off_takes_no_money_away(at):
    customer = CustomerFactory()
    invoice = taxed_invoice(customer)
    paid(customer, "1000.00", at=at)

    with pytest.raises(crediting.NotCreditable):
        credit(invoice, "1000.00", at=at, kind="WRITE_OFF")

    invoice.refresh_from_db()
    assert invoice.paid_amount == Decimal("1000.00")


def test_who_owes_nothing_any_more_is_switched_on_again(at):
    subscription = SubscriptionFactory()
    invoice = taxed_invoice(subscription.customer)
    access.suspend_many(
        subscription_ids=[subscription.pk],
        kind="NON_PAYMENT",
        is_billed=False,
        decisions={subscription.pk: {}},
        act=Act(None, at, reason="unpaid past the days of grace"),
        on=ON,
    )

    credit(invoice, "500.00", at=at)
    subscription.refresh_from_db()
    assert subscription.status == Subscription.Status.SUSPENDED
    credit(invoice, "500.00", at=at)

    subscription.refresh_from_db()
    assert subscription.status == Subscription.Status.ACTIVE


@pytest.mark.parametrize("net", ["0.00", "-1.00"])
def test_nothing_or_less_is_refused(at, net):
    invoice = taxed_invoice(CustomerFactory())

    with pytest.raises((crediting.NothingToCredit, crediting.NotCreditable)):
        credit(invoice, net, at=at)


def test_more_than_is_left_is_held_to_what_is_left(at):
    invoice = taxed_invoice(CustomerFactory())
    credit(invoice, "900.00", at=at)

    note = credit(invoice, "5000.00", at=at)

    assert (note.net_amount, note.tax_amount) == (Decimal("100.00"), Decimal("15.00"))
    with pytest.raises(crediting.NothingToCredit):
        credit(invoice, "0.01", at=at)


def test_a_void_invoice_is_refused(at):
    invoice = taxed_invoice(CustomerFactory())
    voiding.void(invoice=invoice, act=Act(None, at, on=ON, reason="entered by mistake"))

    with pytest.raises(crediting.NotCreditable):
        credit(invoice, "1.00", at=at)


def test_a_short_reason_is_refused(at):
    with pytest.raises(ReasonMissing):
        credit(taxed_invoice(CustomerFactory()), "1.00", at=at, reason="oops")


def test_what_somebody_refuses_leaves_no_note_behind(at, monkeypatch):
    customer = CustomerFactory()
    invoice = taxed_invoice(customer)
    paid(customer, "1150.00", at=at)

    def refuse(*_args, **_values):
        raise RuntimeError("cut")

    monkeypatch.setattr("billing.allocation.services.room.spend", refuse)
    with pytest.raises(RuntimeError):
        credit(invoice, "200.00", at=at)

    invoice.refresh_from_db()
    assert (invoice.paid_amount, invoice.credited_amount) == (Decimal("1150.00"), Decimal(0))
    assert CreditNote.objects.count() == 0
    monkeypatch.undo()
    assert credit(invoice, "200.00", at=at).number == "CN-2026-00001"  # no gap


def test_eight_rivals_crediting_one_invoice_never_exceed_it(at):
    customer = CustomerFactory()
    invoice = taxed_invoice(customer, "100.00", "33.33")
    paid(customer, "100.00", at=at)

    results, errors = rivals(8, lambda _number: credit(invoice, "30.01", "10.03", at=at))

    invoice.refresh_from_db()
    assert invoice.credited_amount == invoice.total_amount
    assert {type(error) for error in errors} <= {crediting.NothingToCredit}
    assert len(results) + len(errors) == 8
    assert sum(note.total_amount for note in results) == invoice.total_amount
    assert sorted(note.number for note in results) == [
        f"CN-2026-{number:05d}" for number in range(1, len(results) + 1)
    ]


def test_rivals_without_the_first_lock_are_stopped_by_the_database(at, monkeypatch):
    """The negative control of the lock: the race is real, and the last guard still holds."""
    customer = CustomerFactory()
    invoice = taxed_invoice(customer, "100.00")
    meet = threading.Barrier(8)
    reckon = crediting.reckon

    def together(*args):
        parts = reckon(*args)
        meet.wait(timeout=20)
        return parts

    monkeypatch.setattr(crediting.account_states, "lock", lambda _ids: [])
    monkeypatch.setattr(crediting, "reckon", together)
    results, errors = rivals(8, lambda _number: credit(invoice, "30.00", at=at))

    invoice.refresh_from_db()
    assert len(results) == 3
    assert len(errors) == 5
    assert invoice.credited_amount == Decimal("103.50")


amounts = st.decimals(min_value="0.01", max_value="60.00", places=2)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    charges=st.lists(amounts, min_size=1, max_size=3),
    rate=st.sampled_from(["0", "0.05", "0.075", "0.15"]),
    pieces=st.lists(st.lists(amounts, min_size=1, max_size=3), min_size=1, max_size=6),
    pays=st.lists(st.tuples(st.integers(0, 5), amounts), max_size=3),
)
def test_no_sequence_of_credits_and_payments_gives_back_more_than_was_charged(
    at, charges, rate, pieces, pays
):
    customer = CustomerFactory()
    invoice = taxed_invoice(customer, *map(str, charges), rate=rate)
    for number, nets in enumerate(pieces):
        for when, amount in pays:
            if when == number:
                paid(customer, str(amount), at=at)
        try:
            credit(invoice, *nets, at=at)
        except crediting.NothingToCredit:
            continue

    invoice.refresh_from_db()
    notes = CreditNote.objects.filter(invoice=invoice).aggregate(sum=Sum("total_amount"))["sum"]
    assert invoice.credited_amount == (notes or 0) <= invoice.total_amount
    for line in invoice.lines.all():
        given_back = CreditNoteLine.objects.filter(line=line).aggregate(
            net=Sum("net_amount"), tax=Sum("tax_amount")
        )
        assert (given_back["net"] or 0) <= line.net_amount
        assert (given_back["tax"] or 0) <= line.tax_amount
        if given_back["net"] == line.net_amount:
            assert given_back["tax"] == line.tax_amount
    held = Allocation.objects.filter(invoice=invoice, released_at=None).aggregate(s=Sum("amount"))
    assert invoice.paid_amount == (held["s"] or 0)
    money = sum(Payment.objects.filter(customer=customer).values_list("amount", flat=True))
    balance = AccountState.objects.get(customer=customer).balance_amount
    assert balance == invoice.total_amount - invoice.credited_amount - money
    assert Invoice.objects.filter(amount_due__lt=0).count() == 0
    assert crediting.credited(invoice).keys() == {
        line.pk for line in invoice.lines.all() if line.credits.exists()
    }
    assert all(taxed != Taxed.nothing() for taxed in crediting.credited(invoice).values())
