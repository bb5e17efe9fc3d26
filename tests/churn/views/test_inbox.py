"""A task whose week is over, in the inbox of whoever took it on."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from churn.models import RetentionTask
from churn.views.inbox import TASKS
from ispbill.core import clock
from tests.factories.accounts import UserFactory
from tests.factories.churn import EpisodeFactory, ScoreFactory, TaskFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 1, 17, 6, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _still(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


def test_it_waits_from_the_day_before_for_who_has_it_and_nobodys_for_all(owner):
    colleague = UserFactory(role="SUPPORT")
    task = TaskFactory(episode=EpisodeFactory(customer=ScoreFactory().customer))

    def waits(user, days=0):
        return TASKS.waiting(user, NOW + timedelta(days=days)).exists()

    assert [waits(owner, days) for days in (-2, -1, 0)] == [False, True, True]
    assert waits(colleague)
    RetentionTask.objects.filter(pk=task.pk).update(assigned_to=colleague)
    assert [waits(owner), waits(colleague)] == [False, True]


def test_it_ends_there_with_an_outcome(client, owner):
    task = TaskFactory(episode=EpisodeFactory(customer=ScoreFactory().customer))
    url = reverse("staff:inbox-act", args=["retention-task", task.pk, "end"])
    page = client.get(reverse("staff:inbox")).content.decode()
    assert f"{task.customer.name} may leave" in page

    assert client.post(url, {"state": "KEPT", "outcome": ""}).status_code == 422
    client.post(url, {"state": "KEPT", "outcome": "all is well", "cost": "60"})

    task.refresh_from_db()
    assert (task.state, task.outcome, task.episode.action_cost) == ("KEPT", "all is well", 60)
