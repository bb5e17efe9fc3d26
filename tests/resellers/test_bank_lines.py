"""Lines of a bank statement that name a reseller become its top-up or remittance, and go back."""

from datetime import UTC, datetime
from decimal import Decimal as D

import pytest
from django.urls import reverse

from billing.ledger.models import Posting
from ispbill.core import clock
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError, Stale
from ispbill.reports.queries import proofs
from payments.bank.models import StatementLine
from payments.bank.services import accepting, undoing
from resellers.models import Transfer, Wallet
from resellers.services import collecting, transfers
from resellers.services.transfers import TransferRefused
from tests.factories.accounts import UserFactory
from tests.factories.bank import bank_account, line_of
from tests.factories.customers import CustomerFactory
from tests.factories.payments import open_invoice
from tests.factories.resellers import ResellerFactory, TransferFactory

pytestmark = pytest.mark.django_db
AT = datetime(2026, 1, 10, 4, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _now(db):
    clock.set_simulated(AT)


@pytest.fixture
def act():
    return Act(UserFactory(role="BILLING"), AT)


@pytest.fixture
def reseller():
    return ResellerFactory(kind="PREPAID", name="Padma Net")


def line_naming(reseller, *, words="NPSB {}", amount="1200.00"):
    return line_of(bank_account(), amount, words.format(reseller.number), at=AT)


def accept(line, act):
    accepting.accept_suggestion(suggestion=line.suggestions.get(rank=1), act=act)
    line.refresh_from_db()
    return Transfer.objects.latest("pk")


def booked(*accounts):
    return [
        sum(Posting.objects.filter(account=one).values_list("amount", flat=True))
        for one in accounts
    ]


@pytest.mark.parametrize("words", ["NPSB {}", "transfer rs 90007 thanks", "RS90007/topup"])
def test_a_number_in_the_text_suggests_its_reseller(reseller, words):
    reseller.pk = 90_007  # no sequence of the run has come so far
    reseller.name = "Seven Net"
    reseller.user = UserFactory(role="RESELLER")
    reseller.save(force_insert=True)

    line = line_naming(reseller, words=words)

    one = line.suggestions.get(rank=1)
    assert (one.owner_key, one.owner_label, one.confidence) == ("RS-90007", "Seven Net", 96)
    assert line.is_safe


def test_accepted_it_tops_the_wallet_up_once_and_the_books_hold(reseller, act):
    line = line_naming(reseller)

    made = accept(line, act)

    assert (made.kind, made.status, made.amount) == ("TOPUP", "CONFIRMED", D("1200.00"))
    assert made.decided_on == line.booked_on
    assert line.state == StatementLine.State.MATCHED
    assert Wallet.objects.get().balance_amount == D("1200.00")
    assert booked(1010, 2330, 2360) == [D("1200.00"), 0, D("-1200.00")]
    with pytest.raises(Stale):
        accepting.accept_suggestion(suggestion=line.suggestions.get(rank=1), act=act)
    assert proofs.check_all() == []


def test_what_the_partner_announced_is_confirmed_by_its_line(reseller, act):
    announced = TransferFactory(reseller=reseller, amount="1200.00", is_waiting=True)
    line = line_naming(reseller)
    assert line.suggestions.get(rank=1).confidence == 99

    made = accept(line, act)

    assert made == announced
    assert (made.status, made.account_no) == ("CONFIRMED", 1010)
    assert Transfer.objects.count() == 1
    assert proofs.check_all() == []


def test_cash_held_is_remitted_by_a_line_but_no_more_than_is_held(act):
    reseller = ResellerFactory()
    customer, held = CustomerFactory(reseller_id=reseller.pk), D("1150.00")
    open_invoice(customer, f"{held}")
    collecting.collect(
        reseller=reseller, customer=customer, amount=held, key="k1", act=Act(reseller.user, AT)
    )
    assert Wallet.objects.get().held_amount == held
    with pytest.raises(TransferRefused):
        accept(line_naming(reseller, amount=f"{held + 1}"), act)

    line = line_naming(reseller, amount=f"{held}")
    made = accept(line, act)
    assert (made.kind, Wallet.objects.get().held_amount) == ("REMITTANCE", 0)
    undoing.undo(part=line.parts.get(), act=act.because("the bank took the transfer back"))
    assert Wallet.objects.get().held_amount == held
    assert proofs.check_all() == []


def test_undone_the_money_leaves_the_wallet_and_the_line_is_nobodys_again(reseller, act):
    line = line_naming(reseller)
    made = accept(line, act)
    why = act.because("the bank took the transfer back")

    with pytest.raises(TransferRefused, match="undo that line"):
        transfers.take_back(transfer=made, act=why)
    undoing.undo(part=line.parts.get(), act=why)

    line.refresh_from_db()
    made.refresh_from_db()
    assert (line.state, line.open_amount) == ("NEW", D("1200.00"))
    assert (made.status, Wallet.objects.get().balance_amount) == ("REVERSED", D("0.00"))
    assert booked(1010, 2360) == [0, 0]
    assert proofs.check_all() == []
    again = accept(line, act)
    assert again.number != made.number
    assert Wallet.objects.get().balance_amount == D("1200.00")


def test_a_held_line_takes_its_money_from_unmatched_money(reseller, act):
    line = line_naming(reseller)
    accepting.start_statement(statement=line.statement, act=act)
    accepting.accept_statement(statement_id=line.statement_id, at=AT)
    assert booked(1010, 2330) == [D("1200.00"), D("-1200.00")]

    accept(line, act)

    assert booked(1010, 2330, 2360) == [D("1200.00"), 0, D("-1200.00")]
    undoing.undo(part=line.parts.get(), act=act.because("it was somebody else's money"))
    assert booked(1010, 2330, 2360) == [D("1200.00"), D("-1200.00"), 0]
    assert proofs.check_all() == []


def test_a_closed_reseller_is_not_suggested_and_no_machine_accepts(reseller):
    line = line_naming(reseller)
    with pytest.raises(DomainError):
        accepting.accept_suggestion(suggestion=line.suggestions.get(rank=1), act=Act(None, AT))
    reseller.status = "CLOSED"
    reseller.save()
    assert not line_naming(reseller, amount="10.00").suggestions.exists()


def test_the_page_of_the_line_and_the_inbox_name_the_partner(client, reseller):
    line = line_naming(reseller)
    client.force_login(UserFactory(role="BILLING"))

    page = client.get(reverse("staff_payments:unmatched-line", args=[line.pk])).content.decode()
    accepted = client.post(
        reverse("staff_payments:accept-line", args=[line.pk]), {"rank": "1"}, follow=True
    )
    after = client.get(reverse("staff_payments:unmatched-line", args=[line.pk])).content.decode()

    assert "Padma Net" in page
    assert accepted.status_code == 200
    assert Transfer.objects.get().number in after
