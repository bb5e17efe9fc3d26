"""A prepaid reseller's wallet and a commission reseller's cash: one transaction, exact gaps."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal as D

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError
from django.urls import reverse

from billing.allocation.models import Payment
from billing.ledger.models import Posting
from billing.receivables.services import crediting
from billing.receivables.services.crediting import Given
from ispbill.core.acts import Act
from ispbill.notifications.models import Message
from ispbill.reports.queries import proofs
from payments.desk.services import reversing
from payments.online.queries import refundable
from payments.online.services import refunds
from payments.online.services.refunds import NotRefundable
from resellers.models import PriceLimit, Transfer, Wallet, WalletMove
from resellers.queries import wallets
from resellers.services import collecting, onboarding, terms, transfers
from resellers.services.collecting import MoreThanDue, NotCollecting, RemitFirst
from resellers.services.terms import Plan
from resellers.services.transfers import OwnTransfer, TransferDecided, TransferRefused
from resellers.services.wallets import WalletShort
from tests.factories.accounts import UserFactory
from tests.factories.customers import CustomerFactory
from tests.factories.payments import open_invoice, paid
from tests.factories.resellers import ResellerFactory, TransferFactory, as_if_committed

AT = datetime(2026, 1, 10, 4, 0, tzinfo=UTC)


def prepaid(top_up=None, **values):
    reseller = ResellerFactory(kind="PREPAID", commission_rate=D("0.20"), **values)
    if top_up:
        TransferFactory(reseller=reseller, amount=top_up, key=f"first-{reseller.pk}")
    return reseller


def customer_of(reseller, bill="1150.00"):
    customer = CustomerFactory(reseller_id=reseller.pk)
    if bill:
        open_invoice(customer, bill)
    return customer


def collect(reseller, customer, amount, key="k1", at=AT):
    return collecting.collect(
        reseller=reseller, customer=customer, amount=D(amount), key=key, act=Act(reseller.user, at)
    )


def balance(reseller):
    return Wallet.objects.get(pk=reseller.pk).balance_amount


def books(account):
    return sum(Posting.objects.filter(account=account).values_list("amount", flat=True))


def moves(reseller):
    found = WalletMove.objects.filter(reseller=reseller).order_by("pk")
    return [(m.kind, m.amount, m.after_amount) for m in found]


@pytest.mark.django_db
def test_a_bill_is_paid_from_the_wallet_and_the_share_comes_back_at_once():
    reseller = prepaid("1000.00")
    customer = customer_of(reseller, "1000.00")

    done = collect(reseller, customer, "1000.00")
    again = collect(reseller, customer, "1000.00")

    assert again.payment == done.payment
    assert done.share == D("200.00")
    assert moves(reseller) == [
        ("TOPUP", D("1000.00"), D("1000.00")),
        ("SHARE", D("200.00"), D("1200.00")),
        ("PAYMENT", D("-1000.00"), D("200.00")),
    ]
    assert books(2360) == D("-200.00")
    assert books(2350) == 0
    assert customer.invoices.get().amount_due == 0
    assert proofs.check_all() == []


@pytest.mark.django_db
def test_a_short_wallet_says_by_how_much_and_nothing_is_written():
    reseller = prepaid("700.00")
    customer = customer_of(reseller, "1187.50")  # less a share of 237.50: 950.00 net

    with pytest.raises(WalletShort) as refusal:
        collect(reseller, customer, "1187.50")

    assert (refusal.value.missing, refusal.value.top_up) == (D("250.00"), D("500.00"))
    assert balance(reseller) == D("700.00")
    assert not Payment.objects.exists()
    reseller.credit_limit = D("250.00")
    reseller.save()
    assert collect(reseller, customer, "1187.50").share == D("237.50")
    assert balance(reseller) == D("-250.00")


@pytest.mark.django_db
def test_a_wallet_pays_a_part_but_no_more_than_is_due():
    reseller = prepaid("5000.00")
    customer = customer_of(reseller)

    with pytest.raises(MoreThanDue):
        collect(reseller, customer, "1150.01")

    assert collect(reseller, customer, "150.00").payment.amount == D("150.00")


@pytest.mark.django_db
def test_a_reversal_moves_payment_and_share_back():
    reseller = prepaid("1000.00")
    done = collect(reseller, customer_of(reseller, "1000.00"), "1000.00")

    reversing.reverse(
        payment=done.payment, act=Act(UserFactory(role="OWNER"), AT, reason="typed for another one")
    )

    assert [kind for kind, _amount, _after in moves(reseller)[3:]] in (
        ["PAYMENT", "SHARE"],
        ["SHARE", "PAYMENT"],
    )
    assert balance(reseller) == D("1000.00")
    assert proofs.check_all() == []


@pytest.mark.django_db
def test_a_customer_who_pays_online_brings_the_share_into_the_wallet():
    reseller = prepaid()

    paid(customer_of(reseller, "1000.00"), "1000.00", at=AT, method="BKASH", reference="TX1")

    assert moves(reseller) == [("SHARE", D("200.00"), D("200.00"))]
    assert proofs.check_all() == []


@pytest.mark.django_db
def test_the_wallet_is_refunded_by_a_second_person_and_never_more_than_is_there():
    reseller = prepaid("1000.00", payout_account="Dutch-Bangla 110-222")
    clerk, other = UserFactory(role="BILLING"), UserFactory(role="OWNER")
    asked = {"reseller": reseller, "kind": "REFUND", "method": "EFT", "reference": ""}

    with pytest.raises(TransferRefused):
        transfers.send(
            **{**asked, "method": "CASH"}, amount=D("1.00"), key="r9", act=Act(clerk, AT)
        )

    with pytest.raises(TransferRefused):
        transfers.send(**asked, amount=D("1000.01"), key="r0", act=Act(clerk, AT))
    sent = transfers.send(**asked, amount=D("400.00"), key="r1", act=Act(clerk, AT))
    with pytest.raises(OwnTransfer):
        transfers.confirm(transfer=sent, act=Act(clerk, AT))
    transfers.confirm(transfer=sent, act=Act(other, AT))

    assert sent.reference == "Dutch-Bangla 110-222"
    assert balance(reseller) == D("600.00")
    assert books(2360) == D("-600.00")
    assert proofs.check_all() == []


@pytest.mark.django_db
def test_a_top_up_taken_back_may_go_below_the_limit_and_then_nothing_is_paid():
    reseller = prepaid("1000.00")
    collect(reseller, customer_of(reseller, "800.00"), "800.00")
    owner = UserFactory(role="OWNER")
    top_up = Transfer.objects.get(kind="TOPUP")
    as_if_committed()

    transfers.take_back(transfer=top_up, act=Act(owner, AT, reason="the cheque behind it bounced"))
    with pytest.raises(TransferDecided):
        transfers.take_back(transfer=top_up, act=Act(owner, AT, reason="and once more by mistake"))
    with pytest.raises(WalletShort) as refusal:
        collect(reseller, customer_of(reseller, "100.00"), "100.00", key="k2")

    assert balance(reseller) == D("-640.00")  # 1,000 − 800 + its share 160 − 1,000
    assert refusal.value.missing == D("720.00")
    assert wallets.is_blocked(reseller)
    assert (books(2360), books(1010)) == (D("640.00"), D("0.00"))
    assert proofs.check_all() == []


@pytest.mark.django_db
def test_cash_of_a_commission_reseller_is_held_until_it_is_remitted():
    reseller = ResellerFactory(collection_limit=D("2000.00"))
    first, second = customer_of(reseller), customer_of(reseller)

    collect(reseller, first, "1150.00")
    with pytest.raises(RemitFirst) as refusal:
        collect(reseller, second, "900.00", key="k2")
    sent = transfers.send(
        reseller=reseller,
        kind="REMITTANCE",
        amount=D("1000.00"),
        method="EFT",
        reference="FT-7",
        key="m1",
        act=Act(reseller.user, AT),
    )
    before = Wallet.objects.get(pk=reseller.pk).held_amount
    transfers.confirm(transfer=sent, act=Act(UserFactory(role="BILLING"), AT))

    assert refusal.value.amount == D("50.00")
    assert sent.number == "RM-2026-00001"
    assert (before, Wallet.objects.get(pk=reseller.pk).held_amount) == (D("1150.00"), D("150.00"))
    assert (books(1160), books(1010)) == (D("150.00"), D("1000.00"))
    assert collect(reseller, second, "900.00", key="k3").payment.method == "CASH"
    assert proofs.check_all() == []


@pytest.mark.django_db
def test_money_held_for_two_weeks_stops_collecting():
    reseller = ResellerFactory()
    customer = customer_of(reseller)
    collect(reseller, customer, "100.00")

    with pytest.raises(RemitFirst):
        collect(reseller, customer, "100.00", key="k2", at=AT + timedelta(days=14))


@pytest.mark.django_db
def test_a_suspended_reseller_collects_nothing():
    reseller = prepaid("1000.00")
    customer = customer_of(reseller)
    owner = UserFactory(role="OWNER")

    onboarding.suspend(reseller=reseller, act=Act(owner, AT, reason="does not answer the phone"))

    with pytest.raises(NotCollecting):
        collect(reseller, customer, "100.00")


@pytest.mark.django_db
def test_a_margin_is_earned_in_parts():
    reseller = ResellerFactory()
    customer = customer_of(reseller, "1150.00")
    owner = UserFactory(role="OWNER")
    terms.plan(
        reseller=reseller,
        plan=Plan(kind="MARGIN", rate=D("0.10")),
        effective_from=AT.date(),
        act=Act(owner, AT, reason="agreed in the office today"),
    )

    paid(customer, "500.00", at=AT)

    # No line of a package with a buying price: the default rate of the plan.
    assert reseller.commissions.get().amount == D("50.00")
    assert not PriceLimit.objects.exists()


@pytest.mark.django_db
def test_a_wallet_is_moved_by_nothing_but_its_moves():
    reseller = prepaid("1000.00")

    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE resellers_wallet SET balance_amount = 0")
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE resellers_transfer SET amount = 1")

    assert balance(reseller) == D("1000.00")
    assert Transfer.objects.get().amount == D("1000.00")


@pytest.mark.django_db
def test_credit_a_wallet_paid_goes_back_into_it_less_its_share_and_never_out_in_cash(client):
    reseller = prepaid("1000.00")
    customer = customer_of(reseller, "1000.00")
    collect(reseller, customer, "1000.00")
    bill = customer.invoices.get()
    act = Act(UserFactory(role="OWNER"), AT, reason="half of the month was dark")
    given = [Given(bill.lines.get(), D("500.00"))]
    crediting.credit(invoice=bill, given=given, on=AT.date(), act=act)
    assert refundable.available(customer.pk) == 0
    assert refundable.available(customer.pk, of_wallets=True) == D("500.00")
    with pytest.raises(NotRefundable):
        refunds.refund(customer=customer, amount=D("500.00"), method="CASH", reference="", act=act)
    client.force_login(UserFactory(role="BILLING"))
    address = reverse("staff_payments:to-wallet", args=[customer.number])
    assert "never out in cash" in client.get(address).content.decode()
    given = {"amount": "500.01", "reason_code": "REQUEST", "reason": "asked on the phone"}
    assert client.post(address, given).status_code == 422

    client.post(address, {**given, "amount": "500.00"})

    # 1,000 + 200 − 1,000, then half of the share back and the half that was paid
    assert balance(reseller) == D("600.00")
    assert {one[:2] for one in moves(reseller)[3:]} == {
        ("SHARE", D("-100.00")),
        ("BACK", D("500.00")),
    }
    assert books(2360) == D("-600.00")
    assert not Message.objects.filter(event="payment_refunded").exists()
    assert client.post(address, {**given, "amount": "1.00"}).status_code == 422
    assert proofs.check_all() == []
