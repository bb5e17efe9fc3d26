"""The way of learning is tried on invented customers, once, before it learns from one's own."""

from datetime import UTC, datetime

import pytest
from django.urls import reverse

from churn.models import ChurnTrial
from churn.rules.causes import CAUSES
from churn.services import trying
from churn.views import trial_words
from ispbill.accounts.models import User
from tests.factories.accounts import UserFactory
from tests.factories.churn import trial

pytestmark = pytest.mark.django_db
AT = datetime(2026, 1, 5, 5, 20, tzinfo=UTC)
URL = reverse("staff_churn:trial")


def test_a_method_is_tried_once_and_finds_what_was_put_in():
    found = trying.try_method(at=AT)

    assert all(row["is_met"] for row in trial_words.results(found)["checks"])
    assert found.why == ""
    assert trying.try_method(at=AT) is None
    assert ChurnTrial.objects.count() == 1


def test_another_method_is_tried_anew(monkeypatch):
    before = trying._fingerprint()
    monkeypatch.setattr(trying, "METHOD", 99)

    assert trying._fingerprint() != before


def test_the_page_says_what_was_measured_and_that_nobody_in_it_is_real(client):
    client.force_login(UserFactory())
    assert "Not tried yet" in client.get(URL).content.decode()
    trial(noise_auc=0.62)

    page = client.get(URL).content.decode()

    assert "Invented customers, not yours" in page
    assert "0.62" in page
    assert page.count("Missed") == 1  # shuffled labels taught something
    assert page.count("Met<") + page.count("Met\n") >= 4


def test_every_cause_has_its_words():
    assert {*trial_words.CAUSE_WORDS} == {*CAUSES}


def test_the_program_that_invents_them_is_given_as_it_runs(client):
    client.force_login(UserFactory(role=User.Role.AUDITOR))

    source = client.get(reverse("staff_churn:generator")).content.decode()

    compile(source, "histories.py", "exec")
    assert '"late_bills": 0.55' in source
    client.force_login(UserFactory(role=User.Role.CASHIER))
    assert client.get(reverse("staff_churn:generator")).status_code == 403
