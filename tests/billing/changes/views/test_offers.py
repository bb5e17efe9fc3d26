"""The customer's add-ons and discounts, and a code redeemed by the customer."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from billing.pricing.models import Discount
from customers.models import CustomerLogin
from ispbill.core import clock
from tests.factories.accounts import UserFactory
from tests.factories.billing import scheduled
from tests.factories.catalogue import (
    AddonFactory,
    DiscountFactory,
    PriceStepFactory,
    PromotionFactory,
    SubscriptionAddonFactory,
)
from tests.factories.customers import CustomerFactory, SubscriptionFactory

pytestmark = pytest.mark.django_db(transaction=True)

URL = "/portal/offers/"


@pytest.fixture(autouse=True)
def _tenth_of_january(at):
    clock.set_simulated(at)


def in_use(customer=None, **values):
    subscription = SubscriptionFactory(customer=customer or CustomerFactory(), **values)
    scheduled(subscription, billed_until=date(2026, 2, 5))
    return subscription


def test_a_code_is_redeemed_for_an_own_service_and_said(as_customer):
    service = in_use()
    PromotionFactory(code="EID26", cycles=3)

    page = as_customer(service.customer).post(
        URL, {"code": "eid26", "service": service.pk}, follow=True
    )

    discount = Discount.objects.get()
    assert (discount.subscription, discount.span.upper) == (service, date(2026, 5, 5))
    assert "Welcome is granted for" in page.content.decode()
    assert discount.granted_by == CustomerLogin.objects.get().user


def test_a_wrong_code_grants_nothing_and_says_so(as_customer):
    service = in_use()

    page = as_customer(service.customer).post(
        URL, {"code": "NOPE", "service": service.pk}, follow=True
    )

    assert "no offer with this code" in page.content.decode()
    assert Discount.objects.count() == 0


def test_somebody_elses_service_is_not_offered(as_customer):
    mine, other = in_use(), in_use()
    PromotionFactory(code="EID26")

    page = as_customer(mine.customer).post(URL, {"code": "EID26", "service": other.pk})

    assert page.status_code == 422
    assert other.connection_id not in page.content.decode()
    assert Discount.objects.count() == 0


def test_codes_cannot_be_guessed_for_long(as_customer):
    service = in_use()
    PromotionFactory(code="EID26")
    client = as_customer(service.customer)
    for number in range(5):
        client.post(URL, {"code": f"GUESS{number}", "service": service.pk})

    page = client.post(URL, {"code": "EID26", "service": service.pk}, follow=True)

    assert "Too many attempts" in page.content.decode()
    assert Discount.objects.count() == 0


@pytest.mark.parametrize("language", ["en", "bn"])
def test_home_and_offers_show_what_the_own_services_have(as_customer, language):
    service = in_use(CustomerFactory(language=language))
    SubscriptionAddonFactory(
        subscription=service,
        addon=AddonFactory(name="Fixed IP", local_name="স্থির আইপি"),
        quantity=2,
    )
    DiscountFactory(subscription=service)
    DiscountFactory(label="Secret of another")
    PriceStepFactory(subscription=service, from_on=date(2026, 3, 1))
    client = as_customer(service.customer)

    for url in (URL, reverse("portal:home")):
        text = client.get(url).content.decode()
        assert ("স্থির আইপি" if language == "bn" else "Fixed IP") in text
        assert ("× 2" in text, "Loyalty" in text, "2026-03-01" in text) == (True, True, True)
        assert "Secret of another" not in text


def test_the_next_bill_at_home_knows_discounts_and_addons(as_customer):
    service = in_use()
    SubscriptionAddonFactory(subscription=service, price_amount=Decimal("150.00"))
    DiscountFactory(subscription=service, rate=Decimal("0.10"))
    service.customer.account_state.next_billing_date = date(2026, 2, 5)
    service.customer.account_state.save()

    text = as_customer(service.customer).get(reverse("portal:home")).content.decode()

    assert "1,207.50" in text  # 900.00 + 150.00, and 15 %


def test_three_services_take_no_more_questions_than_one(as_customer):
    def asked(count):
        customer = CustomerFactory()
        for line_no in range(1, count + 1):
            service = in_use(customer, line_no=line_no)
            SubscriptionAddonFactory(subscription=service)
            DiscountFactory(subscription=service)
        client = as_customer(customer)
        client.get(URL)
        with CaptureQueriesContext(connection) as caught:
            client.get(URL)
        return len(caught)

    assert asked(1) == asked(3)


def test_it_is_for_customers_only(client):
    client.force_login(UserFactory())

    assert client.get(URL).status_code == 302
