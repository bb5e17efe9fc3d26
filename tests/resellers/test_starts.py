"""What a new service brings its reseller once, and when it goes back (partners-rules 2)."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal as D

import pytest
from django.db import connection
from django.urls import reverse

from customers.models import Subscription
from ispbill.core.acts import Act
from ispbill.reports.queries import proofs
from payments.desk.services import reversing
from resellers.models import Commission, CommissionBack, Wallet
from resellers.rules import share
from resellers.services import commissions, payouts, starts, terms
from resellers.services.terms import Plan
from tests.factories.accounts import UserFactory
from tests.factories.customers import CustomerFactory, SubscriptionFactory
from tests.factories.payments import open_invoice, paid
from tests.factories.resellers import ResellerFactory

pytestmark = pytest.mark.django_db
AT = datetime(2026, 1, 10, 4, 0, tzinfo=UTC)
ON = date(2026, 1, 10)
BORN = date(2026, 1, 2)


def act(at=AT, reason="agreed with the partner"):
    return Act(UserFactory(role="OWNER"), at, reason=reason)


def partner(kind="COMMISSION", amount="300.00", days=90, since=AT):
    reseller = ResellerFactory(kind=kind)
    agreed = Plan("PERCENT", D("0.10"), activation_amount=D(amount), clawback_days=days)
    terms.plan(reseller=reseller, plan=agreed, effective_from=since.date(), act=act(since))
    return reseller


def started(reseller, *, activated_on=BORN):
    """A service in use with its first bill, which is not paid yet."""
    customer = CustomerFactory(reseller_id=reseller.pk)
    service = SubscriptionFactory(customer=customer, status="ACTIVE", activated_on=activated_on)
    open_invoice(customer, "1150.00", service=service)
    return service


def pay(service, amount="1150.00", at=AT):
    return paid(service.customer, amount, at=at)


def night(at=AT):
    return starts.take_back(act=Act(None, at)), starts.earn(act=Act(None, at))


def end(service, on):
    Subscription.objects.filter(pk=service.pk).update(status="CANCELLED", cancelled_on=on)


def owed():
    return sum(one.worth for one in Commission.objects.filter(kind="START"))


@pytest.mark.parametrize(("days", "goes_back"), [(0, True), (89, True), (90, False), (400, False)])
def test_day_89_after_activation_goes_back_and_day_90_does_not(days, goes_back):
    ended_on = BORN + timedelta(days=days)
    found = share.goes_back_whole(activated_on=BORN, ended_on=ended_on, clawback_days=90)
    assert found is goes_back


def test_it_is_earned_when_the_whole_first_bill_is_paid_and_once():
    reseller = partner()
    service = started(reseller)
    pay(service, "600.00")
    assert night() == (0, 0)
    pay(service, "550.00")

    assert night() == (0, 1)
    assert night() == (0, 0)

    one = Commission.objects.get(kind="START")
    assert (one.amount, one.reseller, one.subscription) == (D("300.00"), reseller, service)
    assert one.document == service.connection_id
    assert proofs.check_all() == []


def test_a_service_that_ended_on_day_89_brings_nothing_and_takes_back_what_it_brought():
    reseller = partner()
    early, kept = started(reseller), started(reseller)
    pay(early)
    pay(kept)
    assert night() == (0, 2)
    end(early, BORN + timedelta(days=89))
    end(kept, BORN + timedelta(days=90))

    assert night() == (1, 0)
    assert night() == (0, 0)

    back = CommissionBack.objects.get()
    assert (back.commission.subscription, back.amount) == (early, D("300.00"))
    assert owed() == D("300.00")
    assert proofs.check_all() == []


def test_a_payment_that_goes_back_takes_it_whole_and_paid_again_it_is_earned_again():
    reseller = partner()
    service = started(reseller)
    payment = pay(service)
    night()
    reversing.reverse(payment=payment, act=act(reason="the cheque behind it bounced"))

    assert night() == (1, 0)
    assert owed() == 0
    pay(service, at=AT + timedelta(days=3))
    assert night(AT + timedelta(days=3)) == (0, 1)
    assert owed() == D("300.00")
    assert Commission.objects.filter(kind="START").count() == 2
    assert proofs.check_all() == []


def test_a_plan_brings_nothing_for_what_was_paid_before_it():
    reseller = ResellerFactory()
    service = started(reseller)
    pay(service)
    later = AT + timedelta(days=5)
    agreed = Plan("PERCENT", D("0.10"), activation_amount=D("300.00"))
    terms.plan(reseller=reseller, plan=agreed, effective_from=later.date(), act=act(later))

    assert night(later) == (0, 0)


def test_who_has_the_customer_when_the_money_comes_earns_it():
    mine, other = partner(), partner()
    service = started(mine)
    pay(service)
    night()

    assert Commission.objects.get(kind="START").reseller == mine
    assert not Commission.objects.filter(kind="START", reseller=other).exists()


def test_a_prepaid_partner_has_it_in_the_wallet_at_once_and_loses_it_there():
    reseller = partner(kind="PREPAID")
    service = started(reseller)
    payment = pay(service)
    before = Wallet.objects.get(pk=reseller.pk).balance_amount

    night()

    assert Wallet.objects.get(pk=reseller.pk).balance_amount == before + D("300.00")
    assert Commission.objects.get(kind="START").status == "CREDITED"
    reversing.reverse(payment=payment, act=act(reason="the cheque behind it bounced"))
    night()
    assert Wallet.objects.get(pk=reseller.pk).balance_amount == D("0.00")
    assert proofs.check_all() == []


def test_what_was_paid_out_becomes_a_claim():
    reseller = partner()
    service = started(reseller)
    pay(service)
    night()
    found = list(Commission.objects.values_list("pk", flat=True))
    commissions.approve(commission_ids=found, act=act())
    payouts.record(reseller=reseller, method="EFT", reference="FT-1", act=act())
    with connection.cursor() as cursor:  # as its commit would: what follows is another night's
        cursor.execute("SET CONSTRAINTS payout_proven IMMEDIATE")
        cursor.execute("SET CONSTRAINTS payout_proven DEFERRED")
    end(service, BORN + timedelta(days=30))

    assert night() == (1, 0)
    assert CommissionBack.objects.get().is_claim
    assert proofs.check_all() == []


def test_the_portal_names_the_service(client):
    reseller = partner()
    service = started(reseller)
    pay(service)
    night()
    client.force_login(reseller.user)

    page = client.get(reverse("reseller:commissions")).content.decode()

    assert service.connection_id in page
