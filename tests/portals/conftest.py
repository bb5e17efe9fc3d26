"""People who sign in to the four portals."""

import pytest

from customers.services.portal_access import open_portal_access
from ispbill.accounts.models import User
from resellers.models import Reseller
from tests.factories.accounts import BranchFactory, UserFactory


@pytest.fixture
def as_customer(client, at):
    """Sign a customer in to the portal."""

    def sign_in(customer):
        client.force_login(open_portal_access(customer=customer, actor=None, at=at))
        return client

    return sign_in


@pytest.fixture
def reseller():
    user = UserFactory(role=User.Role.RESELLER, login="r1@demo.test")
    return Reseller.objects.create(
        user=user, name="Reseller", phone="+8801700000000", branch=BranchFactory(),
        commission_rate="0.10",
    )  # fmt: skip
