"""T-05: a technician's own week on the phone."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from fieldservice.services import absences
from ispbill.core.acts import Act
from tests.factories.accounts import UserFactory
from tests.factories.fieldservice import NINE, NOON, given, job, technician

pytestmark = pytest.mark.django_db

URL = "/technician/week/"
SATURDAY = {"from": "2026-01-10"}


@pytest.fixture
def who(client):
    user = technician()
    client.force_login(user)
    return user


def test_the_own_jobs_stand_on_their_days_and_nobody_elses(client, who):
    mine = given(job(), who, start=NINE + timedelta(days=2), end=NOON + timedelta(days=2))
    theirs = given(job(), technician())

    page = client.get(URL, SATURDAY).content.decode()

    assert mine.number in page
    assert theirs.number not in page
    assert "09:00–12:00" in page.split("12 Jan 2026")[1]
    assert mine.customer.phone not in page


def test_days_away_are_said(client, who):
    absences.enter(
        technician=who,
        first=date(2026, 1, 12),
        last=date(2026, 1, 13),
        reason="A wedding in the family",
        act=Act(UserFactory(), NINE),
    )

    page = client.get(URL, SATURDAY).content.decode()

    assert page.count("Away") == 2


def test_another_week_is_a_press_away_and_nonsense_is_this_week(client, who):
    page = client.get(URL, SATURDAY).content.decode()
    assert "?from=2026-01-17" in page
    assert "?from=2026-01-03" in page

    assert client.get(URL, {"from": "yesterday"}).status_code == 200
    assert client.get(URL, {"from": "2026-13-45"}).status_code == 200
    assert client.get(URL, {"from": "0001-01-01"}).status_code == 200
    assert client.get(URL, {"from": "9999-12-31"}).status_code == 200


def test_more_jobs_ask_no_more(client, who):
    counts = []
    for more in (1, 2):
        for _turn in range(more):
            given(job(), who)
        client.get(URL, SATURDAY)
        with CaptureQueriesContext(connection) as asked:
            client.get(URL, SATURDAY)
        counts.append(len(asked))

    assert counts[0] == counts[1]
