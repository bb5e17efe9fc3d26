"""Django's own admin: what holds at every other door holds at this one."""

import pyotp
import pytest

from ispbill.accounts.models import User
from ispbill.accounts.services import second_factor
from ispbill.core import clock
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db

PAGES = ["/django-admin/", "/django-admin/auth/group/", "/django-admin/auth/group/add/"]


@pytest.fixture
def superuser(client):
    user = UserFactory(login="root@demo.test", is_staff=True, is_superuser=True)
    client.post("/login", {"login": user.login, "password": "Test-12345!"})
    return user


@pytest.mark.parametrize("path", PAGES)
def test_a_superuser_gets_in(client, superuser, path):
    assert client.get(path).status_code == 200


@pytest.mark.parametrize("path", PAGES)
def test_a_temporary_password_is_changed_first(client, superuser, path):
    User.objects.update(must_change_password=True)

    assert client.get(path).headers["Location"].startswith("/account/password/?next=")
    assert client.post(path).headers["Location"].startswith("/account/password/?next=")


@pytest.mark.parametrize("role", [User.Role.OWNER, User.Role.TECHNICIAN])
def test_where_a_second_factor_is_required_a_password_alone_opens_nothing(
    client, superuser, settings, role
):
    settings.STAFF_SECOND_FACTOR = "required"
    User.objects.update(role=role)

    for path in PAGES:
        assert client.get(path).headers["Location"].startswith("/account/second-factor/?next=")


def test_with_the_factor_set_up_the_door_opens(client, superuser, settings, at):
    settings.STAFF_SECOND_FACTOR = "required"
    device = second_factor.start(user=superuser)
    before = clock.real_now()
    code = pyotp.TOTP(second_factor.secret(device)).at(before)
    second_factor.confirm(user=superuser, code=code, at=at, real_at=before)

    assert client.get("/django-admin/").status_code == 200


def test_the_password_is_changed_at_our_own_page_that_counts_wrong_ones(client, superuser):
    answer = client.post(
        "/django-admin/password_change/",
        {"old_password": "x", "new_password1": "y", "new_password2": "y"},
    )

    assert answer.headers["Location"] == "/account/password/"
