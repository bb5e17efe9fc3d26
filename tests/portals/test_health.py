"""Probes speak when the rest does not, and tell nothing they should not."""

from http import HTTPStatus

import pytest
from django.db import OperationalError, connection

from ispbill.core import heartbeats
from ispbill.portals.queries import readiness

pytestmark = pytest.mark.django_db


def test_ready_when_everything_is_there(client):
    heartbeats.beat()

    answer = client.get("/readyz")

    assert (answer.status_code, answer.json()) == (200, {"ready": True, "failing": {}})


def test_without_a_scheduler_it_is_not_ready(client):
    answer = client.get("/readyz")

    assert answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert list(answer.json()["failing"]) == ["scheduler"]


def test_without_a_database_it_says_so_without_its_address(client, monkeypatch):
    def gone(*_args, **_kwargs):
        raise OperationalError('connection to "db.internal" as "secret" failed')

    heartbeats.beat()
    monkeypatch.setattr(connection, "cursor", gone)

    answer = client.get("/readyz")
    alive = client.get("/healthz")

    assert answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert answer.json()["failing"] == {"database": "not reached (OperationalError)"}
    assert alive.status_code == HTTPStatus.OK


def test_without_redis_it_says_so(client, settings):
    broken = {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/2"}
    settings.CACHES = {"default": broken}

    answer = client.get("/readyz")

    assert "redis" in answer.json()["failing"]


def test_a_late_outbox_is_not_ready(at):
    from datetime import timedelta

    from ispbill.notifications.models import Message

    Message.objects.create(
        dedup_key="x",
        event="x",
        channel="SMS",
        recipient="+8801711000001",
        next_attempt_at=at - timedelta(hours=1),
        created_at=at,
    )
    heartbeats.beat()

    problems = {check.name: check.problem for check in readiness.checks(now=lambda: at, real_at=at)}

    assert problems["outbox"] == "a message waits since 3600 s"


def test_metrics_exist_only_for_the_token(client, settings):
    assert client.get("/metrics").status_code == HTTPStatus.NOT_FOUND
    settings.METRICS_TOKEN = "right"

    wrong = client.get("/metrics", headers={"authorization": "Bearer wrong"})
    right = client.get("/metrics", headers={"authorization": "Bearer right"})

    assert wrong.status_code == HTTPStatus.NOT_FOUND
    assert "ispbill_outbox_queued 0" in right.content.decode()
