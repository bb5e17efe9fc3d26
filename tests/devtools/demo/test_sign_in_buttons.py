"""The sign-in pages of a demo company offer its own people, whichever profile it is of."""

import pytest
from django.urls import reverse

from ispbill.core.models import Company
from tests.factories.accounts import BranchFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _simulated(settings):
    settings.SIMULATORS = True


def shown(client, door):
    response = client.get(reverse(f"accounts:{door}"))
    assert response.status_code == 200
    return response.content.decode()


def test_a_company_of_south_africa_offers_its_customers_and_manager(client):
    Company.current()
    Company.objects.update(phone_region="ZA")
    Company.forget_cached()
    UserFactory(role="CUSTOMER", login="+27825551000")
    durban = BranchFactory(name="Durban")
    UserFactory(role="BRANCH_MANAGER", login="manager.ctg@demo.test", branch=durban)

    portal, staff = shown(client, "portal-login"), shown(client, "login")

    assert "Thandi Nkosi" in portal
    assert "Amina Begum" not in portal
    assert "Branch manager Durban" in staff


def test_a_company_of_bangladesh_offers_its_own(client):
    UserFactory(role="CUSTOMER", login="+8801711000001")

    portal = shown(client, "portal-login")

    assert "Amina Begum" in portal
    assert "Thandi Nkosi" not in portal


def test_nobody_is_offered_who_is_not_there(client):
    assert "Test-12345!" not in shown(client, "portal-login")
