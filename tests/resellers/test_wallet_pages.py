"""A partner's wallet, customers and top-ups on its pages, and what staff do about them."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal as D

import pytest
from django.urls import reverse

from ispbill.core import clock
from ispbill.core.acts import Act
from resellers.models import Checkout, ResellerUser, Transfer, Wallet, WalletRenewal
from resellers.services import renewing, transfers
from tests.factories.accounts import UserFactory
from tests.factories.customers import CustomerFactory
from tests.factories.gateway_accounts import gateway_account
from tests.factories.payments import prepaid
from tests.factories.resellers import ResellerFactory, TransferFactory, as_if_committed

pytestmark = pytest.mark.django_db
AT = datetime(2026, 1, 10, 4, 0, tzinfo=UTC)
EXPIRY = date(2026, 1, 10)


@pytest.fixture(autouse=True)
def _now(db):
    clock.set_simulated(AT)


@pytest.fixture
def reseller():
    return ResellerFactory(kind="PREPAID")


@pytest.fixture
def service(reseller):
    customer = CustomerFactory(reseller_id=reseller.pk, name="Amina Begum")
    return prepaid(customer, until=EXPIRY, line=True)


def test_a_partner_chooses_on_the_customers_page_that_the_wallet_renews(client, reseller, service):
    client.force_login(reseller.user)
    number = service.customer.number
    address = reverse("reseller:renewal", args=[number, service.line_no])

    client.post(address, {"is_on": "1"})
    page = client.get(reverse("reseller:customer", args=[number])).content.decode()

    assert WalletRenewal.objects.get().reseller == reseller
    assert "renewed from your wallet" in page
    client.post(address, {"is_on": "0"})
    assert not WalletRenewal.objects.exists()


def test_anothers_customer_is_not_there(client, service):
    client.force_login(ResellerFactory(kind="PREPAID").user)
    number = service.customer.number

    assert client.get(reverse("reseller:customer", args=[number])).status_code == 404
    address = reverse("reseller:renewal", args=[number, service.line_no])
    assert client.post(address, {"is_on": "1"}).status_code == 404
    assert not WalletRenewal.objects.exists()


@pytest.mark.parametrize("rights", ["CASHIER", "COLLECTOR", "VIEWER"])
def test_only_the_partner_tops_up_and_sets_prices(client, reseller, rights):
    user = UserFactory(role="RESELLER")
    ResellerUser.objects.create(reseller=reseller, user=user, rights=rights)
    client.force_login(user)

    assert client.post(reverse("reseller:top-up"), {"amount": "1000"}).status_code == 403
    assert client.get(reverse("reseller:price", args=[1])).status_code == 403
    assert client.get(reverse("reseller:prices")).status_code == 200


def test_the_wallets_page_says_what_was_not_renewed_and_that_it_is_below_its_limit(
    client, reseller, service
):
    act = Act(reseller.user, AT)
    renewing.choose(subscription=service, reseller=reseller, is_on=True, act=act)
    renewing.renew_of(reseller.pk, act=Act(None, AT))
    client.force_login(reseller.user)

    page = client.get(reverse("reseller:money")).content.decode()

    assert "Not renewed" in page
    assert "Amina Begum" in page
    assert "below its limit" not in page


def test_staff_take_a_top_up_back_and_the_wallet_is_blocked(client, reseller):
    top_up = TransferFactory(reseller=reseller, amount="1000.00")
    TransferFactory(reseller=reseller, amount="500.00", key="second")
    reseller.payout_account = "Dutch-Bangla 110-222"
    reseller.save()
    TransferFactory(reseller=reseller, kind="REFUND", amount="800.00", key="third", is_waiting=True)
    owner = UserFactory(role="OWNER")
    client.force_login(owner)
    transfers.confirm(
        transfer=Transfer.objects.get(kind="REFUND"), act=Act(UserFactory(role="OWNER"), AT)
    )
    as_if_committed()
    address = reverse("staff_resellers:decide-transfer", args=[top_up.number, "take-back"])

    answer = client.post(address, {"reason": "the cheque behind it bounced"})

    assert answer.status_code in {200, 204, 302}
    assert Wallet.objects.get().balance_amount == D("-300.00")
    page = client.get(reverse("staff_resellers:reseller", args=[reseller.number])).content.decode()
    assert "Wallet blocked" in page


def test_staff_see_a_top_up_that_is_held_and_accept_it(client, reseller):
    checkout = Checkout.objects.create(
        order="PHELD1",
        account=gateway_account(at=AT),
        reseller=reseller,
        amount=D("1000.00"),
        currency="BDT",
        state=Checkout.State.HELD,
        words="BDT 500.00 risk",
        key="held",
        started_by=reseller.user,
        started_at=AT,
        expires_at=AT + timedelta(days=1),
        gateway_reference="VAL-1",
        paid_amount=D("100.00"),
    )
    client.force_login(UserFactory(role="OWNER"))
    page = client.get(reverse("staff_resellers:reseller", args=[reseller.number])).content.decode()
    address = reverse("staff_resellers:decide-checkout", args=[checkout.order, "accept"])

    client.post(address, {"reason": "looked at it with the gateway"})

    assert "VAL-1" in page
    assert Wallet.objects.get().balance_amount == D("100.00")
