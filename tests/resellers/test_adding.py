"""A reseller who adds customers without the office (`needs_approval` off)."""

import pytest
from django.urls import reverse

from customers.models import Customer, Lead, Subscription
from resellers.models import Reseller
from tests.factories.customers import AreaFactory, CustomerFactory, PackagePriceFactory
from tests.factories.resellers import ResellerFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def area(client):
    reseller = ResellerFactory(needs_approval=False)
    found = AreaFactory(branch=reseller.branch)
    reseller.areas.set([found])
    client.force_login(reseller.user)
    return found


def add(client, area, **more):
    given = {
        "name": "Amina Begum",
        "phone": "01711000321",
        "address": "House 3",
        "area": area.pk,
        "package": PackagePriceFactory().package_id,
    }
    return client.post(reverse("reseller:add-customer"), {**given, **more})


def test_with_a_package_the_customer_is_there_at_once_with_a_pending_service(client, area):
    answer = add(client, area)

    customer = Customer.objects.get()
    assert answer.headers["Location"] == reverse("reseller:customer", args=[customer.number])
    assert customer.reseller_id == Reseller.objects.get().pk
    assert Subscription.objects.get(customer=customer).status == "PENDING"
    lead = Lead.objects.get()
    assert (lead.stage, lead.customer) == ("WON", customer)
    page = client.get(answer.headers["Location"]).content.decode()
    assert "waits to be installed" in page


def test_without_a_package_or_where_the_office_agrees_first_it_is_a_lead(client, area):
    add(client, area, package="")
    assert not Customer.objects.exists()
    Reseller.objects.update(needs_approval=True)
    add(client, area, phone="01711000322")
    assert not Customer.objects.exists()
    assert Lead.objects.filter(stage="NEW").count() == 2


def test_a_phone_somebody_has_is_refused_and_nothing_is_written(client, area):
    CustomerFactory(phone="+8801711000321")
    answer = add(client, area)
    assert answer.status_code == 422
    assert Customer.objects.count() == 1
    assert not Lead.objects.exists()
