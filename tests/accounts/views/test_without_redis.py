"""While Redis is away people sign in, work and sign out: slower, and nothing is lost."""

from http import HTTPStatus

import pytest

from ispbill.accounts.models import User
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db
PASSWORD = "Test-12345!"


@pytest.fixture(autouse=True)
def no_redis(settings):
    away = {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/2"}
    settings.CACHES = {"default": away}


@pytest.mark.parametrize(
    ("role", "door", "home"),
    [
        (User.Role.OWNER, "/login", "/admin/"),
        (User.Role.CASHIER, "/login", "/admin/customers/"),
        (User.Role.RESELLER, "/reseller-login/", "/reseller-portal/"),
        (User.Role.TECHNICIAN, "/technician/login", "/technician/"),
    ],
)
def test_people_sign_in_work_and_sign_out(client, role, door, home):
    UserFactory(login="someone@demo.test", role=role)

    wrong = client.post(door, {"login": "someone@demo.test", "password": "not this one"})
    right = client.post(door, {"login": "someone@demo.test", "password": PASSWORD})
    page = client.get(home)
    out = client.post("/logout")

    assert (wrong.status_code, right.status_code) == (
        HTTPStatus.UNPROCESSABLE_ENTITY,
        HTTPStatus.FOUND,
    )
    assert page.status_code == HTTPStatus.OK
    assert out.status_code == HTTPStatus.FOUND
    assert client.get(home).status_code == HTTPStatus.FOUND


def test_a_session_that_was_ended_elsewhere_is_dead_at_once(client):
    UserFactory(login="someone@demo.test", role=User.Role.OWNER)
    client.post("/login", {"login": "someone@demo.test", "password": PASSWORD})
    client.session.flush()

    assert client.get("/admin/").status_code == HTTPStatus.FOUND
