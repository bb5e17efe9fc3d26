"""Renewals and first bills from a prepaid reseller's wallet, and what the partner is told."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal as D

import pytest

from billing.changes.services import service_states
from billing.invoices.models import Schedule
from customers.models import Subscription
from ispbill.core.acts import Act
from ispbill.notifications.models import Message
from ispbill.reports.queries import proofs
from resellers.models import Wallet, WalletRenewal
from resellers.queries import renewals as facts
from resellers.services import collecting, moving, notices, onboarding, renewing
from resellers.services.renewing import NotFromWallet
from resellers.services.wallets import WalletShort
from tests.factories.accounts import UserFactory
from tests.factories.customers import CustomerFactory, SubscriptionFactory
from tests.factories.network import AccessFactory
from tests.factories.payments import open_invoice
from tests.factories.payments import prepaid as service_until
from tests.factories.resellers import ResellerFactory, TransferFactory
from tests.rivals import at_once

pytestmark = pytest.mark.django_db(transaction=True)
EXPIRY = date(2026, 1, 10)
AT = datetime(2026, 1, 10, 4, 0, tzinfo=UTC)


def partner(top_up=None, **values):
    given = {"kind": "PREPAID", "commission_rate": D(0), "low_mark": D("0.00"), **values}
    reseller = ResellerFactory(user=UserFactory(role="RESELLER", phone="+8801711000009"), **given)
    if top_up:
        TransferFactory(reseller=reseller, amount=top_up, key=f"first-{reseller.pk}")
    return reseller


def customer_of(reseller):
    """One whose bills have no tax, so that they are the price."""
    return CustomerFactory(reseller_id=reseller.pk, is_tax_exempt=True)


def service_of(reseller, price, *, until=EXPIRY, **values):
    """A prepaid service of a customer of the reseller that its wallet renews."""
    customer = values.pop("customer", None) or customer_of(reseller)
    service = service_until(customer, until=until, price=price, line=True, **values)
    renewing.choose(subscription=service, reseller=reseller, is_on=True, act=Act(reseller.user, AT))
    return service


def until(service):
    return Schedule.objects.get(subscription=service).billed_until


def left(reseller):
    return Wallet.objects.get(pk=reseller.pk).balance_amount


def messages(event):
    return Message.objects.filter(event=event, channel="SMS").order_by("pk")


def test_who_does_not_fit_is_skipped_told_of_once_and_tried_again_after_a_top_up():
    reseller = partner("2000.00")
    first = service_of(reseller, "950.00", until=date(2026, 1, 8))
    second = service_of(reseller, "1425.00", until=date(2026, 1, 9))
    third = service_of(reseller, "950.00")
    act = Act(None, AT)

    done = renewing.renew_of(reseller.pk, act=act)
    again = renewing.renew_of(reseller.pk, act=act)

    assert done.renewed == [first.pk, third.pk]
    assert (done.skipped, done.missing) == ([second.pk], D("1325.00"))
    assert (again.renewed, again.missing) == ([], D("1325.00"))
    assert left(reseller) == D("100.00")
    assert until(third) > EXPIRY
    [said] = messages("wallet_not_renewed")
    assert said.context["count"] == "1"
    assert said.context["missing"] == "1325.00"
    assert facts.resellers_to_try(on=EXPIRY) == []

    later = AT + timedelta(minutes=5)
    TransferFactory(reseller=reseller, amount="1325.00", key="more", at=later)

    assert facts.resellers_to_try(on=EXPIRY) == [reseller.pk]
    assert renewing.renew_all(act=Act(None, later)) == 1
    assert (left(reseller), until(second) > EXPIRY) == (D("0.00"), True)
    assert messages("wallet_not_renewed").count() == 1
    assert proofs.check_all() == []


def test_a_line_that_was_closed_is_open_again_and_what_is_owed_is_paid_with_it():
    reseller = partner("2000.00")
    customer = customer_of(reseller)
    open_invoice(customer, "300.00")
    service = service_of(reseller, "1000.00", customer=customer, status="SUSPENDED")

    renewing.renew_of(reseller.pk, act=Act(None, AT))

    service.refresh_from_db()
    assert service.status == "ACTIVE"
    assert left(reseller) == D("700.00")


def test_nothing_is_renewed_without_the_choice_for_others_or_while_suspended():
    reseller, other = partner("5000.00"), partner("5000.00")
    unchosen = service_until(customer_of(reseller), until=EXPIRY, price="900.00", line=True)
    gone = service_of(reseller, "900.00")
    owner = UserFactory(role="OWNER")
    moving.move(
        customer_ids=[gone.customer_id],
        to=other,
        first_day=EXPIRY,
        act=Act(owner, AT, reason="moved by agreement of both"),
        is_confirmed=True,
    )
    asleep = partner("5000.00")
    waiting = service_of(asleep, "900.00")
    onboarding.suspend(reseller=asleep, act=Act(owner, AT, reason="does not answer the phone"))

    assert renewing.renew_all(act=Act(None, AT)) == 0
    assert [until(one) for one in (unchosen, gone, waiting)] == [EXPIRY] * 3
    gone.customer.refresh_from_db()
    with pytest.raises(NotFromWallet):
        renewing.choose(
            subscription=gone, reseller=reseller, is_on=True, act=Act(reseller.user, AT)
        )


def test_two_at_once_renew_each_service_once_and_never_go_below_the_limit():
    reseller = partner("2000.00")
    services = [service_of(reseller, "950.00") for _place in range(3)]

    def round_():
        return len(renewing.renew_of(reseller.pk, act=Act(None, AT)).renewed)

    assert sum(at_once(3, round_)) == 2
    assert left(reseller) == D("100.00")
    assert sum(until(one) > EXPIRY for one in services) == 2
    assert proofs.check_all() == []


def test_the_first_bill_is_paid_from_the_wallet_or_the_service_stays_pending():
    reseller = partner("1000.00")
    service = SubscriptionFactory(
        customer=customer_of(reseller),
        status="PENDING",
        activated_on=None,
        mode="PREPAID",
        price_amount=D("900.00"),
        installation_fee=D("500.00"),
        billing_day=10,
    )
    AccessFactory(subscription=service, desired_state="CLOSED")
    act = Act(UserFactory(role="OWNER"), AT, reason="installed by the partner today")

    with pytest.raises(WalletShort) as refusal:
        service_states.activate(subscription=service, on=EXPIRY, act=act)

    service.refresh_from_db()
    assert (service.status, left(reseller)) == (Subscription.Status.PENDING, D("1000.00"))
    assert refusal.value.missing == D("400.00")
    TransferFactory(reseller=reseller, amount="500.00", key="more")

    service_states.activate(subscription=service, on=EXPIRY, act=act)

    assert left(reseller) == D("100.00")
    assert until(service) > EXPIRY
    assert proofs.check_all() == []


def test_a_low_wallet_is_told_of_once_a_crossing():
    reseller = partner("1500.00", low_mark=D("1000.00"))
    customer = customer_of(reseller)
    open_invoice(customer, "900.00")

    def collect(key, amount):
        act = Act(reseller.user, AT)
        collecting.collect(reseller=reseller, customer=customer, amount=D(amount), key=key, act=act)

    collect("k1", "500.00")
    assert notices.low(at=AT) == 0  # a wallet at the mark is not below it
    collect("k2", "100.00")
    notices.low(at=AT)
    collect("k3", "99.00")
    notices.low(at=AT)
    assert [one.context["amount"] for one in messages("wallet_low")] == ["900.00"]

    TransferFactory(reseller=reseller, amount="500.00", key="more", at=AT)
    open_invoice(customer, "600.00")
    collect("k4", "550.00")
    notices.low(at=AT)
    notices.low(at=AT)
    assert [one.context["amount"] for one in messages("wallet_low")] == ["900.00", "751.00"]


def test_more_than_a_renewal_is_not_paid_from_the_wallet_and_a_debt_counts_once():
    reseller = partner("5000.00")
    customer = customer_of(reseller)
    open_invoice(customer, "100.00")
    service = service_of(reseller, "1000.00", customer=customer)

    for amount, is_taken in (("1200.00", False), ("1100.00", True)):
        try:
            collecting.collect(
                reseller=reseller,
                customer=customer,
                amount=D(amount),
                key=amount,
                act=Act(reseller.user, AT),
            )
        except collecting.MoreThanDue:
            assert not is_taken
    assert until(service) > EXPIRY
    assert left(reseller) == D("3900.00")
    assert WalletRenewal.objects.count() == 1
