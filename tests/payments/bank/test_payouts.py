"""What a provider pays out: booked once, fees an expense, what nobody knows kept until it is."""

from datetime import date
from decimal import Decimal

import pytest
from django.db.models import Sum

from billing.ledger.models import Posting
from billing.ledger.rules.chart import Chart
from ispbill.core.acts import Act
from ispbill.core.errors import Stale
from ispbill.reports.queries import proofs
from payments.bank.models import SettlementImport, SettlementLine
from payments.bank.queries import clearing
from payments.bank.rules import statement_rows
from payments.bank.services import accepting, payouts, recognising
from payments.bank.services.payouts import NewPayout, PayoutRefused
from tests.database import owner_connection
from tests.factories.accounts import UserFactory
from tests.factories.bank import bank_account, line_of
from tests.factories.customers import CustomerFactory
from tests.factories.payments import paid
from tests.rivals import at_once

pytestmark = pytest.mark.django_db(transaction=True)

HEAD = "TrxID,Transaction Date,Amount,Service charge,Payable amount"
DAY = date(2026, 1, 10)


@pytest.fixture
def account():
    return bank_account()


@pytest.fixture
def clerk():
    return UserFactory()


def file_of(*rows):
    return "\n".join([HEAD, *(",".join(row) for row in rows)]).encode()


def taken_in(account, clerk, *rows, at, provider="BKASH", reference="PO-2026-001"):
    payout = payouts.upload(
        wanted=NewPayout(provider, account, reference, DAY),
        name="payout.csv",
        content=file_of(*rows),
        act=Act(clerk, at),
    )
    layout = statement_rows.layout_of(payout.layout)
    return payouts.read(payout=payout, layout=layout, act=Act(clerk, at))


def through(provider, reference, amount="1000.00", *, at):
    """A payment a provider holds for us."""
    code = {"BKASH": Chart.BKASH_CLEARING, "SSLCOMMERZ": Chart.GATEWAY_CLEARING}[provider]
    method = "BKASH" if provider == "BKASH" else "CARD"
    return paid(
        CustomerFactory(), amount, at=at, method=method, reference=reference, account_no=code
    )


def books(*codes):
    return [
        Posting.objects.filter(account=code).aggregate(sum=Sum("amount"))["sum"] or Decimal(0)
        for code in codes
    ]


def found():
    return [finding.check for finding in proofs.check_all()]


def row(reference, gross="1000.00", fee="18.50", net="981.50"):
    return (reference, "2026-01-09", gross, fee, net)


def test_a_payout_moves_what_was_held_to_the_bank_and_its_fee_is_an_expense(account, at, clerk):
    through("BKASH", "AAA11111", at=at)
    through("BKASH", "BBB22222", at=at)
    assert books(1031) == [Decimal(2000)]

    payout = taken_in(account, clerk, row("AAA11111"), row("BBB22222"), at=at)
    payouts.book(payout=payout, act=Act(clerk, at))

    assert books(1010, 5300, 1031, 2330) == [Decimal(1963), Decimal(37), 0, 0]
    assert found() == []
    with pytest.raises(Stale):
        payouts.book(payout=payout, act=Act(clerk, at))


def test_what_the_provider_paid_that_we_do_not_know_waits_until_it_is_known(account, at, clerk):
    payout = taken_in(account, clerk, row("CCC33333"), at=at)
    payouts.book(payout=payout, act=Act(clerk, at))
    assert books(1010, 5300, 1031, 2330) == [Decimal("981.50"), Decimal("18.50"), 0, Decimal(-1000)]
    assert [line.transaction_id for line in clearing.unknown()] == ["CCC33333"]
    assert recognising.recognise(act=Act(None, at)) == 0

    payment = through("BKASH", "CCC33333", at=at)
    assert recognising.recognise(act=Act(None, at)) == 1
    assert recognising.recognise(act=Act(None, at)) == 0

    assert SettlementLine.objects.get().payment == payment
    assert books(1031, 2330) == [0, 0]
    assert found() == []


def test_a_person_says_whose_an_unknown_transaction_is(account, at, clerk):
    customer = CustomerFactory()
    payout = taken_in(account, clerk, row("DDD44444"), at=at)
    payouts.book(payout=payout, act=Act(clerk, at))

    payment = recognising.claim(
        line=SettlementLine.objects.get(), customer=customer, act=Act(clerk, at)
    )

    assert (payment.customer, payment.method, payment.amount) == (customer, "BKASH", 1000)
    assert books(1031, 2330, 1100) == [0, 0, Decimal(-1000)]
    assert found() == []
    with pytest.raises(PayoutRefused):
        recognising.claim(line=SettlementLine.objects.get(), customer=customer, act=Act(clerk, at))


def test_what_we_have_and_the_provider_did_not_pay_is_listed_with_its_day(account, at, clerk):
    paid_out, held = through("BKASH", "AAA11111", at=at), through("BKASH", "EEE55555", at=at)
    payouts.book(payout=taken_in(account, clerk, row("AAA11111"), at=at), act=Act(clerk, at))

    assert list(clearing.not_paid_out("BKASH", until=DAY)) == [held]
    (bkash,) = [
        one
        for one in clearing.accounts(since=date(2026, 1, 1), until=DAY)
        if one.provider == "BKASH"
    ]
    assert (bkash.opening, bkash.came_in, bkash.went_out, bkash.fees, bkash.held, bkash.since) == (
        0,
        Decimal(2000),
        Decimal(1000),
        Decimal("18.50"),
        Decimal(1000),
        held.posted_on,
    )
    assert paid_out not in clearing.not_paid_out("BKASH", until=DAY)


def test_another_amount_is_said_and_its_rest_stays_held(account, at, clerk):
    through("BKASH", "AAA11111", "1000.00", at=at)

    payout = taken_in(account, clerk, row("AAA11111", "900.00", "18.50", "881.50"), at=at)
    payouts.book(payout=payout, act=Act(clerk, at))

    assert payout.lines.get().state == "DIFFERENT"
    assert books(1031) == [Decimal(100)]
    assert found() == []


def test_a_transaction_is_paid_out_once_whatever_the_files_say(account, at, clerk):
    through("BKASH", "AAA11111", at=at)
    payouts.book(payout=taken_in(account, clerk, row("AAA11111"), at=at), act=Act(clerk, at))

    again = taken_in(
        account,
        clerk,
        row("AAA11111"),
        row("FFF66666"),
        row("FFF66666"),
        row("", net="1"),
        row("GGG77777", net="5.00"),
        at=at,
        reference="PO-2026-002",
    )

    problems = list(again.bad_rows.order_by("row_no").values_list("problem", flat=True))
    assert problems == [
        "This transaction was paid out before.",
        "This transaction stands twice in the file.",
        "The transaction id is missing.",
        "Amount, fee and net do not fit each other.",
    ]
    assert [line.transaction_id for line in again.lines.all()] == ["FFF66666"]
    with pytest.raises(PayoutRefused):
        taken_in(account, clerk, row("AAA11111"), at=at, reference="PO-2026-003")


def test_money_the_provider_took_back_lessens_what_it_pays(account, at, clerk):
    through("SSLCOMMERZ", "VAL11111", at=at)

    payout = taken_in(
        account,
        clerk,
        row("VAL11111"),
        row("VAL11111", "-200.00", "0.00", "-200.00"),
        at=at,
        provider="SSLCOMMERZ",
    )
    payouts.book(payout=payout, act=Act(clerk, at))

    assert books(1010, 1030, 2330) == [Decimal("781.50"), 0, Decimal(200)]
    assert list(clearing.chargebacks()) == [payout.lines.get(is_chargeback=True)]
    assert found() == []


def test_the_line_of_the_bank_is_the_payout_and_no_money_of_its_own(account, at, clerk):
    through("BKASH", "AAA11111", at=at)
    payouts.book(payout=taken_in(account, clerk, row("AAA11111"), at=at), act=Act(clerk, at))

    line = line_of(account, "981.50", "BKASH PO-2026-001", day="2026-01-10", at=at)
    assert (line.confidence, line.is_safe) == (97, True)
    accepting.accept_safe(lines=[line.pk], act=Act(clerk, at))

    line.refresh_from_db()
    assert (line.state, books(1010, 2330)) == ("MATCHED", [Decimal("981.50"), 0])
    assert found() == []


@pytest.mark.slow
def test_two_people_who_book_the_same_payout_book_it_once(account, at, clerk):
    through("BKASH", "AAA11111", at=at)
    payout = taken_in(account, clerk, row("AAA11111"), at=at)

    results = at_once(3, lambda: payouts.book(payout=payout, act=Act(clerk, at)))

    assert sum(isinstance(one, SettlementImport) for one in results) == 1
    assert books(1010, 1031) == [Decimal("981.50"), 0]


BREAKS = {
    "statement_lines_are_their_parts": """UPDATE payments_statementline
        SET open_amount = 1 WHERE state = 'NEW'""",
    "unmatched_money_is_owed": """UPDATE payments_statementline
        SET is_held_unmatched = true, state = 'HELD' WHERE state = 'NEW'""",
    "matched_lines_are_payments": "UPDATE payments_statementpart SET amount = amount - 1",
    "accepted_statements_are_booked": """UPDATE payments_statementimport
        SET state = 'ACCEPTED', accepted_at = now()""",
    "payouts_are_booked": """UPDATE payments_settlementimport SET net_amount = net_amount + 1,
        gross_amount = gross_amount + 1""",
    "providers_hold_what_they_owe": """UPDATE payments_settlementline
        SET gross_amount = gross_amount - 1, net_amount = net_amount - 1""",
    "chargeback_is_decided_rightly": """UPDATE payments_settlementline
        SET is_chargeback = true, gross_amount = -1000, net_amount = -1018.50""",
    "paid_out_once": """INSERT INTO payments_settlementline (settlement_id, provider, row_no,
        transaction_id, gross_amount, fee_amount, net_amount, is_chargeback, state, payment_id,
        is_held_unmatched) SELECT settlement_id, provider, 99, 'again', gross_amount, fee_amount,
        net_amount, false, state, payment_id, false FROM payments_settlementline""",
}


@pytest.mark.without_guards
@pytest.mark.parametrize("check", sorted(BREAKS))
def test_each_proof_finds_what_it_is_for(account, at, clerk, check):
    through("BKASH", "AAA11111", at=at)
    payouts.book(payout=taken_in(account, clerk, row("AAA11111"), at=at), act=Act(clerk, at))
    customer = CustomerFactory()
    matched = line_of(account, "5.00", customer.number, at=at)
    accepting.accept_safe(lines=[matched.pk], act=Act(clerk, at))
    line_of(account, "7.00", "nobody", at=at)
    assert found() == []

    with owner_connection() as owner:
        owner.execute("SET session_replication_role = replica")
        owner.execute("DROP INDEX settlement_line_payment_once")
        owner.execute(BREAKS[check])
        owner.commit()
        broken = found()
        owner.execute("DELETE FROM payments_settlementline WHERE transaction_id = 'again'")
        owner.execute(
            "CREATE UNIQUE INDEX settlement_line_payment_once ON payments_settlementline"
            " (payment_id) WHERE payment_id IS NOT NULL AND NOT is_chargeback"
        )
        owner.commit()

    assert check in broken
