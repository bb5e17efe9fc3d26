"""Who looks at the pages."""

import pytest

from ispbill.accounts.models import User
from tests.factories.accounts import UserFactory


@pytest.fixture
def owner(client):
    user = UserFactory(role=User.Role.OWNER, name="Olive Owner")
    client.force_login(user)
    return user
