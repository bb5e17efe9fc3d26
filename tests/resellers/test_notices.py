"""What partners are told: cash to remit, payouts, customers who join and leave."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal as D

import pytest

from ispbill.core.acts import Act
from ispbill.notifications.models import Message
from resellers.models import Reseller
from resellers.services import collecting, commissions, moving, notices, transfers
from tests.factories.accounts import UserFactory
from tests.factories.customers import CustomerFactory
from tests.factories.payments import open_invoice
from tests.factories.resellers import CommissionFactory, PayoutFactory, ResellerFactory

pytestmark = pytest.mark.django_db
AT = datetime(2026, 1, 10, 4, 0, tzinfo=UTC)
WHY = "agreed with both partners"


def partner():
    return ResellerFactory(user=UserFactory(role="RESELLER", phone="+8801711000077"))


def told(event):
    return Message.objects.filter(event=event, channel="SMS").order_by("pk")


def holding(reseller, amount="1000.00", at=AT):
    customer = CustomerFactory(reseller_id=reseller.pk)
    open_invoice(customer, amount)
    act = Act(reseller.user, at)
    collecting.collect(reseller=reseller, customer=customer, amount=D(amount), key="k1", act=act)


def remind(days):
    at = AT + timedelta(days=days)
    return notices.to_remit(on=date(2026, 1, 10) + timedelta(days=days), at=at)


def test_cash_held_for_seven_days_is_asked_for_once():
    reseller = partner()
    holding(reseller)

    assert (remind(6), told("reseller_remit").count()) == (0, 0)
    remind(7)
    remind(8)

    [said] = told("reseller_remit")
    assert (said.context["amount"], said.context["day"]) == ("1000.00", "2026-01-10")
    assert "/reseller-portal/money/" in said.context["pay_url"]


def test_what_is_remitted_or_suspended_is_not_asked_for():
    remitted, suspended = partner(), partner()
    holding(remitted)
    act = Act(UserFactory(role="BILLING"), AT)
    sent = transfers.send(
        reseller=remitted,
        kind="REMITTANCE",
        amount=D("1000.00"),
        method="EFT",
        reference="slip 4",
        key="r1",
        act=act,
    )
    transfers.confirm(transfer=sent, act=act)
    Reseller.objects.filter(pk=suspended.pk).update(status="SUSPENDED")

    assert remind(9) == 0


def test_a_payout_is_told_with_its_number():
    reseller = partner()
    one = CommissionFactory(reseller=reseller)
    commissions.approve(commission_ids=[one.pk], act=Act(UserFactory(role="OWNER"), AT))
    payout = PayoutFactory(reseller=reseller)

    [said] = told("reseller_paid")
    assert payout.status == "PAID"
    assert said.context["payout"] == payout.number
    assert said.context["amount"] == f"{payout.amount:.2f}"


def test_both_resellers_hear_how_many_move_and_from_when():
    old, new = partner(), partner()
    ids = [CustomerFactory(reseller_id=old.pk).pk for _turn in range(2)]
    ids.append(CustomerFactory().pk)
    act = Act(UserFactory(role="BILLING"), AT, reason=WHY)

    moving.move(customer_ids=ids, to=new, first_day=date(2026, 2, 1), act=act, is_confirmed=True)

    said = {one.context["joining"]: one.context for one in told("reseller_moved")}
    assert said["3"]["leaving"] == "0"
    assert said["0"]["leaving"] == "2"
    assert {one["day"] for one in said.values()} == {"2026-02-01"}


def test_a_move_that_changes_nothing_tells_nobody():
    reseller = partner()
    customer = CustomerFactory(reseller_id=reseller.pk)
    act = Act(UserFactory(role="BILLING"), AT, reason=WHY)

    assert not moving.move(
        customer_ids=[customer.pk], to=reseller, first_day=act.on, act=act, is_confirmed=True
    )
    assert not told("reseller_moved").exists()
