"""A reseller's own link leads to an order, and its customer becomes the reseller's."""

import pytest
from django.urls import reverse

from ispbill.accounts.models import User
from ispbill.core import clock
from ispbill.core.acts import Act
from resellers.models import Reseller
from resellers.queries import invitations
from signup.models import Order
from signup.services import acceptance
from tests.factories.accounts import UserFactory
from tests.factories.resellers import ResellerFactory
from tests.factories.signup import NINE, placed_area, submitted

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nine(db):
    clock.set_simulated(NINE)


@pytest.fixture
def reseller():
    made = ResellerFactory(name="Padma Net", may_add_customers=True)
    return Reseller.objects.get(pk=made.pk)


def link_of(reseller):
    return reverse("public_signup:by-reseller", args=[invitations.code_of(reseller)])


def begun(client, area):
    client.post(reverse("public_signup:begin"), {"area": area.pk})
    return Order.objects.latest("pk")


def accepted(order):
    owner = UserFactory(role=User.Role.OWNER)
    return acceptance.accept(order=order, act=Act(owner, NINE)).customer


def test_the_dashboard_shows_the_link_and_it_leads_to_the_first_step(client, reseller):
    client.force_login(reseller.user)
    page = client.get(reverse("reseller:dashboard")).content.decode()
    assert link_of(reseller) in page
    client.logout()

    answer = client.get(link_of(reseller))

    assert answer.url == reverse("public_signup:begin")
    order = begun(client, placed_area())
    assert order.reseller == reseller


@pytest.mark.parametrize("code", ["1", "1.nonsense", "999999.abc", "x" * 64])
def test_a_code_nobody_was_given_leads_on_and_means_nothing(client, code):
    answer = client.get(reverse("public_signup:by-reseller", args=[code]))

    assert answer.status_code == 302
    assert invitations.COOKIE not in answer.cookies


def test_the_customer_is_the_resellers_in_its_areas_alone(reseller):
    order = submitted()
    Order.objects.filter(pk=order.pk).update(reseller=reseller)
    reseller.areas.set([order.area])

    customer = accepted(Order.objects.get(pk=order.pk))

    assert customer.reseller_id == reseller.pk


@pytest.mark.parametrize("change", [{"may_add_customers": False}, {"status": "SUSPENDED"}, {}])
def test_who_takes_no_customers_there_gets_none(reseller, change):
    order = submitted()
    Order.objects.filter(pk=order.pk).update(reseller=reseller)
    if change:
        reseller.areas.set([order.area])
        Reseller.objects.filter(pk=reseller.pk).update(**change)

    customer = accepted(Order.objects.get(pk=order.pk))

    assert customer.reseller_id is None
