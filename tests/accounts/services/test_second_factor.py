"""Authenticator apps and recovery codes: each code is good once."""

from datetime import UTC, datetime, timedelta

import pyotp
import pytest

from ispbill.accounts.models import RecoveryCode, TotpDevice
from ispbill.accounts.services import second_factor
from ispbill.accounts.services.sign_in import Device, WrongCredentials
from ispbill.accounts.services.throttle import TooManyTries
from tests.factories.accounts import UserFactory

BANGLA = str.maketrans("0123456789", "০১২৩৪৫৬৭৮৯")

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 1, 10, 4, 0, 10, tzinfo=UTC)


@pytest.fixture
def user():
    return UserFactory()


@pytest.fixture
def app(user):
    return pyotp.TOTP(second_factor.secret(second_factor.start(user=user)))


@pytest.fixture
def recovery(user, app, at):
    before = NOW - timedelta(minutes=5)
    return second_factor.confirm(user=user, code=app.at(before), at=at, real_at=before)


def prove(user, code, at, now=NOW):
    return second_factor.prove(user=user, code=code, device=Device(), at=at, real_at=now)


def test_the_secret_is_sealed(user, app):
    assert app.secret not in TotpDevice.objects.get(user=user).sealed_secret


def test_the_factor_counts_only_once_confirmed(user, app, at):
    assert second_factor.needed(user) is False

    second_factor.confirm(user=user, code=app.at(NOW), at=at, real_at=NOW)

    assert second_factor.needed(user) is True


@pytest.mark.parametrize("steps", [-1, 0, 1])
def test_a_code_of_this_step_or_a_neighbour_is_taken(user, app, recovery, at, steps):
    code = app.at(NOW + timedelta(seconds=30 * steps))

    assert prove(user, code, at) == "totp"


def test_a_code_may_be_typed_in_bangla_digits(user, app, recovery, at):
    assert prove(user, app.at(NOW).translate(BANGLA), at) == "totp"


@pytest.mark.parametrize("code", ["٠٠٠٠٠٠", "²²²²²²", "🙂"])
def test_signs_no_code_has_are_a_wrong_code(user, app, recovery, at, code):
    with pytest.raises(WrongCredentials):
        prove(user, code, at)


@pytest.mark.parametrize("steps", [-2, 2])
def test_a_code_further_off_is_refused(user, app, recovery, at, steps):
    with pytest.raises(WrongCredentials):
        prove(user, app.at(NOW + timedelta(seconds=30 * steps)), at)


def test_a_code_is_refused_the_second_time(user, app, recovery, at):
    prove(user, app.at(NOW), at)

    with pytest.raises(WrongCredentials):
        prove(user, app.at(NOW), at)


def test_a_code_of_an_earlier_step_is_refused_after_a_later_one(user, app, recovery, at):
    prove(user, app.at(NOW), at)

    with pytest.raises(WrongCredentials):
        prove(user, app.at(NOW - timedelta(seconds=30)), at)


def test_the_code_that_confirmed_the_app_does_not_sign_in(user, app, at):
    second_factor.confirm(user=user, code=app.at(NOW), at=at, real_at=NOW)

    with pytest.raises(WrongCredentials):
        prove(user, app.at(NOW), at)


@pytest.mark.parametrize("dress", [str, str.upper, lambda code: code.replace("-", " ")])
def test_a_recovery_code_works_once_however_it_is_typed(user, recovery, at, dress):
    assert prove(user, dress(recovery[3]), at) == "recovery"

    with pytest.raises(WrongCredentials):
        prove(user, recovery[3], at)


def test_recovery_codes_are_kept_hashed(user, recovery):
    kept = RecoveryCode.objects.values_list("code_hash", flat=True)

    assert len(kept) == len(set(recovery)) == 10
    assert not {code.replace("-", "") for code in recovery} & set(kept)


def test_after_five_wrong_codes_there_is_a_wait(user, app, recovery, at):
    for _i in range(5):
        with pytest.raises(WrongCredentials):
            prove(user, "000000x", at)

    with pytest.raises(TooManyTries):
        prove(user, app.at(NOW), at)
