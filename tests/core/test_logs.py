"""What stands in the log: which page, by whom, how it ended; no links, no searches, no phones."""

import logging
from http import HTTPStatus

import pytest
from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.test import Client

from ispbill.logs import LineFormatter
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db
TOKEN = "s3cr3t-t0ken-that-opens-a-door"


@pytest.fixture
def lines(caplog):
    """The lines written so far."""
    caplog.set_level(logging.INFO)
    caplog.set_level(logging.INFO, logger="ispbill.access")
    formatter = LineFormatter()
    return lambda: [formatter.format(record) for record in caplog.records]


@pytest.mark.parametrize(
    "address",
    [
        f"/access/{TOKEN}/",
        f"/pay/{TOKEN}",
        f"/receipt/{TOKEN}",
        f"/nothing/{TOKEN}",
        f"/pay?number={TOKEN}",
        f"/{TOKEN}",
    ],
)
def test_no_line_of_a_request_holds_what_opens_a_door(client, lines, address):
    client.get(address)

    written = lines()
    assert [line for line in written if "logger=ispbill.access" in line]
    assert [line for line in written if TOKEN in line] == []


def test_the_line_of_a_request_tells_page_actor_status_and_time(client, lines):
    user = UserFactory(role="OWNER")
    client.force_login(user)

    client.get("/admin/customers/", {"q": "01711000001"})

    line = next(line for line in lines() if "logger=ispbill.access" in line)
    assert (
        f"actor=user:{user.pk} msg=request method=GET view=staff_customers:index status=200" in line
    )
    assert "01711" not in line


def test_probes_leave_no_line(client, lines):
    client.get("/livez")

    assert lines() == []


def _line(*, name="ispbill.x", level=logging.ERROR, said="x", error=None, **extra):
    trace = (type(error), error, error.__traceback__) if error else None
    record = logging.LogRecord(name, level, "", 0, said, None, trace)
    record.__dict__.update(extra)
    return LineFormatter().format(record)


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("sent to +8801711000123", 'msg="sent to …123"'),
        ("sent to 01711000123.", "sent to 01711000123."),  # a full stop may be a fraction
        ("Key (phone)=(01711000123)", 'msg="Key (phone)=(…123)"'),
        ("INV-2026-000123456789 of 1234567890", "INV-2026-000123456789 of 1234567890"),
    ],
)
def test_of_a_phone_number_the_last_three_digits_are_written(said, written):
    assert written in _line(said=said)


def test_while_the_database_is_away_a_request_costs_one_short_line():
    import psycopg

    away = OperationalError('connection to "db.internal" failed')
    away.__cause__ = psycopg.OperationalError("refused")

    line = _line(name="django.request", said="Service Unavailable: /x", error=away)

    assert line.endswith('outage="database away"')


def test_a_failed_task_is_traced_once_and_its_arguments_are_not_written():
    """Celery hands its arguments and the traceback over in `data` as well."""
    failed = _line(
        name="celery.app.trace",
        said="Task a.b[1] raised unexpected",
        error=ValueError("a defect"),
        data={"kwargs": "{'code': '482913'}", "traceback": "ValueError: a defect"},
    )

    assert failed.count("ValueError") == 1
    assert "482913" not in failed


def test_a_refusal_has_no_traceback_and_a_defect_has_one():
    refused = _line(name="django.request", level=logging.WARNING, error=PermissionDenied())
    broken = _line(name="django.request", error=ValueError("a defect"))

    assert "trace=" not in refused
    assert "ValueError: a defect" in broken


def test_a_form_from_elsewhere_gets_our_page_and_a_line_without_traceback(lines):
    strict = Client(enforce_csrf_checks=True)

    answer = strict.post("/login", {"login": "a", "password": "b"})

    assert answer.status_code == HTTPStatus.FORBIDDEN
    assert b"This page was open too long" in answer.content
    assert not [line for line in lines() if "trace=" in line]
