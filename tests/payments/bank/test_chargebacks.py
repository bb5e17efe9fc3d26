"""What a provider takes back in a payout: undone once, or shown to a person, never lost."""

from datetime import date
from decimal import Decimal

import psycopg
import pytest

from billing.allocation.models import Payment
from ispbill.audit.models import AuditEvent
from ispbill.core.acts import Act
from ispbill.core.errors import ReasonMissing, Stale
from ispbill.notifications.models import Message
from payments.bank.models import SettlementLine
from payments.bank.queries import clearing
from payments.bank.services import chargebacks, payouts, recognising
from payments.bank.services.chargebacks import NotTakeable
from payments.desk.services import reversing
from tests.database import owner_connection
from tests.factories.accounts import UserFactory
from tests.factories.bank import bank_account
from tests.factories.customers import CustomerFactory
from tests.factories.payments import open_invoice, paid
from tests.payments.bank.test_payouts import books, found, row, taken_in
from tests.rivals import at_once

pytestmark = pytest.mark.django_db(transaction=True)

REASON = "the customer disputed a part of it"


@pytest.fixture
def account():
    return bank_account()


@pytest.fixture
def clerk():
    return UserFactory()


@pytest.fixture
def invoice():
    return open_invoice(CustomerFactory(), "1000.00")


@pytest.fixture
def payment(invoice, at):
    """A card payment of 1,000.00 SSLCommerz holds for us; it pays one bill."""
    return paid(
        invoice.customer, "1000.00", at=at, method="CARD", reference="VAL11111", account_no=1030
    )


def booked(account, clerk, *rows, at, reference="PO-2026-001"):
    payout = taken_in(account, clerk, *rows, at=at, provider="SSLCOMMERZ", reference=reference)
    return payouts.book(payout=payout, act=Act(clerk, at))


def back(amount="-1000.00", fee="0.00", net=None, reference="VAL11111"):
    return row(reference, amount, fee, net or f"{Decimal(amount) - Decimal(fee)}")


@pytest.fixture
def others(at):
    """Money of somebody else, so that the payout pays something out."""
    paid(CustomerFactory(), "5000.00", at=at, method="CARD", reference="BIG1", account_no=1030)
    return row("BIG1", "5000.00", "0.00", "5000.00")


def part(account, clerk, payment, others, *, at, amount="-200.00"):
    booked(account, clerk, row("VAL11111"), others, back(amount), at=at)
    return SettlementLine.objects.get(is_chargeback=True)


def test_a_whole_payment_reversed_undoes_everything_it_had_done_once(
    account, at, clerk, invoice, payment, others
):
    payout = booked(account, clerk, row("VAL11111"), others, back(), at=at)

    payment.refresh_from_db()
    invoice.refresh_from_db()
    assert (payment.status, invoice.amount_due, invoice.status) == ("REVERSED", 1000, "OPEN")
    assert books(1030, 2330, 1100) == [0, 0, Decimal(1000 - 5000)]
    line = payout.lines.get(is_chargeback=True)
    assert (line.became, line.payment) == ("REVERSED", payment)
    assert not clearing.chargebacks().exists()
    assert Message.objects.filter(event="payment_reversed").exists()
    assert found() == []

    assert chargebacks.judge_all(act=Act(clerk, at)) == 0
    assert recognising.recognise(act=Act(None, at)) == 0
    assert AuditEvent.objects.filter(action="payment.reversed").count() == 1


def test_the_same_rows_in_another_file_change_nothing(account, at, clerk, payment, others):
    booked(account, clerk, row("VAL11111"), others, back(), at=at)

    again = taken_in(
        account, clerk, back(), row("NEW1"), at=at, provider="SSLCOMMERZ", reference="PO-2"
    )

    assert [bad.problem for bad in again.bad_rows.all()] == [
        "This transaction was paid out before."
    ]
    payouts.book(payout=again, act=Act(clerk, at))
    assert Payment.objects.filter(status="REVERSED").count() == 1
    assert books(1030, 2330) == [0, Decimal(-1000)]
    assert found() == []


def test_what_is_chargeback_in_parts_is_several_lines_each_once(
    account, at, clerk, payment, others
):
    parts = [back("-200.00"), back("-300.00"), back("-200.00")]
    payout = booked(account, clerk, row("VAL11111"), others, *parts, at=at)
    later = taken_in(
        account,
        clerk,
        back("-300.00"),
        back("-50.00"),
        row("NEW1"),
        at=at,
        provider="SSLCOMMERZ",
        reference="PO-2",
    )
    payouts.book(payout=later, act=Act(clerk, at))

    lines = SettlementLine.objects.filter(is_chargeback=True).order_by("pk")
    assert [(one.gross_amount, one.became) for one in lines] == [
        (-200, "OPEN"),
        (-300, "OPEN"),
        (-50, "OPEN"),
    ]
    assert [one.problem for one in payout.bad_rows.all()] == [
        "This transaction stands twice in the file."
    ]
    assert [one.problem for one in later.bad_rows.all()] == [
        "This transaction was paid out before."
    ]
    for line in lines:
        chargebacks.bear(line=line, act=Act(clerk, at, reason=REASON))
    assert books(1030, 2330) == [0, Decimal(-1000)]
    assert found() == []


def test_what_a_chargeback_costs_is_an_expense_also_in_a_row_of_its_own(
    account, at, clerk, payment, others
):
    fee = row("VAL11111", "0.00", "75.00", "-75.00")
    alone = row("WHO1", "0.00", "5.00", "-5.00")
    payout = booked(account, clerk, row("VAL11111"), others, back(fee="25.00"), fee, alone, at=at)

    assert payout.lines.get(is_chargeback=True).fee_amount == 100
    assert books(5300, 1030) == [Decimal("118.50"), 0]
    assert [bad.problem for bad in payout.bad_rows.all()] == [
        "Only a fee, and its transaction is not in this file."
    ]
    assert found() == []


def test_a_payment_reversed_before_explains_it(account, at, clerk, payment, others):
    reversing.reverse(payment=payment, act=Act(None, at, reason="declined by the gateway"))

    payout = booked(account, clerk, row("VAL11111"), others, back(), at=at)

    assert payout.lines.get(is_chargeback=True).became == "REVERSED"
    assert books(1030, 2330) == [0, 0]
    assert found() == []


def test_a_part_waits_and_taken_from_the_payment_the_rest_is_credited_again(
    account, at, clerk, invoice, payment, others
):
    line = part(account, clerk, payment, others, at=at)
    assert books(1030, 2330) == [0, Decimal(200)]
    assert (line.became, Payment.objects.get(pk=payment.pk).status) == ("OPEN", "COMPLETED")

    chargebacks.take(line=line, act=Act(clerk, at, reason=REASON))

    line.refresh_from_db()
    invoice.refresh_from_db()
    assert (line.became, line.rest_payment.amount, invoice.amount_due) == ("SHORTENED", 800, 200)
    assert books(1030, 2330) == [0, 0]
    assert list(clearing.not_paid_out("SSLCOMMERZ", until=date(2026, 2, 1))) == []
    assert found() == []
    for verb in (chargebacks.take, chargebacks.bear):
        with pytest.raises(Stale):
            verb(line=line, act=Act(clerk, at, reason=REASON))


def test_a_part_the_company_bears_is_written_off(account, at, clerk, invoice, payment, others):
    line = part(account, clerk, payment, others, at=at)
    with pytest.raises(ReasonMissing):
        chargebacks.bear(line=line, act=Act(clerk, at, reason="short"))

    chargebacks.bear(line=line, act=Act(clerk, at, reason=REASON))

    invoice.refresh_from_db()
    assert (invoice.amount_due, books(1030, 2330, 5900)) == (0, [0, 0, Decimal(200)])
    assert AuditEvent.objects.filter(action="payout_line.borne", reason=REASON).exists()
    assert found() == []


def test_more_than_it_brought_is_not_taken_from_a_payment(account, at, clerk, payment, others):
    line = part(account, clerk, payment, others, at=at, amount="-1200.00")

    with pytest.raises(NotTakeable):
        chargebacks.take(line=line, act=Act(clerk, at, reason=REASON))

    assert Payment.objects.get(pk=payment.pk).status == "COMPLETED"
    assert found() == []


def test_of_an_unknown_transaction_it_waits_until_that_is_known(account, at, clerk, others):
    booked(account, clerk, row("LOST1"), others, back(reference="LOST1"), at=at)
    line = SettlementLine.objects.get(is_chargeback=True)
    assert [one.pk for one in clearing.chargebacks()] == [line.pk]
    with pytest.raises(NotTakeable):
        chargebacks.take(line=line, act=Act(clerk, at, reason=REASON))

    customer = CustomerFactory()
    unknown = clearing.unknown().get()
    claimed = recognising.claim(line=unknown, customer=customer, act=Act(clerk, at))
    recognising.recognise(act=Act(None, at))

    line.refresh_from_db()
    claimed.refresh_from_db()
    assert (line.became, claimed.status) == ("REVERSED", "REVERSED")
    assert books(1030, 2330) == [0, 0]
    assert found() == []


@pytest.mark.slow
def test_two_people_decide_once(account, at, clerk, payment, others):
    line = part(account, clerk, payment, others, at=at)

    results = at_once(2, lambda: chargebacks.take(line=line, act=Act(clerk, at, reason=REASON)))

    assert sum(isinstance(one, SettlementLine) for one in results) == 1
    assert Payment.objects.filter(customer=payment.customer, status="COMPLETED").count() == 1
    assert found() == []


def test_a_decided_line_is_never_decided_otherwise(account, at, clerk, payment, others):
    line = part(account, clerk, payment, others, at=at)
    chargebacks.bear(line=line, act=Act(clerk, at, reason=REASON))

    with owner_connection() as owner, pytest.raises(psycopg.errors.RestrictViolation):
        owner.execute("UPDATE payments_settlementline SET became = 'OPEN' WHERE is_chargeback")
    assert found() == []


@pytest.mark.without_guards
@pytest.mark.parametrize("verb", [chargebacks.take, chargebacks.bear])
def test_one_booked_before_it_was_held_unmatched_comes_to_zero_too(
    account, at, clerk, payment, others, verb
):
    """Until then what was reversed stayed in the provider's account."""
    line = part(account, clerk, payment, others, at=at)
    with owner_connection() as owner:
        owner.execute("SET session_replication_role = replica")
        owner.execute(
            "UPDATE payments_settlementline SET is_held_unmatched = false WHERE is_chargeback"
        )
        owner.execute("UPDATE billing_posting SET account_id = 1030 WHERE account_id = 2330")
        owner.commit()
    assert (books(1030, 2330), found()) == ([Decimal(200), 0], [])

    verb(line=line, act=Act(clerk, at, reason=REASON))

    assert (books(1030, 2330), found()) == ([0, 0], [])
