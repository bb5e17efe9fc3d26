"""NetCash transfers to our bank: booked once, made of what came and went, and it comes to zero."""

from datetime import date
from decimal import Decimal

import pytest
from django.db.models import Sum

from billing.ledger.models import Posting
from ispbill.core.acts import Act
from ispbill.reports.queries import proofs
from payments.bank.models import SettlementImport
from payments.bank.queries import clearing
from payments.debits.models import DebitSettings, DebitStatementLine
from payments.debits.queries import debits as queries
from payments.debits.services import statements
from payments.online.gateways.netcash import codes
from tests import database
from tests.factories import bank as our_bank
from tests.factories import debits
from tests.factories.customers import CustomerFactory
from tests.factories.payments import open_invoice
from tests.laws import at_once
from tests.payments.debits.test_journey import collected

pytestmark = pytest.mark.django_db(transaction=True)

FRIDAY, MONDAY, TUESDAY = date(2026, 3, 6), date(2026, 3, 9), date(2026, 3, 10)


def held():
    return Posting.objects.filter(account=1033).aggregate(sum=Sum("amount"))["sum"] or 0


def paid_out(bank, on=FRIDAY, read_on=MONDAY):
    """NetCash transfers what it holds, and the next statement says so."""
    bank.go_to(on)
    bank.act(act="pay_out")
    bank.go_to(read_on)
    debits.followed(bank)
    return DebitStatementLine.objects.filter(code="BTR").latest("pk")


def read_again(bank):
    bank.minutes += 7 * 60
    debits.followed(bank, is_asked=True)


def test_a_transfer_to_our_bank_empties_what_netcash_holds_once(bank):
    account = our_bank.bank_account()
    bank.switch(fee_per_line=150)
    mandate, _invoice = collected(bank)
    payment = debits.only_order(mandate.customer).payment
    kept = held()
    assert list(clearing.not_paid_out("NETCASH", until=MONDAY)) == [payment]
    line = paid_out(bank)

    assert (line.outcome, held(), bank.picture()["balance"]) == ("PAID_OUT", 0, 0)
    payout = SettlementImport.objects.get()
    assert (payout.provider, payout.state, payout.net_amount) == ("NETCASH", "BOOKED", kept)
    assert payout.bank_account == account
    assert Posting.objects.get(account=account.account, amount=kept).entry.kind == "PAYOUT"
    parts = payout.lines.order_by("row_no").values_list("payment", "gross_amount", "state")
    fees = kept - payment.amount
    assert list(parts) == [(payment.pk, payment.amount, "KNOWN"), (None, fees, "UNKNOWN")]
    assert list(clearing.not_paid_out("NETCASH", until=MONDAY)) == []
    assert list(clearing.unknown()) == []
    read_again(bank)
    assert (SettlementImport.objects.count(), held()) == (1, 0)
    assert at_once.broken() == []


def test_what_is_returned_after_it_was_paid_out_lessens_the_next_payout(bank):
    our_bank.bank_account()
    mandate, _invoice = collected(bank)
    first = debits.only_order(mandate.customer)
    paid_out(bank)
    other = debits.active(bank, CustomerFactory(phone="+27825551239"), number="4000000020")
    open_invoice(other.customer, "2000.00", due=date(2026, 3, 12))
    debits.processed(bank)
    bank.result(first, "02")
    bank.go_to(date(2026, 3, 13))
    debits.followed(bank)
    line = paid_out(bank, on=date(2026, 3, 13), read_on=date(2026, 3, 16))

    assert (line.outcome, held(), bank.picture()["balance"]) == ("PAID_OUT", 0, 0)
    assert line.payout.net_amount == Decimal("850.00")
    chargeback = line.payout.lines.get(is_chargeback=True)
    assert (chargeback.payment, chargeback.gross_amount) == (first.payment, Decimal("-1150.00"))
    assert at_once.broken() == []


def test_without_a_bank_account_a_payout_waits_for_one(bank):
    collected(bank)
    line = paid_out(bank)
    assert (line.outcome, held()) == ("HELD", Decimal("1150.00"))
    assert [rows.count() for rows in queries.to_decide()][-1] == 1

    our_bank.bank_account()
    second = our_bank.bank_account(account=1020)
    statements.follow(at=bank.at)
    line.refresh_from_db()
    assert line.outcome == "HELD"
    DebitSettings.objects.update(bank_account=second)
    statements.follow(at=bank.at)

    line.refresh_from_db()
    assert (line.outcome, line.payout.bank_account, held()) == ("PAID_OUT", second, 0)


def test_more_than_was_collected_is_not_booked_by_itself(bank):
    our_bank.bank_account()
    collected(bank)
    line = paid_out(bank)
    assert line.outcome == "PAID_OUT"
    more = DebitStatementLine.objects.create(
        statement_date=MONDAY,
        transaction_id="x",
        code="BTR",
        effect_amount=Decimal("-1.00"),
        imported_at=bank.at,
    )
    back = DebitStatementLine.objects.create(
        statement_date=MONDAY,
        transaction_id="y",
        code="BTR",
        effect_amount=Decimal("1.00"),
        imported_at=bank.at,
    )
    shop = DebitStatementLine.objects.create(
        statement_date=MONDAY,
        transaction_id="z",
        code="PNC",
        effect_amount=Decimal("9.00"),
        imported_at=bank.at,
    )
    statements.follow(at=bank.at)

    for one in (more, back, shop):
        one.refresh_from_db()
        assert one.outcome == "HELD", one
        assert one.note
    assert SettlementImport.objects.count() == 1


def test_the_line_of_our_bank_is_recognised_as_the_payout(bank):
    from payments.bank.models import StatementSuggestion
    from payments.bank.services import accepting

    account = our_bank.bank_account()
    collected(bank)
    payout = paid_out(bank).payout
    seen = our_bank.line_of(account, reference=payout.reference, day=MONDAY.isoformat(), at=bank.at)
    accepting.accept_suggestion(
        suggestion=StatementSuggestion.objects.get(line=seen, rank=1), act=Act(None, bank.at)
    )

    seen.refresh_from_db()
    assert (seen.state, seen.parts.get().payout) == ("MATCHED", payout)
    assert Posting.objects.filter(account=account.account).count() == 1
    assert at_once.broken() == []


@pytest.mark.without_guards
@pytest.mark.parametrize(
    ("damage", "check"),
    [
        (
            "UPDATE payments_debitstatementline SET effect_amount = -9 WHERE code = 'BTR'",
            "netcash_payouts_are_booked",
        ),
        ("DELETE FROM payments_settlementline", "providers_hold_what_they_owe"),
    ],
)
def test_check_ledger_finds_a_payout_that_does_not_add_up(bank, damage, check):
    our_bank.bank_account()
    collected(bank)
    paid_out(bank)
    with database.owner_connection() as owner:
        owner.execute("SET session_replication_role = replica")
        owner.execute(damage)
        owner.commit()

    assert check in [finding.check for finding in proofs.check_all()]


@pytest.mark.parametrize("reason", ["", "02"])
def test_a_debicheck_dispute_is_one_with_or_without_a_code(bank, reason):
    mandate, _invoice = collected(bank)
    order = debits.only_order(mandate.customer)
    DebitStatementLine.objects.create(
        statement_date=FRIDAY,
        transaction_id="d",
        code="DCD",
        effect_amount=-order.amount,
        reason_code=reason,
        reference=order.reference,
        imported_at=bank.at,
    )
    statements.follow(at=bank.at)

    order.refresh_from_db()
    mandate.refresh_from_db()
    assert (order.state, order.payment.status) == ("DISPUTED", "REVERSED")
    assert (mandate.state, mandate.need) == ("SUSPENDED", "NEW_MANDATE")
    assert not order.is_retried
    assert codes.unpaid_line("DRU", "02").is_dispute is False
