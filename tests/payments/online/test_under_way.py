"""While money is under way nobody is asked to pay it again, and nobody does so by mistake."""

import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from customers.services.portal_access import open_portal_access
from ispbill.core import clock
from ispbill.core.acts import Act
from ispbill.core.pay_links import PayLink, Source
from payments.online.models import PaymentAttempt
from payments.online.queries import under_way
from tests.factories.accounts import UserFactory
from tests.factories.gateways import sslcommerz_account

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _now(at):
    clock.set_simulated(at)


@pytest.fixture
def other(shop):
    return sslcommerz_account(shop.directory, slug="cards")


@pytest.fixture
def portal(shop):
    client = Client()
    client.force_login(open_portal_access(customer=shop.customer, act=Act(None, shop.at)))
    return client


def link(shop, source=Source.LINK):
    return PayLink(shop.customer.pk, clock.today() + timedelta(days=1), source).token()


def held(shop):
    attempt = shop.start()
    shop.press(attempt, "risk")
    shop.notify(shop.notices(attempt)[0])
    assert shop.state(attempt) == "HELD"
    return attempt


def post(client, shop, **values):
    form = {"amount": "1150.00", "gateway": "cards", "key": str(uuid.uuid4()), **values}
    return client.post(reverse("public_payments:pay", args=[link(shop)]), form)


def test_an_open_page_is_gone_on_with_from_home_and_pay(shop, portal):
    attempt = shop.start()

    for name in ("portal:home", "portal:pay", "portal:bills"):
        page = portal.get(reverse(name)).content.decode()
        assert "You began to pay" in page
        assert reverse("public_payments:attempt-go", args=[attempt.order]) in page
        assert page.count('class="btn btn-primary"') == 1  # the one that goes on


def test_after_half_an_hour_an_open_page_is_forgotten(shop):
    shop.start()

    assert under_way.of_customer(shop.customer.pk, at=shop.at + timedelta(minutes=29))
    assert under_way.of_customer(shop.customer.pk, at=shop.at + timedelta(minutes=31)) is None


def test_money_that_is_held_is_said_to_be_there(shop, portal):
    held(shop)

    page = portal.get(reverse("portal:home")).content.decode()

    assert "has reached us" in page
    assert "you need not pay again" in page
    assert "Go on with it" not in page


def test_another_gateway_opens_nothing_by_mistake(client, shop, other):
    first = shop.start()

    answer = post(client, shop)

    assert answer.status_code == 409
    assert "You began to pay" in answer.content.decode()
    assert list(PaymentAttempt.objects.all()) == [first]
    assert post(client, shop, is_again="1").status_code == 302
    assert PaymentAttempt.objects.count() == 2


def test_the_same_request_goes_on_with_its_page(client, shop):
    first = shop.start()

    answer = post(client, shop, gateway=shop.account.slug)

    assert answer["Location"] == reverse("public_payments:attempt-go", args=[first.order])


def test_who_only_knows_a_number_is_led_to_nobodys_payment(client, shop):
    attempt = shop.start()
    address = reverse("public_payments:pay", args=[link(shop, Source.PAY_PAGE)])

    page = client.get(address).content.decode()

    assert "You began to pay" in page
    assert attempt.order not in page


def test_staff_see_it_on_the_customer_and_at_the_desk(shop):
    attempt = held(shop)
    staff = Client()
    staff.force_login(UserFactory(role="OWNER"))

    for address in (
        reverse("staff_customers:customer", args=[shop.customer.number]),
        f"{reverse('staff_payments:cash-desk')}?customer={shop.customer.number}",
    ):
        page = staff.get(address).content.decode()
        assert "waits for a decision" in page
        assert reverse("staff_payments:checkout", args=[attempt.order]) in page


def test_when_it_is_over_nothing_is_said(shop, portal):
    attempt = shop.start()
    shop.press(attempt, "success")
    shop.notify(shop.notices(attempt)[0])

    assert under_way.of_customer(shop.customer.pk, at=shop.at) is None
    assert "data-under-way" not in portal.get(reverse("portal:home")).content.decode()
