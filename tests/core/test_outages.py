"""While something of the machine is away: 503, when to ask again, and nothing of its inside."""

import errno
from http import HTTPStatus
from urllib.parse import unquote

import psycopg
import pytest
from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.test import Client

from ispbill.core import outages


def _from_the_server(kind, state):
    error = kind("x")
    error.__cause__ = psycopg.errors.lookup(state)("x")
    return error


def _from_the_line():
    error = OperationalError('connection to "db.internal" as "secret" failed')
    error.__cause__ = psycopg.OperationalError("refused")
    return error


@pytest.mark.parametrize(
    ("error", "outage"),
    [
        (_from_the_line(), outages.DATABASE_AWAY),
        (InterfaceError("connection already closed"), outages.DATABASE_AWAY),
        (_from_the_server(OperationalError, "57P01"), outages.DATABASE_AWAY),
        (_from_the_server(OperationalError, "08006"), outages.DATABASE_AWAY),
        (_from_the_server(OperationalError, "53300"), outages.DATABASE_AWAY),
        (_from_the_server(OperationalError, "53100"), outages.DISK_FULL),
        (_from_the_server(DatabaseError, "25006"), outages.READ_ONLY),
        (OSError(errno.ENOSPC, "x"), outages.DISK_FULL),
        (OSError(errno.EROFS, "x"), outages.READ_ONLY),
        (_from_the_server(DatabaseError, "23505"), None),  # a duplicate is no outage
        (_from_the_server(OperationalError, "55P03"), None),  # a lock that did not come: "busy"
        (OSError(errno.ENOENT, "x"), None),
        (ValueError("x"), None),
        (None, None),
    ],
)
def test_what_an_error_says_is_away(error, outage):
    assert outages.of(error) == outage


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/", "/login", "/pay", "/admin/", "/portal/"])
def test_a_page_without_its_database_says_try_again(monkeypatch, address, settings):
    def gone(*_args, **_kwargs):
        raise _from_the_line()

    settings.SESSION_ENGINE = "django.contrib.sessions.backends.db"
    monkeypatch.setattr(connection, "cursor", gone)
    visitor = Client(raise_request_exception=False)
    visitor.cookies[settings.SESSION_COOKIE_NAME] = "x" * 32

    answer = visitor.get(address)

    assert answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert answer["Retry-After"] == "10"
    assert "cannot be reached" in unquote(answer["X-Error-Message"])
    assert b"db.internal" not in answer.content
    assert answer["X-Request-Id"]
