"""Who must lock the app with a PIN: a setting of the company."""

import pytest

from ispbill.accounts.models import User
from ispbill.core.models import Company
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("rule", "technician", "collector"),
    [("NOBODY", False, False), ("COLLECTORS", False, True), ("EVERYBODY", True, True)],
)
def test_the_app_asks_whom_the_company_says(client, rule, technician, collector):
    company = Company.current()
    company.field_pin = rule
    company.save()

    for role, must in ((User.Role.TECHNICIAN, technician), (User.Role.COLLECTOR, collector)):
        client.force_login(UserFactory(role=role))
        page = client.get("/technician/").content.decode()
        assert ('data-pin="yes"' in page) is must, role
