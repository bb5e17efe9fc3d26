"""A customer who is signed in stays inside the portal until the receipt; links are used once."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from billing.invoices.models import Invoice
from billing.run.services import cycle
from customers.services.portal_access import open_portal_access
from ispbill.core import clock, receipt_links
from ispbill.core.acts import Act
from ispbill.core.pay_links import PayLink, Source
from payments.online.services import last_digits
from tests.factories.accounts import UserFactory
from tests.factories.billing import scheduled
from tests.factories.customers import CustomerFactory, SubscriptionFactory
from tests.factories.gateway_accounts import gateway_account
from tests.factories.gateways import settled_attempt, written_attempt
from tests.factories.payments import open_invoice, paid

pytestmark = pytest.mark.django_db(transaction=True)

STATES = ["OPEN", "FAILED", "CANCELLED", "EXPIRED"]


@pytest.fixture(autouse=True)
def _now(at):
    cache.clear()
    clock.set_simulated(at)
    yield
    cache.clear()


@pytest.fixture
def customer(at):
    gateway_account(at=at)
    return CustomerFactory(phone="+8801711000012")


@pytest.fixture
def portal(client, customer, at):
    client.force_login(open_portal_access(customer=customer, act=Act(None, at)))
    return client


def text(answer):
    return answer.content.decode()


def is_inside(answer):
    shown = text(answer)
    return (
        f'href="{reverse("portal:usage")}"' in shown
        and 'class="portal-brand" href="/portal/"' in shown
    )


# --- inside -------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", STATES)
def test_what_became_of_a_try_is_shown_inside_to_its_customer_only(portal, customer, state, at):
    address = reverse(
        "public_payments:attempt", args=[written_attempt(customer, at=at, state=state).order]
    )

    assert is_inside(portal.get(address))
    assert not is_inside(Client().get(address))


def test_success_leads_to_the_receipt_inside_the_portal(portal, customer, at):
    attempt = settled_attempt(customer, at=at)

    answer = portal.get(reverse("public_payments:attempt", args=[attempt.order]))

    assert is_inside(answer)
    assert reverse("portal:receipt", args=[attempt.payment.receipt_number]) in text(answer)


def test_the_hop_and_the_form_that_was_refused_are_inside(portal, customer, at):
    attempt = written_attempt(customer, at=at)
    token = PayLink(customer.pk, clock.today(), Source.PORTAL).token()

    hop = portal.get(reverse("public_payments:attempt-go", args=[attempt.order]))
    refused = portal.post(reverse("public_payments:pay", args=[token]), {"amount": "1"})

    assert is_inside(hop)
    assert refused.status_code == 422
    assert is_inside(refused)


def test_somebody_else_s_payment_is_not_inside(portal, at):
    attempt = written_attempt(CustomerFactory(), at=at)

    assert not is_inside(portal.get(reverse("public_payments:attempt", args=[attempt.order])))


# --- receipts -----------------------------------------------------------------------------------


def tools(answer, pdf):
    shown = text(answer)
    return (f'href="{pdf}"' in shown, "data-print" in shown, "data-share=" in shown)


def test_a_receipt_in_the_portal_has_pdf_print_and_share(portal, customer, at):
    payment = paid(customer, "500.00", at=at)

    answer = portal.get(reverse("portal:receipt", args=[payment.receipt_number]))

    assert (
        tools(answer, reverse("portal:receipt-pdf", args=[payment.receipt_number])) == (True,) * 3
    )
    assert receipt_links.url(payment.receipt_number) in text(answer)


def test_a_receipt_of_somebody_else_is_not_there(portal, at):
    payment = paid(CustomerFactory(), "500.00", at=at)

    assert portal.get(reverse("portal:receipt", args=[payment.receipt_number])).status_code == 404


def test_a_receipt_by_its_link_has_pdf_print_and_share(client, customer, at):
    token = receipt_links.token(paid(customer, "500.00", at=at).receipt_number)

    answer = client.get(reverse("public_payments:receipt", args=[token]))

    assert tools(answer, reverse("public_payments:receipt-pdf", args=[token])) == (True,) * 3


def test_staff_can_share_a_receipt(client, customer, at):
    payment = paid(customer, "500.00", at=at)
    client.force_login(UserFactory(role="BILLING"))

    for name in ("detail", "receipt"):
        page = text(client.get(reverse(f"staff_payments:{name}", args=[payment.receipt_number])))
        assert "data-share=" in page


# --- a link that was used -----------------------------------------------------------------------


def link_page(client, bill, **values):
    token = PayLink(bill.customer_id, clock.today(), invoice_id=bill.pk, **values).token()
    return client.get(reverse("public_payments:pay", args=[token]))


def test_before_it_is_used_a_link_shows_the_bill_and_its_period(client, customer, at):
    service = SubscriptionFactory(customer=customer)
    scheduled(service, billed_until=date(2026, 1, 15))
    cycle.run(on=date(2026, 1, 10), act=Act(None, at))
    bill = Invoice.objects.get(customer=customer)

    shown = text(link_page(client, bill))

    assert bill.number in shown
    assert "15 Jan" in shown
    assert "already paid" not in shown


def test_a_used_link_says_so_with_the_receipt(client, customer, at):
    bill = open_invoice(customer)
    payment = paid(customer, "1150.00", at=at)

    shown = text(link_page(client, bill))

    assert f"Bill {bill.number} is already paid." in shown
    assert (
        reverse("public_payments:receipt", args=[receipt_links.token(payment.receipt_number)])
        in shown
    )


def test_a_used_link_takes_money_for_what_else_is_owed(client, customer, at):
    bill = open_invoice(customer)
    paid(customer, "1150.00", at=at)
    open_invoice(customer, "200.00", due=date(2026, 2, 5))

    page = link_page(client, bill)

    assert "already paid" in text(page)
    assert page.context["payable"].suggested == Decimal("200.00")
    assert page.context["payable"].chosen == []


def test_who_only_knows_the_phone_number_sees_no_receipt(client, customer, at):
    paid(customer, "1150.00", at=at)
    token = PayLink(customer.pk, clock.today(), Source.PAY_PAGE).token()

    shown = text(client.get(reverse("public_payments:pay", args=[token])))

    assert "/receipt/" not in shown


def test_less_than_a_gateway_takes_is_filled_in_as_its_least(client, customer):
    open_invoice(customer, "0.50")
    address = reverse("public_payments:pay", args=[PayLink(customer.pk, clock.today()).token()])

    pages = [client.get(address), client.get(f"{address}?amount=0.50")]

    assert [page.context["form"].initial["amount"] for page in pages] == [Decimal("10.00")] * 2
    assert "?amount=0.50" not in text(pages[0])


# --- the phone's last digits --------------------------------------------------------------------


def bill_pdf(bill, **values):
    token = PayLink(bill.customer_id, clock.today(), invoice_id=bill.pk, **values).token()
    return reverse("public_payments:bill-pdf", args=[token])


def test_the_pdf_of_a_bill_asks_for_the_last_digits_first(client, customer):
    address = bill_pdf(open_invoice(customer))

    assert "Last 4 digits" in text(client.get(address))
    assert client.post(address, {"digits": "0013"}).status_code == 422
    assert client.post(address, {"digits": "০০১২"}).status_code == 302
    assert "Last 4 digits" not in text(client.get(address))
    assert "Last 4 digits" in text(Client().get(address))


def test_what_opens_one_account_opens_no_other(client, customer):
    client.post(bill_pdf(open_invoice(customer)), {"digits": "0012"})
    other = open_invoice(CustomerFactory(phone="+8801711000099"))

    assert "Last 4 digits" in text(client.get(bill_pdf(other)))


def test_guessing_is_put_off_also_from_many_addresses_and_then_even_the_right_one(client, customer):
    address = bill_pdf(open_invoice(customer))

    answers = [
        client.post(
            address, {"digits": f"90{place:02}"}, REMOTE_ADDR=f"203.0.113.{place}"
        ).status_code
        for place in range(last_digits.BY_ACCOUNT + 1)
    ]

    assert answers == [422] * last_digits.BY_ACCOUNT + [429]
    assert client.post(address, {"digits": "0012"}).status_code == 429


def test_the_customer_who_is_signed_in_is_not_asked(portal, customer):
    assert "Last 4 digits" not in text(portal.get(bill_pdf(open_invoice(customer))))


def test_a_link_without_a_bill_or_too_old_has_no_pdf(client, customer):
    bill = open_invoice(customer)
    bare = PayLink(customer.pk, clock.today()).token()
    old = PayLink(customer.pk, clock.today() - timedelta(days=1), invoice_id=bill.pk).token()

    answers = [
        client.get(reverse("public_payments:bill-pdf", args=[token])).status_code
        for token in (bare, old)
    ]

    assert answers == [404, 410]


def test_the_pdf_of_a_receipt_asks_too(client, customer, at):
    token = receipt_links.token(paid(customer, "500.00", at=at).receipt_number)
    address = reverse("public_payments:receipt-pdf", args=[token])

    assert "Last 4 digits" in text(client.get(address))
    assert client.post(address, {"digits": "0012"}).status_code == 302
    assert "Last 4 digits" not in text(client.get(address))
