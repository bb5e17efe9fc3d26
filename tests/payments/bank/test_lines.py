"""What a line of a statement becomes, and what the books say of it."""

from decimal import Decimal

import pytest
from django.db.models import Sum

from billing.allocation.models import Payment
from billing.ledger.models import Posting
from billing.receivables.services import reversal
from billing.receivables.services.reversal import NotReversible
from ispbill.core.acts import Act
from ispbill.core.errors import ReasonMissing, Stale
from payments.bank.models import KnownPayer, StatementLine, StatementPart
from payments.bank.services import accepting, linking, matching, releasing, setting_aside, undoing
from payments.bank.services.booking import LineRefused
from payments.bank.services.matching import PerhapsRecorded, Share
from payments.desk.services import reversing
from payments.online.services import refunds
from tests import queued
from tests.factories.accounts import UserFactory
from tests.factories.bank import bank_account, imported, line_of, lines_of
from tests.factories.customers import CustomerFactory
from tests.factories.payments import open_invoice, paid
from tests.rivals import at_once

pytestmark = pytest.mark.django_db(transaction=True)

WHY = "The bank told us who it was"


@pytest.fixture
def account():
    return bank_account()


@pytest.fixture
def clerk():
    return UserFactory()


def books(*codes):
    return [
        Posting.objects.filter(account=code).aggregate(sum=Sum("amount"))["sum"] or Decimal(0)
        for code in codes
    ]


def match(line, *shares, at, actor=None, **values):
    return matching.match(
        line=line,
        act=Act(actor, at),
        shares=[Share(customer, Decimal(amount)) for customer, amount in shares],
        **values,
    )


def accept(statement, at, clerk):
    accepting.start_statement(statement=statement, act=Act(clerk, at))
    accepting.accept_statement(statement_id=statement.pk, at=at)


def fresh(line):
    return StatementLine.objects.select_related("account").get(pk=line.pk)


def test_a_matched_line_is_a_payment_that_pays_the_bill(account, at):
    customer = CustomerFactory()
    invoice = open_invoice(customer)
    line = line_of(account, at=at)

    (payment,) = match(line, (customer, "1150.00"), at=at)

    invoice.refresh_from_db()
    assert (payment.method, payment.amount, payment.posted_on.isoformat()) == (
        "EFT",
        Decimal("1150.00"),
        "2026-01-09",
    )
    assert (invoice.amount_due, fresh(line).state) == (0, "MATCHED")
    assert books(1010, 2330, 1100) == [Decimal("1150.00"), 0, 0]


def test_what_nobody_claims_is_owed_to_an_unknown_payer_until_it_is_matched(account, at, clerk):
    statement = imported(account, ("2026-01-09", "Somebody", "500.00"), at=at)
    (line,) = lines_of(statement)
    assert books(1010, 2330) == [0, 0]

    accept(statement, at, clerk)

    assert (fresh(line).state, books(1010, 2330)) == ("HELD", [Decimal(500), Decimal(-500)])
    match(line, (CustomerFactory(), "500.00"), at=at)
    assert (fresh(line).state, books(1010, 2330)) == ("MATCHED", [Decimal(500), 0])


def test_accepting_a_statement_twice_or_broken_off_books_it_once(account, at, clerk):
    rows = [("2026-01-09", f"Payer {number}", "10.00") for number in range(5)]
    statement = imported(account, *rows, at=at)
    accepting.start_statement(statement=statement, act=Act(clerk, at))
    accepting._hold_unmatched([line.pk for line in lines_of(statement)[:2]], act=Act(clerk, at))

    accepting.accept_statement(statement_id=statement.pk, at=at)
    accepting.accept_statement(statement_id=statement.pk, at=at)

    assert books(1010, 2330) == [Decimal(50), Decimal(-50)]
    with pytest.raises(Stale):
        accepting.start_statement(statement=statement, act=Act(clerk, at))


def test_a_line_is_split_over_several_customers_and_the_rest_stays_open(account, at):
    line = line_of(account, "1000.00", at=at)
    first, second = CustomerFactory(), CustomerFactory()

    match(line, (first, "300.00"), (second, "200.00"), at=at)

    assert (fresh(line).state, fresh(line).open_amount) == ("HELD", Decimal(500))
    assert books(1010, 2330) == [Decimal(1000), Decimal(-500)]
    with pytest.raises(LineRefused):
        match(line, (first, "500.01"), at=at)


def test_a_payment_taken_by_hand_before_is_linked_and_not_made_again(account, at):
    customer = CustomerFactory()
    payment = paid(customer, "1150.00", at=at, method="EFT", reference="FT26010912")
    line = line_of(account, description="FT26010912 TRF", at=at)
    suggestion = line.suggestions.get(rank=1)
    assert (suggestion.payment_id, line.is_safe) == (payment.pk, True)

    accepting.accept_suggestion(suggestion=suggestion, act=Act(None, at))

    assert Payment.objects.count() == 1
    assert (fresh(line).state, books(1010, 2330)) == ("MATCHED", [Decimal(1150), 0])


def test_money_held_unmatched_first_and_found_in_the_books_later_is_there_once(account, at, clerk):
    customer = CustomerFactory()
    statement = imported(account, ("2026-01-09", "Somebody", "700.00"), at=at)
    accept(statement, at, clerk)
    payment = paid(customer, "700.00", at=at, method="EFT")

    (line,) = lines_of(statement)
    linking.link(line=line, payment=payment, act=Act(clerk, at))

    assert books(1010, 2330, 1100) == [Decimal(700), 0, Decimal(-700)]


def test_a_transfer_booked_to_the_wrong_bank_is_put_right_by_its_line(at):
    second = bank_account(account=1020)
    payment = paid(CustomerFactory(), "700.00", at=at, method="EFT")
    line = line_of(second, "700.00", at=at)

    linking.link(line=line, payment=payment, act=Act(None, at))

    assert books(1010, 1020) == [0, Decimal(700)]


def test_money_that_may_be_there_already_is_asked_about(account, at):
    customer = CustomerFactory()
    payment = paid(customer, "1150.00", at=at, method="EFT", reference="typed wrongly")
    line = line_of(account, at=at)

    with pytest.raises(PerhapsRecorded) as asked:
        match(line, (customer, "1150.00"), at=at)

    assert asked.value.payment == payment
    match(line, (customer, "1150.00"), at=at, is_repeat_confirmed=True)
    assert Payment.objects.count() == 2


def test_undoing_reverses_the_payment_and_the_line_is_nobodys_again(account, at, clerk):
    customer = CustomerFactory()
    invoice = open_invoice(customer)
    statement = imported(account, ("2026-01-09", "Somebody", "1150.00"), at=at)
    (line,) = lines_of(statement)
    match(line, (customer, "1150.00"), at=at)
    accept(statement, at, clerk)

    undoing.undo(part=StatementPart.objects.get(), act=Act(clerk, at, reason=WHY))

    invoice.refresh_from_db()
    assert (invoice.amount_due, fresh(line).state) == (Decimal(1150), "HELD")
    assert books(1010, 2330) == [Decimal(1150), Decimal(-1150)]
    other = CustomerFactory()
    match(line, (other, "1150.00"), at=at)
    assert (fresh(line).state, books(1010, 2330)) == ("MATCHED", [Decimal(1150), 0])
    assert Payment.objects.filter(customer=other, status="COMPLETED").count() == 1


def test_reversing_the_payment_on_its_own_page_frees_the_line_too(account, at, clerk):
    line = line_of(account, at=at)
    (payment,) = match(line, (CustomerFactory(), "1150.00"), at=at)

    reversing.reverse(payment=payment, act=Act(clerk, at, reason=WHY))

    assert (fresh(line).state, fresh(line).open_amount) == ("NEW", Decimal(1150))
    assert books(1010, 2330) == [0, 0]


def test_reversed_where_nobody_knows_of_statements_it_frees_the_line_afterwards(
    account, at, clerk, monkeypatch
):
    line, called = line_of(account, at=at), []
    (payment,) = match(line, (CustomerFactory(), "1150.00"), at=at)
    queued.instead_of(monkeypatch, "payments.free_lines", called.append)
    reversal.reverse(payment=payment, act=Act(None, at, reason=WHY))
    before = fresh(line).state

    freed = [releasing.free(**called[0], at=at), releasing.free(**called[0], at=at)]

    assert (called, before) == ([{"payment_ids": [payment.pk]}], "MATCHED")
    assert (freed, fresh(line).state, fresh(line).open_amount) == ([1, 0], "NEW", Decimal(1150))
    assert books(1010, 2330) == [0, 0]


def test_a_call_that_was_lost_is_made_up_for_at_night(account, at, monkeypatch):
    line, other = line_of(account, at=at), line_of(account, "200.00", at=at)
    (payment,) = match(line, (CustomerFactory(), "1150.00"), at=at)
    match(other, (CustomerFactory(), "200.00"), at=at)
    queued.instead_of(monkeypatch, "payments.free_lines")
    reversal.reverse(payment=payment, act=Act(None, at, reason=WHY))

    releasing.free(at=at)

    assert (fresh(line).state, fresh(other).state) == ("NEW", "MATCHED")


def test_undoing_one_share_leaves_the_others(account, at, clerk):
    line = line_of(account, "300.00", at=at)
    first, second = CustomerFactory(), CustomerFactory()
    match(line, (first, "100.00"), (second, "200.00"), at=at)

    part = StatementPart.objects.get(customer=first)
    undoing.undo(part=part, act=Act(clerk, at, reason=WHY))

    assert (fresh(line).state, fresh(line).open_amount) == ("HELD", Decimal(100))
    assert books(1010, 2330) == [Decimal(300), Decimal(-100)]
    with pytest.raises(NotReversible):
        part.refresh_from_db()
        undoing.undo(part=part, act=Act(clerk, at, reason=WHY))


def test_charges_transfers_and_what_is_not_ours_leave_the_unmatched_lines(account, at, clerk):
    charge = line_of(account, "-57.50", at=at)
    transfer = line_of(account, "2000.00", at=at)
    strange = line_of(account, "10.00", at=at)
    accept(strange.statement, at, clerk)

    setting_aside.set_aside(line=charge, kind="CHARGES", act=Act(clerk, at, reason=WHY))
    with pytest.raises(LineRefused):
        setting_aside.set_aside(line=transfer, kind="TRANSFER", act=Act(clerk, at, reason=WHY))
    setting_aside.set_aside(
        line=transfer, kind="TRANSFER", account=1020, act=Act(clerk, at, reason=WHY)
    )
    setting_aside.set_aside(line=strange, kind="ELSEWHERE", act=Act(clerk, at, reason=WHY))
    with pytest.raises(ReasonMissing):
        setting_aside.set_aside(line=charge, kind="CHARGES", act=Act(clerk, at, reason="no"))

    assert [fresh(line).state for line in (charge, transfer, strange)] == ["IGNORED"] * 3
    assert books(1010, 1020, 5320, 2330) == [
        Decimal("1942.50"),
        Decimal(-2000),
        Decimal("57.50"),
        0,
    ]


def test_money_is_paid_back_and_seen_leaving(account, at, clerk):
    line = line_of(account, "400.00", at=at)

    part = setting_aside.pay_back(line=line, act=Act(clerk, at, reason=WHY))

    assert (fresh(line).state, books(1010, 2330)) == ("RETURNED", [0, 0])
    out = line_of(account, "-400.00", "Returned", at=at)
    linking.link(line=out, paid_back=part, act=Act(clerk, at))
    assert (fresh(out).state, books(1010, 2330)) == ("MATCHED", [0, 0])
    with pytest.raises(Stale):
        undoing.undo(part=part, act=Act(clerk, at, reason=WHY))


def test_a_refund_by_transfer_is_what_a_line_of_money_out_is(account, at, clerk):
    customer = CustomerFactory()
    paid(customer, "900.00", at=at)
    outcome = refunds.refund(
        customer=customer,
        amount=Decimal(900),
        method="EFT",
        reference="",
        act=Act(clerk, at, on=at.date(), reason=WHY),
    )
    line = line_of(account, "-900.00", at=at)

    linking.link(line=line, refund=customer.refunds.get(), act=Act(clerk, at))

    assert outcome is not None
    assert (fresh(line).state, books(1010)) == ("MATCHED", [Decimal(-900)])
    again = line_of(account, "-900.00", "Once more", at=at)
    with pytest.raises(LineRefused):
        linking.link(line=again, refund=customer.refunds.get(), act=Act(clerk, at))


def test_a_payer_is_remembered_and_known_the_next_time(account, at, clerk):
    customer = CustomerFactory()
    open_invoice(customer, "800.00")
    line = line_of(
        account, "800.00", at=at, counterparty="KARIM TEXTILE MILLS", payer="1501203344556"
    )
    match(line, (customer, "800.00"), at=at, actor=clerk, remember=True)

    after = line_of(account, "10.00", at=at, payer="1501 2033 44556")
    named = line_of(account, "20.00", at=at, counterparty="Karim Textile Mills Ltd")

    assert set(KnownPayer.objects.values_list("kind", "label")) == {
        ("ACCOUNT", "***4556"),
        ("NAME", "KARIM TEXTILE MILLS"),
    }
    assert after.suggestions.get(rank=1).customer == customer
    assert (after.confidence, after.is_safe) == (95, True)
    assert (named.confidence, named.is_safe) == (90, False)
    assert "1501203344556" not in str(list(StatementLine.objects.values()))


@pytest.mark.slow
def test_two_people_who_claim_the_same_line_make_one_payment(account, at):
    first, second = CustomerFactory(), CustomerFactory()
    line = line_of(account, at=at)

    results = at_once(
        4,
        lambda: match(line, (first, "1150.00"), at=at),
        lambda: match(line, (second, "1150.00"), at=at),
    )

    assert sum(isinstance(one, list) for one in results) == 1
    assert results.count("Stale") == 3
    assert Payment.objects.count() == 1
    assert books(1010, 2330) == [Decimal(1150), 0]


@pytest.mark.slow
def test_a_payment_is_claimed_by_one_of_two_lines(account, at):
    payment = paid(CustomerFactory(), "1150.00", at=at, method="EFT")
    first, second = line_of(account, at=at), line_of(account, at=at, description="Other")

    results = at_once(
        2,
        lambda: linking.link(line=first, payment=payment, act=Act(None, at)),
        lambda: linking.link(line=second, payment=payment, act=Act(None, at)),
    )

    assert sorted(type(one).__name__ for one in results) == ["StatementPart", "str"]
    assert "LineRefused" in results
