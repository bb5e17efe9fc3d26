"""A password that whoever knows the person guesses first is refused wherever one is set."""

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from customers.services import portal_access
from ispbill.accounts.models import User
from ispbill.accounts.services import links, passwords
from ispbill.accounts.services.passwords import PasswordRefused
from ispbill.core.acts import Act
from tests.factories.accounts import UserFactory
from tests.factories.customers import CustomerFactory

LIKE = [
    "Amina Rahman",
    "aminarahman1",
    "rahman-2026!",
    "a.rahman_isp",
    "a.rahman@ISP.example",
    "namhar-rahman",
    "01711-000001",
    "+8801711000001",
    "mine 01711000001 mine",
    "my 1711000001!",
]
UNLIKE = [
    "Test-12345!",
    "a longer sentence of mine",
    "the rahmans live in dhaka since 1971",
    "নদীর ধারে বাড়ি",
]


def person(**more):
    fields = {"login": "a.rahman@isp.example", "email": "a.rahman@isp.example"}
    fields |= {"name": "Amina Rahman", "phone": "+8801711000001"}
    return {**fields, **more}


@pytest.mark.parametrize("password", LIKE)
def test_like_the_login_is_refused(password):
    with pytest.raises(ValidationError, match="too much like"):
        validate_password(password, User(**person()))


@pytest.mark.parametrize("password", UNLIKE)
def test_another_is_not(password):
    validate_password(password, User(**person()))


def test_nobodys_password_is_like_nothing():
    validate_password("Amina Rahman")
    validate_password("Amina Rahman", User(login="x@y.example", name="Bo"))


@pytest.mark.django_db
class TestEveryPlace:
    def test_the_own_page(self, client):
        user = UserFactory(**person())
        client.force_login(user)

        page = client.post(
            "/account/password/", {"current": "Test-12345!", "password": "rahman-2026!"}
        )

        assert page.status_code == 422
        assert b"too much like" in page.content

    def test_a_temporary_one(self, client):
        client.force_login(UserFactory())
        user = UserFactory(**person())

        page = client.post(
            f"/admin/staff/{user.pk}/access/",
            {"how": "temporary", "password": "rahman-2026!", "reason": "Forgot it on holiday"},
        )

        assert page.status_code == 422

    def test_a_link(self):
        user = UserFactory(**person())
        uid = urlsafe_base64_encode(force_bytes(user.pk))
        path = f"/access/{uid}/{links._tokens.make_token(user)}/"

        assert Client().post(path, {"password": "rahman-2026!"}).status_code == 422

    def test_the_service(self, at):
        user = UserFactory(**person())

        with pytest.raises(PasswordRefused):
            passwords.change(user=user, password="rahman-2026!", act=Act(user, at))

    @pytest.mark.parametrize("password", ["01711-000009", "Karim Uddin 1"])
    def test_portal_access(self, at, password):
        customer = CustomerFactory(name="Karim Uddin", phone="+8801711000009")

        for _time in ("a new login", "the same again"):
            with pytest.raises(PasswordRefused):
                portal_access.open_portal_access(
                    customer=customer, act=Act(None, at), password=password
                )
            portal_access.open_portal_access(customer=customer, act=Act(None, at))
