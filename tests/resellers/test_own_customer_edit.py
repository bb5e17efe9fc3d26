"""What a reseller keeps current of an own customer, and what not."""

import pytest
from django.urls import reverse

from ispbill.audit.models import AuditEvent
from resellers.models import ResellerUser
from tests.factories.accounts import UserFactory
from tests.factories.customers import CustomerFactory
from tests.factories.resellers import ResellerFactory

pytestmark = pytest.mark.django_db
NEW = {"address": "House 12, Road 3", "language": "bn", "alternate_phone": "01711 000 444"}


@pytest.fixture
def customer(client):
    reseller = ResellerFactory()
    client.force_login(reseller.user)
    return CustomerFactory(reseller_id=reseller.pk, email="a@b.test", tags=["vip"])


def address_of(customer):
    return reverse("reseller:edit-customer", args=[customer.number])


def test_address_language_and_the_other_phone_are_changed_and_noted(client, customer):
    phone = customer.phone
    assert customer.address in client.get(address_of(customer)).content.decode()

    client.post(address_of(customer), {**NEW, "phone": "01799999999", "email": "thief@x.test"})

    customer.refresh_from_db()
    assert (customer.address, customer.language) == ("House 12, Road 3", "bn")
    assert customer.alternate_phone == "+8801711000444"
    assert (customer.phone, customer.email, customer.tags) == (phone, "a@b.test", ["vip"])
    event = AuditEvent.objects.get(action="customer.edited")
    assert set(event.after) == {"address", "language", "alternate_phone"}


def test_a_wrong_phone_or_no_address_is_refused_and_nothing_is_lost(client, customer):
    refused = client.post(address_of(customer), {**NEW, "alternate_phone": "12"})
    assert refused.status_code == 422
    assert "House 12, Road 3" in refused.content.decode()
    assert client.post(address_of(customer), {**NEW, "address": ""}).status_code == 422


def test_anothers_customer_is_not_there_and_a_viewer_changes_nothing(client, customer):
    stranger = CustomerFactory()
    assert client.post(address_of(stranger), NEW).status_code == 404
    viewer = UserFactory(role="RESELLER")
    reseller = ResellerUser.objects.create(
        reseller_id=customer.reseller_id, user=viewer, rights="VIEWER"
    )
    client.force_login(reseller.user)
    assert client.post(address_of(customer), NEW).status_code == 403
