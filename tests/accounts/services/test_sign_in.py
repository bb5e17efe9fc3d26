"""Passwords: who is let in, who is made to wait, and that nobody can tell who exists."""

from datetime import timedelta

import pytest
from django.core.cache import cache

from ispbill.accounts.models import User
from ispbill.accounts.services import sign_in, throttle
from ispbill.accounts.services.sign_in import Device
from ispbill.audit.models import AuditEvent
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db

WRONG = "wrong"
HERE = Device(ip="203.0.113.7", user_agent="test")


@pytest.fixture
def owner():
    return UserFactory(login="owner@demo.test")


def attempt(at, login="owner@demo.test", password=WRONG, device=HERE):
    return sign_in.by_password(login=login, password=password, device=device, at=at)


def refusals(at, count, **kwargs):
    found = []
    for _i in range(count):
        with pytest.raises(sign_in.WrongCredentials) as refused:
            attempt(at, **kwargs)
        found.append(str(refused.value))
    return found


@pytest.mark.parametrize("typed", ["owner@demo.test", " Owner@Demo.TEST "])
def test_the_right_password_finds_the_user(owner, at, typed):
    assert attempt(at, login=typed, password="Test-12345!") == owner


@pytest.mark.parametrize("typed", ["01711-000001", "+8801711000001", "০১৭১১০০০০০১"])
def test_a_phone_is_found_however_it_is_typed(at, typed):
    customer = UserFactory(login="+8801711000001", role=User.Role.CUSTOMER)

    assert attempt(at, login=typed, password="Test-12345!") == customer


def test_an_app_above_can_teach_another_name(owner, at, monkeypatch):
    monkeypatch.setattr(sign_in, "_lookups", [])
    sign_in.register_lookup({"CT-2026-00001": "owner@demo.test"}.get)

    assert attempt(at, login="CT-2026-00001", password="Test-12345!") == owner


def test_a_wrong_password_an_unknown_login_and_a_closed_account_read_the_same(owner, at):
    UserFactory(login="gone@demo.test", is_active=False)

    said = {
        *refusals(at, 1),
        *refusals(at, 1, login="nobody@demo.test"),
        *refusals(at, 1, login="gone@demo.test", password="Test-12345!"),
    }

    assert len(said) == 1


def test_an_unknown_login_costs_a_hash_too(at, monkeypatch):
    hashed = []
    monkeypatch.setattr(User, "set_password", lambda self, raw: hashed.append(raw))

    refusals(at, 1, login="nobody@demo.test")

    assert hashed == ["wrong"]


@pytest.mark.parametrize("login", ["owner@demo.test", "nobody@demo.test"])
def test_the_sixth_try_is_refused_even_with_the_right_password(owner, at, login):
    refusals(at, 5, login=login)

    with pytest.raises(throttle.TooManyTries, match="try again in 15 minutes"):
        attempt(at, login=login, password="Test-12345!")


def test_a_success_forgets_the_failures_before_it(owner, at):
    refusals(at, 4)
    attempt(at, password="Test-12345!")

    refusals(at, 5)


def test_an_address_has_twenty_tries_over_all_logins(owner, at):
    for number in range(20):
        refusals(at, 1, login=f"someone{number}@demo.test")

    with pytest.raises(throttle.TooManyTries):
        attempt(at, password="Test-12345!")
    assert attempt(at, password="Test-12345!", device=Device(ip="203.0.113.8")) == owner


def test_successes_do_not_use_up_the_addresss_tries(owner, at):
    for _i in range(25):
        attempt(at, password="Test-12345!")


def test_failures_and_the_lock_are_in_the_audit_log_without_what_was_typed(owner, at):
    refusals(at, 5)
    refusals(at, 1, login="MySecretPassword")

    events = AuditEvent.objects.order_by("pk").values_list("action", "target_label")
    assert list(events) == [
        *[("user.sign_in_failed", str(owner))] * 5,
        ("user.locked_out", str(owner)),
        ("user.sign_in_failed", "unknown login"),
    ]
    assert not AuditEvent.objects.filter(after__icontains="secret").exists()


def test_without_a_cache_the_audit_log_counts(owner, at, settings):
    broken = {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/2"}
    settings.CACHES = {"default": broken}
    refusals(at, 5)

    with pytest.raises(throttle.TooManyTries):
        attempt(at, password="Test-12345!")


def test_the_lock_ends_with_its_window(owner, at, monkeypatch):
    monkeypatch.setattr(throttle, "_SECONDS", 1)
    refusals(at, 5)
    with pytest.raises(throttle.TooManyTries, match="1 minute"):
        attempt(at)

    cache.clear()  # what the window's end does

    assert attempt(at + timedelta(minutes=15), password="Test-12345!") == owner
