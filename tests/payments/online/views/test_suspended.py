"""P-10, where a walled line leads: the reason, the amount and the way back, for who may know."""

from datetime import date

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from billing.dunning.services import dunning
from ispbill.audit.services import trail
from ispbill.core import clock
from ispbill.core.acts import Act
from network.services import access
from tests.factories.customers import CustomerFactory, SubscriptionFactory
from tests.factories.network import AccessFactory
from tests.factories.payments import open_invoice, paid

pytestmark = pytest.mark.django_db(transaction=True)

HERE = "203.0.113.9"
WHY = "abuse report no. 12"


@pytest.fixture(autouse=True)
def _tenth_of_january(at):
    clock.set_simulated(at)


def line(ip=HERE, *, kind="NON_PAYMENT", owed="1150.00", at, **values):
    """A service that is cut off, on a line with a fixed address."""
    service = SubscriptionFactory(customer=CustomerFactory(**values))
    if owed:
        open_invoice(service.customer, owed, due=date(2026, 1, 5))
    AccessFactory(subscription=service, static_ip=ip)
    if kind:
        with transaction.atomic():
            trail.begin(act=Act(None, at, reason=WHY))
            access.suspend_many(
                subscription_ids=[service.pk],
                kind=kind,
                is_billed=True,
                is_credited=False,
                decisions={service.pk: {}},
                act=Act(None, at, reason=WHY),
                on=date(2026, 1, 10),
            )
    service.refresh_from_db()
    return service


def page(client=None, ip=HERE):
    return (client or Client()).get("/suspended", REMOTE_ADDR=ip).content.decode()


def test_from_the_line_itself_it_says_the_amount_and_the_steps_back(at):
    service = line(at=at)

    shown = page()

    assert "A bill was not paid in time" in shown
    assert "1,150.00" in shown
    assert "What happens then" in shown
    assert service.customer.name not in shown


def test_a_stranger_is_told_nothing_about_anybody(at):
    service = line(at=at)

    shown = page(ip="203.0.113.10")

    assert "1,150.00" not in shown
    assert service.connection_id not in shown
    assert "Sign in to see the reason and the amount." in shown


def test_two_lines_with_one_address_name_nobody(at):
    line(at=at)
    line(at=at)

    assert "1,150.00" not in page()


def test_a_forwarded_address_is_not_believed_without_a_proxy_of_ours(at):
    line(at=at)

    shown = Client().get(
        "/suspended", REMOTE_ADDR="203.0.113.10", headers={"X-Forwarded-For": HERE}
    )

    assert "1,150.00" not in shown.content.decode()


def test_a_customer_who_is_signed_in_is_told_from_anywhere_inside_the_portal(as_customer, at):
    service = line(at=at)

    shown = page(as_customer(service.customer), ip="203.0.113.10")

    assert "1,150.00" in shown
    assert reverse("portal:usage") in shown


def test_signed_in_it_is_about_the_own_line_and_not_the_one_in_use(as_customer, at):
    line(at=at, owed="777.00")
    own = line("203.0.113.50", at=at)

    shown = page(as_customer(own.customer))

    assert "1,150.00" in shown
    assert "777.00" not in shown


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("CUSTOMER_REQUEST", "You asked for a pause."),
        ("FRAUD", "Our office has switched this line off."),
        ("POLICY", "Our office has switched this line off."),
        ("OTHER", "Our office has switched this line off."),
        ("TECHNICAL", "The line is off for technical work."),
        ("PREPAID", "The time you paid for is over."),
    ],
)
def test_each_reason_has_its_own_words_and_staff_s_note_stays_inside(kind, words, at):
    line(kind=kind, owed=None, at=at)

    shown = page()

    assert words in shown
    assert "abuse report" not in shown
    assert "What happens then" not in shown


def test_a_service_that_ended_says_so_to_its_customer(as_customer, at):
    service = line(kind=None, owed=None, at=at)
    access.cancel(
        subscription=service,
        act=Act(None, at, reason="moves to another town"),
        on=date(2026, 1, 10),
    )

    assert "This service ended on" in page(as_customer(service.customer))
    assert "This service ended on" not in page()


def test_after_the_payment_it_follows_the_line_back(at):
    service = line(at=at)
    paid(service.customer, "1150.00", at=at)

    shown = page()

    assert "Being switched on" in shown
    assert "Pay now" not in shown


def test_from_a_line_that_is_open_nothing_is_said_of_money(at):
    line(kind=None, at=at)

    assert "1,150.00" not in page()


def test_the_pay_button_leads_to_an_amount_a_gateway_takes(at, client):
    line(owed="0.50", at=at)
    token = page().split("/pay/", 1)[1].split('"')[0]

    amount = client.get(f"/pay/{token}").context["form"].initial["amount"]

    assert amount == 10


def test_a_part_that_is_paid_leaves_the_rest_to_pay(at):
    service = line(at=at)
    paid(service.customer, "1000.00", at=at)
    dunning.reopen_cleared(at=at)

    assert "150.00" in page()
