"""A wallet topped up through a gateway, from the form to the books, over real sockets."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal as D

import pytest
from django.test import Client
from django.urls import reverse

from billing.ledger.models import Posting
from ispbill.core import clock
from ispbill.core.acts import Act
from ispbill.core.errors import Stale
from ispbill.devtools.sandbox.gateways.client import Desk
from ispbill.devtools.sandbox.gateways.server import serve
from ispbill.reports.queries import proofs
from payments.online.models import GatewayCallback
from payments.online.services import inbox
from resellers.models import Checkout, CheckoutRefund, Transfer, Wallet
from resellers.services import checkouts, sending_back
from resellers.services.checkouts import CheckoutDecided, OtherCurrency
from resellers.services.sending_back import NotSentBack
from resellers.services.transfers import TransferRefused
from tests.factories.accounts import UserFactory
from tests.factories.gateways import sslcommerz_account
from tests.factories.resellers import ResellerFactory
from tests.rivals import at_once

pytestmark = pytest.mark.django_db(transaction=True)
AT = datetime(2026, 1, 10, 4, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def _sandbox(tmp_path_factory):
    directory = tmp_path_factory.mktemp("gateways")
    sandbox = serve(directory)
    yield directory
    sandbox.close()


@pytest.fixture
def till(_sandbox, settings, db):
    settings.PUBLIC_URL = "http://127.0.0.1:9"  # nobody listens: notices are handed over by hand
    desk = Desk(_sandbox)
    desk.clear()
    desk.clear_faults()
    clock.set_simulated(AT)
    return Till(desk, sslcommerz_account(_sandbox))


class Till:
    """A prepaid partner before the form, and the gateway behind it."""

    def __init__(self, desk, account):
        self.desk, self.account = desk, account
        self.reseller = ResellerFactory(kind="PREPAID")
        self.client = Client()
        self.client.force_login(self.reseller.user)

    def send(self, amount="1200.00", key="f8f3c3de-6d3a-4b4b-8c53-0e9b4b9a3a11"):
        form = {"amount": amount, "gateway": self.account.slug, "key": key}
        return self.client.post(reverse("reseller:top-up"), form)

    def start(self, amount="1200.00", key="form-1"):
        asked = checkouts.Asked(
            reseller=self.reseller, account=self.account, amount=D(amount), key=key
        )
        return checkouts.start(asked=asked, act=Act(self.reseller.user, AT))

    def hear(self, checkout):
        """Let the gateway's notices arrive and be worked off."""
        for row in reversed(self.desk.callbacks(checkout.session_key)):
            if row["kind"] == "IPN":
                self.client.post(f"/pay/gateways/{self.account.slug}/ipn/", row["fields"])
        for row in GatewayCallback.objects.filter(state="NEW"):
            inbox.work_off(callback_id=row.pk, at=AT)

    @property
    def balance(self):
        found = Wallet.objects.filter(pk=self.reseller.pk).first()
        return found.balance_amount if found else D("0.00")


def booked(account):
    return sum(Posting.objects.filter(account=account).values_list("amount", flat=True))


def test_a_partner_tops_up_online_and_the_wallet_is_higher_once(till):
    answer = till.send()
    checkout = Checkout.objects.get()
    again = till.send()

    assert answer["Location"] == again["Location"]
    assert Checkout.objects.count() == 1
    assert checkout.redirect_url in till.client.get(answer["Location"]).content.decode()
    left = till.desk.press(checkout.session_key, "success")
    back = till.client.post("/" + left["url"].split("/", 3)[3], left["fields"])
    page = reverse("reseller:checkout", args=[checkout.order])
    assert (back.status_code, back["Location"]) == (303, page)
    till.hear(checkout)
    till.hear(checkout)

    assert Checkout.objects.get().state == "SETTLED"
    transfer = Transfer.objects.get()
    assert (transfer.number, transfer.status) == ("TU-2026-00001", "CONFIRMED")
    assert till.balance == D("1200.00")
    assert (booked(2360), booked(transfer.account_no)) == (D("-1200.00"), D("1200.00"))
    assert transfer.number in till.client.get(page).content.decode()
    assert proofs.check_all() == []


def test_what_nobody_told_us_is_asked_for_and_many_at_once_credit_once(till):
    checkout = till.start()
    till.desk.press(checkout.session_key, "no_ipn")
    later = AT + timedelta(minutes=6)

    at_once(4, lambda: checkouts.ask_due(at=later))

    assert (till.balance, Transfer.objects.count()) == (D("1200.00"), 1)


def test_another_amount_or_a_risky_payment_is_held_for_a_person(till):
    checkout = till.start()
    till.desk.press(checkout.session_key, "risk")
    till.hear(checkout)

    checkout = Checkout.objects.get()
    assert checkout.state == "HELD"
    assert (till.balance, Transfer.objects.count()) == (D("0.00"), 0)

    act = Act(UserFactory(role="OWNER"), AT, reason="looked at it with the gateway")
    checkouts.decide(checkout=checkout, accepts=True, act=act)
    with pytest.raises(CheckoutDecided):
        checkouts.decide(checkout=checkout, accepts=False, act=act)
    assert till.balance == D("1200.00")


def held_and_refused(till):
    """A risky top-up that billing did not accept."""
    checkout = till.start()
    till.desk.press(checkout.session_key, "risk")
    till.hear(checkout)
    act = Act(UserFactory(role="OWNER"), AT, reason="nobody knows this card")
    checkouts.decide(checkout=Checkout.objects.get(), accepts=False, act=act)
    return CheckoutRefund.objects.get()


def test_what_is_refused_goes_back_the_way_it_came_once_and_the_books_follow(till):
    refund = held_and_refused(till)
    clearing = 1030
    assert (booked(2340), booked(clearing)) == (D("-1200.00"), D("1200.00"))
    assert proofs.check_all() == []

    sending_back.follow_due(at=AT)
    refund.refresh_from_db()
    assert refund.state == "PROCESSING"
    till.desk.turn_refund(refund.gateway_reference, "refunded")
    for hours in (1, 2, 3):
        sending_back.follow_due(at=AT + timedelta(hours=hours))

    refund.refresh_from_db()
    assert (refund.state, refund.amount, bool(refund.gateway_reference)) == (
        "DONE",
        D("1200.00"),
        True,
    )
    assert (booked(2340), booked(clearing), booked(2360)) == (0, 0, 0)
    assert till.balance == 0
    assert proofs.check_all() == []


def test_a_refund_the_gateway_refuses_is_a_persons_and_is_noted_once(till):
    refund = held_and_refused(till)
    sending_back.follow_due(at=AT)
    refund.refresh_from_db()
    till.desk.turn_refund(refund.gateway_reference, "cancelled")
    sending_back.follow_due(at=AT + timedelta(hours=1))
    refund.refresh_from_db()
    assert refund.state == "DOUBT"
    assert booked(2340) == D("-1200.00")

    client = Client()
    client.force_login(UserFactory(role="OWNER"))
    number = till.reseller.number
    page = client.get(reverse("staff_resellers:reseller", args=[number])).content.decode()
    assert "Refused top-ups on their way back" in page
    act = Act(UserFactory(role="OWNER"), AT, reason="not on its pages")
    with pytest.raises(NotSentBack):
        sending_back.was_sent(refund=refund, reference=" ", act=act)
    sending_back.was_sent(refund=refund, reference="RF-9", act=act)
    with pytest.raises(Stale):
        sending_back.send_again(refund=refund, act=act)

    assert booked(2340) == 0
    assert proofs.check_all() == []


def test_two_workers_send_it_back_once(till):
    refund = held_and_refused(till)

    at_once(4, lambda: sending_back.follow(refund_id=refund.pk, at=AT))

    session = till.desk.session(refund.checkout.session_key)
    assert len(session["refunds"]) == 1
    till.desk.turn_refund(session["refunds"][0]["ref"], "refunded")
    at_once(4, lambda: sending_back.follow_due(at=AT + timedelta(hours=1)))
    assert (CheckoutRefund.objects.get().state, booked(2340)) == ("DONE", 0)


def test_a_later_decline_by_the_gateway_takes_the_top_up_back(till):
    checkout = till.start()
    till.desk.press(checkout.session_key, "success")
    till.hear(checkout)
    assert till.balance == D("1200.00")

    till.desk.press(checkout.session_key, "take_back")
    till.hear(checkout)

    assert (till.balance, Transfer.objects.get().status) == (D("0.00"), "REVERSED")
    assert booked(2360) == 0
    assert proofs.check_all() == []


def test_a_payment_that_failed_credits_nothing(till):
    checkout = till.start()
    left = till.desk.press(checkout.session_key, "insufficient")
    till.client.post("/" + left["url"].split("/", 3)[3], left["fields"])
    till.hear(checkout)

    assert Checkout.objects.get().state == "FAILED"
    assert till.balance == D("0.00")


def test_a_notice_that_was_not_signed_asks_nobody(till):
    checkout = till.start()
    till.desk.press(checkout.session_key, "no_ipn")
    forged = {"tran_id": checkout.order, "status": "VALID", "val_id": "1"}
    till.client.post(f"/pay/gateways/{till.account.slug}/ipn/", forged)
    [row] = GatewayCallback.objects.all()

    inbox.work_off(callback_id=row.pk, at=AT)

    assert Checkout.objects.get().state == "OPEN"
    assert till.balance == D("0.00")


def test_too_little_is_refused_and_another_partners_try_is_not_there(till):
    with pytest.raises(TransferRefused):
        till.start(amount="499.99")
    checkout = till.start()
    other = Client()
    other.force_login(ResellerFactory(kind="PREPAID").user)

    for name in ("reseller:checkout", "reseller:checkout-go"):
        assert other.get(reverse(name, args=[checkout.order])).status_code == 404
    assert Checkout.objects.count() == 1


def test_what_was_paid_in_another_currency_never_becomes_a_balance(till):
    checkout = till.start()
    till.desk.press(checkout.session_key, "risk")
    till.hear(checkout)
    Checkout.objects.update(words="USD 1200.00 Visa")
    act = Act(UserFactory(role="OWNER"), AT, reason="looked at it with the gateway")

    with pytest.raises(OtherCurrency):
        checkouts.decide(checkout=checkout, accepts=True, act=act)
    checkouts.decide(checkout=checkout, accepts=False, act=act)

    assert (till.balance, Checkout.objects.get().state) == (D("0.00"), "REFUSED")
