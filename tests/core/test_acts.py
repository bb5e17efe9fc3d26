"""One act: who, when, on which day of the books, and why."""

from dataclasses import FrozenInstanceError
from datetime import UTC, date, datetime

import pytest

from ispbill.core import clock
from ispbill.core.acts import Act
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db

LATE = datetime(2026, 1, 10, 20, tzinfo=UTC)  # already the 11th in Dhaka


def test_its_day_is_the_companys_day_of_its_moment():
    assert Act(None, LATE).on == date(2026, 1, 11)


def test_a_day_that_is_given_stays():
    assert Act(None, LATE, on=date(2026, 1, 1)).on == date(2026, 1, 1)


def test_another_reason_changes_nothing_else():
    clerk = UserFactory()
    act = Act(clerk, LATE, on=date(2026, 1, 1), reason="asked by phone")

    other = act.because("asked in person")

    assert (other.actor, other.at, other.on) == (clerk, LATE, date(2026, 1, 1))
    assert (act.reason, other.reason) == ("asked by phone", "asked in person")


def test_now_is_the_business_clocks_moment(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: LATE)

    act = Act.now(None, reason="the nightly run")

    assert (act.at, act.on, act.reason) == (LATE, date(2026, 1, 11), "the nightly run")


def test_it_does_not_change():
    with pytest.raises(FrozenInstanceError):
        Act(None, LATE).reason = "something else"
