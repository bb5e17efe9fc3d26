"""Alive, ready and well are three questions; the answers tell nothing they should not."""

import errno
import shutil
from collections import namedtuple
from datetime import timedelta
from http import HTTPStatus

import psycopg
import pytest
from django.db import OperationalError, connection

from ispbill.audit.models import JobRun
from ispbill.core import heartbeats
from ispbill.devtools.sandbox.clamd import Scanner
from ispbill.notifications.models import Message
from ispbill.portals.queries import readiness
from ispbill.upkeep.queries import conditions
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db
Usage = namedtuple("Usage", "total used free")


@pytest.fixture(autouse=True)
def anew():
    readiness.forget()
    yield
    readiness.forget()


def _due(at, *, late, event="x"):
    return Message.objects.create(
        dedup_key=f"{event}{late}",
        event=event,
        channel="SMS",
        recipient="+8801711000001",
        next_attempt_at=at - late,
        created_at=at,
    )


# --- Alive


@pytest.mark.parametrize("address", ["/livez", "/healthz"])
def test_who_is_alive_asks_nobody(client, monkeypatch, address):
    monkeypatch.setattr(connection, "cursor", _refuse)

    assert client.get(address).status_code == HTTPStatus.OK


@pytest.mark.parametrize("address", ["/livez", "/readyz", "/health"])
def test_answers_to_machines_carry_the_headers_of_every_page(client, address):
    answer = client.get(address)

    assert {
        "Content-Security-Policy",
        "Permissions-Policy",
        "X-Content-Type-Options",
        "X-Request-Id",
    } <= set(answer.headers)


# --- Ready


def _refuse(*_args, **_kwargs):
    error = OperationalError('connection to "db.internal" as "secret" failed')
    error.__cause__ = psycopg.OperationalError("refused")
    raise error


def test_who_reads_and_writes_is_ready_whatever_a_provider_does(client, at):
    _due(at, late=timedelta(hours=9))  # a provider that is late, and no scheduler at all

    answer = client.get("/readyz")

    assert answer.status_code == HTTPStatus.OK
    assert answer.json() == {"ready": True, "failing": {}, "degraded": {}}


def test_without_a_database_it_says_so_without_its_address(client, monkeypatch):
    monkeypatch.setattr(connection, "cursor", _refuse)

    answer = client.get("/readyz")

    assert answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert answer.json()["failing"] == {"database": "not reached (OperationalError)"}
    assert answer["Retry-After"] == "5"


def test_a_database_that_can_only_be_read_is_not_ready(client):
    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION READ ONLY")

    assert client.get("/readyz").json()["failing"] == {"database": "can only be read from"}


def test_files_that_cannot_be_written_are_not_ready(client, settings, tmp_path):
    (tmp_path / "taken").write_text("a file where the directory should be")
    settings.MEDIA_ROOT = tmp_path / "taken" / "media"

    assert client.get("/readyz").json()["failing"] == {"files": "ENOTDIR"}


def test_a_disk_that_is_nearly_full_is_not_ready(client, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _place: Usage(10**12, 10**12, 42_000_000))

    answer = client.get("/readyz")

    assert answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert answer.json()["failing"] == {"files": "42 MB free"}


def test_a_full_disk_is_named_as_the_system_names_it():
    def full():
        raise OSError(errno.ENOSPC, "No space left on device: /srv/secret")

    assert readiness._tried("files", full).problem == "ENOSPC"


def test_without_redis_it_works_and_is_worse_for_it(client, settings):
    broken = {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/2"}
    settings.CACHES = {"default": broken}

    answer = client.get("/readyz")

    assert answer.status_code == HTTPStatus.OK
    assert list(answer.json()["degraded"]) == ["redis"]


def test_an_answer_is_kept_for_some_seconds(client, monkeypatch):
    assert client.get("/readyz").status_code == HTTPStatus.OK
    monkeypatch.setattr(connection, "cursor", _refuse)

    assert client.get("/readyz").status_code == HTTPStatus.OK


# --- Well


def _levels(at):
    found = conditions.conditions(at=at, real_at=at)
    return {
        condition.name: condition.level for condition in found if condition.level != conditions.OK
    }


@pytest.mark.parametrize(
    ("event", "late", "level"),
    [
        ("x", timedelta(minutes=4), None),
        ("x", timedelta(minutes=5), "warning"),
        ("x", timedelta(minutes=15), "critical"),
        ("one_time_code", timedelta(seconds=29), None),
        ("one_time_code", timedelta(seconds=30), "warning"),
        ("password_reset", timedelta(minutes=2), "critical"),
    ],
)
def test_a_message_that_waits_too_long(at, event, late, level):
    _due(at, late=late, event=event)

    name = "oldest message due, seconds" if event == "x" else "oldest code due, seconds"
    assert _levels(at).get(name) == level


def test_a_virus_scanner_that_is_away_is_a_warning_where_one_is_wanted(at, settings, tmp_path):
    name = "virus scanners away"
    assert name not in _levels(at)
    with Scanner(tmp_path / "clamd.ctl") as running:
        settings.CLAMD = running.address
        assert name not in _levels(at)
    assert _levels(at)[name] == "warning"


def test_a_scheduler_nobody_has_seen_is_critical(at):
    assert _levels(at)["scheduler silent, seconds"] == "critical"


def _job(at, name, status, *, ago=timedelta(hours=1), **more):
    ended = None if status in {"WAITING", "RUNNING"} else at - ago
    return JobRun.objects.create(
        job=name,
        status=status,
        started_at=at - ago,
        heartbeat_at=at - ago,
        finished_at=ended,
        **more,
    )


def test_a_job_that_failed_is_critical_until_it_went_well_again(at):
    _job(at, "bill", "FAILED")
    assert _levels(at)["jobs failed"] == "critical"

    _job(at, "bill", "COMPLETED")
    assert "jobs failed" not in _levels(at)


def test_a_finding_of_the_proofs_is_critical_and_so_is_a_day_without_them(at):
    _job(at, "check_ledger", "COMPLETED", ago=timedelta(hours=27), failed=0)
    assert _levels(at)["last proof, seconds"] == "critical"

    _job(at, "check_ledger", "COMPLETED", ago=timedelta(hours=1), failed=1)
    found = _levels(at)
    assert ("last proof, seconds" in found, found["findings of the proofs"]) == (False, "critical")


def test_a_disk_that_fills_up_warns_first(at, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _place: Usage(100, 85, 15))
    assert _levels(at)["disk used, share"] == "warning"

    monkeypatch.setattr(shutil, "disk_usage", lambda _place: Usage(100, 95, 5))
    assert _levels(at)["disk used, share"] == "critical"


def test_the_outcome_is_for_everybody_and_the_reasons_for_few(client, settings, at):
    settings.METRICS_TOKEN = "right"
    stranger = client.get("/health")
    monitor = client.get("/health", headers={"authorization": "Bearer right"})
    client.force_login(UserFactory(role="CASHIER"))
    cashier = client.get("/health")
    client.force_login(UserFactory(role="OWNER"))
    owner = client.get("/health")

    assert stranger.status_code == HTTPStatus.SERVICE_UNAVAILABLE  # no scheduler runs here
    assert stranger.json() == cashier.json() == {"status": "critical"}
    names = {row["name"] for row in owner.json()["conditions"]}
    assert "scheduler silent, seconds" in names
    assert len(monitor.json()["conditions"]) == len(names)


def test_what_is_well_answers_200(client, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _place: Usage(10**12, 10**11, 9 * 10**11))
    heartbeats.beat()

    answer = client.get("/health")

    assert (answer.status_code, answer.json()) == (HTTPStatus.OK, {"status": "ok"})


def test_metrics_exist_only_for_the_token(client, settings):
    assert client.get("/metrics").status_code == HTTPStatus.NOT_FOUND
    settings.METRICS_TOKEN = "right"

    wrong = client.get("/metrics", headers={"authorization": "Bearer wrong"})
    right = client.get("/metrics", headers={"authorization": "Bearer right"})

    assert wrong.status_code == HTTPStatus.NOT_FOUND
    assert "ispbill_outbox_queued 0" in right.content.decode()
