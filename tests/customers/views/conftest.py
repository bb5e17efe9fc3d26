"""People who look at the pages."""

import pytest

from ispbill.accounts.models import User
from tests.factories.accounts import BranchFactory, UserFactory


@pytest.fixture
def owner(client):
    user = UserFactory(role=User.Role.OWNER, name="Olive Owner")
    client.force_login(user)
    return user


@pytest.fixture
def sign_in(client):
    """Sign in somebody of a role; a branch manager gets a branch."""

    def as_role(role, **changes):
        if role == User.Role.BRANCH_MANAGER:
            changes.setdefault("branch", BranchFactory())
        user = UserFactory(role=role, **changes)
        client.force_login(user)
        return user

    return as_role


@pytest.fixture
def htmx():
    """Headers of a request by htmx for one region."""

    def for_target(target="dialog-body"):
        return {"HX-Request": "true", "HX-Target": target}

    return for_target
