"""/portal/prepaid/ and /reseller-portal/vouchers/: own time and own cards, nobody else's."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from billing.allocation.models import Payment
from billing.invoices.models import Schedule
from billing.prepaid.models import RenewalChoice
from customers.models import AccountState, Customer, Subscription
from ispbill.core import clock
from tests.factories.customers import CustomerFactory
from tests.factories.payments import codes_of, paid, prepaid, voucher_batch
from tests.laws import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _tenth_of_january(at):
    clock.set_simulated(at)


def until():
    return Schedule.objects.get().billed_until


@pytest.mark.parametrize("language", ["en", "bn"])
def test_the_page_opens_in_both_languages(as_customer, language, at):
    customer = CustomerFactory(language=language)
    prepaid(customer, until=date(2026, 1, 20))
    paid(customer, "400.00", at=at)

    answer = as_customer(customer).get(reverse("portal:prepaid"))

    assert answer.status_code == 200
    assert f'<html lang="{language}"' in answer.content.decode()


def test_it_says_what_is_there_what_is_missing_and_until_when(as_customer, at):
    customer = CustomerFactory()
    prepaid(customer, until=date(2026, 1, 20))
    paid(customer, "400.00", at=at)

    text = as_customer(customer).get(reverse("portal:prepaid")).content.decode()

    assert "400" in text
    assert "750" in text
    assert "10 days left" in text
    assert "Renew now" not in text


def test_renewing_now_from_the_credit_works_once_for_what_was_seen(as_customer, at):
    customer = CustomerFactory()
    service = prepaid(customer, until=date(2026, 1, 20))
    paid(customer, "5000.00", at=at)
    client = as_customer(customer)
    address = reverse("portal:prepaid-renew", args=[service.line_no])

    for _twice in range(2):
        client.post(address, {"periods": 2, "seen": "2026-01-20"})

    assert until() == date(2026, 3, 20)


def test_a_card_opens_the_line(as_customer, at):
    customer = CustomerFactory()
    prepaid(customer, until=date(2026, 1, 8), status="SUSPENDED")
    code = codes_of(voucher_batch(at=at))[0]

    answer = as_customer(customer).post(
        reverse("portal:prepaid-redeem"), {"code": code.lower()}, follow=True
    )

    assert answer.status_code == 200
    assert Subscription.objects.get().status == "ACTIVE"
    assert until() == date(2026, 2, 10)
    assert at_once.broken() == []


def test_a_wrong_card_is_said_to_be_wrong_and_guessing_stops(as_customer, at):
    from payments.prepaid.rules import voucher_codes

    client = as_customer(CustomerFactory())
    address = reverse("portal:prepaid-redeem")

    answers = [client.post(address, {"code": voucher_codes.make()}) for _try in range(6)]

    assert {answer.status_code for answer in answers} == {422}
    assert "not good" in answers[0].content.decode()
    assert "Too many attempts" in answers[5].content.decode()
    assert Payment.objects.count() == 0


def test_renewing_by_itself_can_be_switched_off(as_customer):
    customer = CustomerFactory()
    service = prepaid(customer, until=date(2026, 1, 20))
    client = as_customer(customer)

    client.post(reverse("portal:prepaid-choose", args=[service.line_no]), {"is_on": "0"})

    assert RenewalChoice.objects.get().is_on is False
    assert "Does not renew by itself" in client.get(reverse("portal:prepaid")).content.decode()


def test_the_page_of_who_has_nothing_prepaid_still_takes_cards(as_customer, at):
    customer = CustomerFactory()
    code = codes_of(voucher_batch(at=at, value="500.00"))[0]

    as_customer(customer).post(reverse("portal:prepaid-redeem"), {"code": code})

    assert str(AccountState.objects.get().balance_amount) == "-500.00"


def test_the_page_asks_the_same_for_each_service_and_not_for_others(as_customer, at):
    customer = CustomerFactory()
    prepaid(customer, until=date(2026, 1, 20))
    client = as_customer(customer)
    client.get(reverse("portal:prepaid"))

    with CaptureQueriesContext(connection) as one:
        client.get(reverse("portal:prepaid"))
    for _other in range(3):
        prepaid(until=date(2026, 1, 20))
    with CaptureQueriesContext(connection) as still_one:
        client.get(reverse("portal:prepaid"))

    assert len(still_one) == len(one)
    assert len(one) <= 60


def test_after_the_page_the_portal_role_is_back(as_customer, at, monkeypatch):
    from payments.prepaid.views import prepaid_portal as views

    seen = []

    def spy(*_args, **_kwargs):
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_user = session_user")
            seen.append(cursor.fetchone()[0])
        return [], None

    customer = CustomerFactory()
    monkeypatch.setattr(views.own_payments, "page", spy)

    as_customer(customer).get(reverse("portal:prepaid"))

    assert seen == [False]


def test_home_leads_to_topping_up(as_customer):
    customer = CustomerFactory()
    prepaid(customer, until=date(2026, 1, 20))

    text = as_customer(customer).get(reverse("portal:home")).content.decode()

    assert reverse("portal:prepaid") in text


@pytest.fixture
def seller(client, reseller):
    client.force_login(reseller.user)
    return client


def test_a_reseller_sees_own_batches_and_redeems_for_own_customers(seller, reseller, at):
    mine, other = CustomerFactory(), CustomerFactory()
    Customer.objects.filter(pk=mine.pk).update(reseller_id=reseller.pk)
    own = voucher_batch(at=at, reseller_id=reseller.pk, branch=reseller.branch)
    foreign = voucher_batch(at=at)
    codes = codes_of(own)

    text = seller.get(reverse("reseller:vouchers")).content.decode()
    assert own.number in text
    assert foreign.number not in text

    address = reverse("reseller:vouchers")
    refused = seller.post(address, {"customer": other.number, "code": codes[0]})
    done = seller.post(address, {"customer": mine.number, "code": codes[0]})

    assert (refused.status_code, done.status_code) == (422, 302)
    assert Payment.objects.get().customer == mine
