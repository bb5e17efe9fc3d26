"""A package's own burst: typed on its form, kept to what a burst is."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from customers.forms.packages import PackageForm
from customers.models import Package
from tests.factories.accounts import UserFactory
from tests.factories.customers import PackageFactory

pytestmark = pytest.mark.django_db
TYPED = {
    "code": "H30",
    "name": "Home 30",
    "technology": "FIBER",
    "download_mbps": "30",
    "upload_mbps": "5",
}


def errors(**values):
    return PackageForm({**TYPED, **values}).errors.get("burst_percent", [])


@pytest.mark.parametrize("percent", ["", "0", "101", "400"])
def test_none_and_more_than_the_speed_are_bursts(percent):
    assert errors(burst_percent=percent) == []


def test_less_than_the_speed_is_none_and_a_profile_of_ones_own_has_its_own():
    assert "more than 100" in errors(burst_percent="90")[0]
    assert "profile of your own" in errors(burst_percent="150", router_profile="GOLD")[0]


def test_it_is_kept_with_the_package(client):
    client.force_login(UserFactory(role="OWNER"))

    client.post(
        reverse("staff_customers:add-package"),
        {**TYPED, "burst_percent": "150", "burst_seconds": ""},
    )

    package = Package.objects.get(code="H30")
    assert (package.burst_percent, package.burst_seconds) == (150, 10)


def test_the_database_refuses_a_burst_slower_than_the_speed():
    with pytest.raises(IntegrityError, match="package_burst"), transaction.atomic():
        PackageFactory(burst_percent=80)
