"""Links to pay and to receipts: what each opens, for how long, and that none can be invented."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from billing.invoices.queries.invoice_paper import qr_image
from billing.invoices.services.documents import Wanted
from ispbill.core import clock, pay_links, receipt_links
from ispbill.core.pay_links import PayLink
from ispbill.notifications.models import Message
from ispbill.notifications.queries import texts, wordings
from ispbill.notifications.rules.wording import Text
from payments.desk.services import documents
from payments.online.queries import online
from tests.factories.customers import CustomerFactory, SubscriptionFactory
from tests.factories.payments import open_invoice, paid

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def now():
    return clock.now()


@pytest.fixture
def customer():
    return CustomerFactory(name="Rahim Uddin", phone="+8801711000012", email="rahim@example.com")


def page(client, link):
    return client.get(reverse("public_payments:pay", args=[link.token()]))


def test_a_link_works_to_the_end_of_its_day(client, customer):
    today = clock.today()

    assert page(client, PayLink(customer.pk, today)).status_code == 200
    assert page(client, PayLink(customer.pk, today - timedelta(days=1))).status_code == 410


def test_a_link_of_somebody_archived_takes_no_money(client, customer, now):
    customer.archived_at = now
    customer.save(update_fields=["archived_at"])

    assert page(client, PayLink(customer.pk, clock.today())).status_code == 410


def test_changing_any_letter_of_a_link_opens_nothing(client, customer):
    other = CustomerFactory()
    token = PayLink(customer.pk, clock.today() + timedelta(days=5)).token()
    changed = [
        token[:place] + letter + token[place + 1 :]
        for place in range(len(token))
        for letter in "l0z-A"
        if letter != token[place]
    ]

    opened = [one for one in changed if pay_links.read(one) is not None]

    assert opened == []
    mixed = PayLink(other.pk, clock.today()).token().rsplit("-", 1)[0] + "-" + token[-22:]
    assert client.get(f"/pay/{mixed}").status_code == 404


def test_a_link_to_a_bill_is_filled_with_what_is_left_of_it(client, customer, now):
    old = open_invoice(customer, "500.00")
    bill = open_invoice(customer, "1150.00")
    paid(customer, "650.00", at=now, chosen=[bill.pk])

    shown = page(client, PayLink(customer.pk, clock.today(), invoice_id=bill.pk)).context["payable"]

    assert (shown.invoice, shown.suggested, shown.owed) == (
        bill,
        Decimal("500.00"),
        Decimal("1000.00"),
    )
    assert old.pk != bill.pk


def test_a_link_never_shows_somebody_elses_bill(client, customer):
    strange = open_invoice(CustomerFactory(), "99.00")

    shown = page(client, PayLink(customer.pk, clock.today(), invoice_id=strange.pk))

    assert shown.context["payable"].invoice is None


def test_months_ahead_cost_what_the_services_do_and_not_what_the_last_bill_was(customer, at):
    SubscriptionFactory(customer=customer, price_amount=Decimal("1000.00"))
    open_invoice(customer, "333.00")  # part of a month

    shown = online.payable(PayLink(customer.pk, date(2026, 12, 31)), at=at)

    assert shown.choices == [
        (1, Decimal("1483.00")),
        (3, Decimal("3783.00")),
        (6, Decimal("7233.00")),
    ]


def test_the_receipts_papers_lead_to_the_receipt(client, customer, now):
    payment = paid(customer, "1150.00", at=now)
    address = receipt_links.url(payment.receipt_number)

    for variant in (documents.A4, documents.SLIP):
        paper = documents.receipt(
            Wanted(kind=documents.KIND, source_id=str(payment.pk), variant=variant, language="bn")
        )
        assert paper.context["qr"] == qr_image(address)
    assert client.get(address.removeprefix(address.split("/receipt/")[0])).status_code == 200


@pytest.mark.parametrize("channel", ["SMS", "EMAIL"])
@pytest.mark.parametrize("language", ["en", "bn"])
def test_the_message_about_a_payment_leads_to_its_receipt(client, now, channel, language):
    customer = CustomerFactory(language=language, email="amina@isp.test")
    payment = paid(customer, "1150.00", at=now)
    letter = Message.objects.get(event="payment_received", channel=channel)
    place = ("payment_received", channel, language)

    said = texts.shown(letter).body

    address = receipt_links.url(payment.receipt_number)
    assert address in said
    assert (
        payment.receipt_number
        in client.get("/receipt/" + address.rsplit("/", 1)[1]).content.decode()
    )
    assert "{receipt_url}" in (wordings.in_force([place])[place] or Text(body="")).body


def test_no_other_receipt_can_be_opened_by_counting(customer, now):
    first, second = (paid(customer, amount, at=now).receipt_number for amount in ("10", "20"))
    word = receipt_links.token(first)

    assert receipt_links.read(word) == first
    swapped = receipt_links.token(second).split(".")[0] + "." + word.split(".", 1)[1]
    assert receipt_links.read(swapped) is None
