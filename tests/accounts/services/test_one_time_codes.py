"""Codes: six digits, five minutes, five tries. How many are sent: test_code_budgets."""

from datetime import timedelta

import pytest

from ispbill.accounts import signals
from ispbill.accounts.models import OneTimeCode, User
from ispbill.accounts.services import one_time_codes
from tests.factories.accounts import UserFactory

BANGLA = str.maketrans("0123456789", "০১২৩৪৫৬৭৮৯")

pytestmark = pytest.mark.django_db

PHONE = "+8801711000001"


@pytest.fixture
def user():
    return UserFactory(login=PHONE, role=User.Role.CUSTOMER)


@pytest.fixture
def sent():
    codes = []

    def keep(code, **_kwargs):
        codes.append(code)

    signals.one_time_code_issued.connect(keep)
    yield codes
    signals.one_time_code_issued.disconnect(keep)


def issue(user, at):
    one_time_codes.issue(login=PHONE, purpose="sign-in", user=user, ip="", at=at)


def check(code, at):
    return one_time_codes.check(login=PHONE, purpose="sign-in", code=code, at=at)


def wrong(code):
    return f"{(int(code) + 1) % 10**6:06d}"


def test_a_code_has_six_digits_and_only_its_hash_is_kept(user, sent, at):
    issue(user, at)

    assert len(sent[0]) == 6
    assert sent[0].isdigit()
    assert sent[0] not in OneTimeCode.objects.get().code_hash


def test_the_right_code_works_once(user, sent, at):
    issue(user, at)

    assert check(sent[0], at) is True
    assert check(sent[0], at) is False


def test_a_code_may_be_typed_in_bangla_digits(user, sent, at):
    issue(user, at)

    assert check(" ".join(sent[0].translate(BANGLA)), at) is True


def test_a_code_is_good_for_less_than_five_minutes(user, sent, at):
    issue(user, at)

    assert check(sent[0], at + timedelta(minutes=5)) is False


def test_after_five_wrong_tries_the_right_one_is_wrong_too(user, sent, at):
    issue(user, at)
    for _i in range(5):
        assert check(wrong(sent[0]), at) is False

    assert check(sent[0], at) is False


def test_a_new_code_replaces_the_old_one(user, sent, at):
    issue(user, at)
    issue(user, at + timedelta(seconds=1))

    assert check(sent[0], at + timedelta(seconds=2)) is (sent[0] == sent[1])


def test_another_purposes_code_is_of_no_use(user, sent, at):
    issue(user, at)

    assert not one_time_codes.check(login=PHONE, purpose="contract", code=sent[0], at=at)
