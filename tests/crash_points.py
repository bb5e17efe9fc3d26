"""A request broken off at any of its statements and sent again is one request (M2).

With `CRASH=all` (or a number: so many points of each request, spread evenly) every request that
changes something, of every test whose own transaction can take things back, is first tried like
this: once whole, for what it leaves behind; then, from the same beginning, the process is shot
before its nth statement. What then stands must be what the whole one left; or else, when the
request is sent again by somebody who looked and got no answer, it must be so then. Only after that
the test's own request is made.
"""

import copy
import os
from collections import Counter
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core import mail
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from django.test.client import BOUNDARY
from django.urls import Resolver404, resolve

from ispbill.core.models import Company

CHANGING = {"POST", "PUT", "PATCH", "DELETE"}
# Each try is counted or measured, and each request for a code, a test or a job makes one: asked
# twice is twice, and must be.
COUNTED = {
    "accounts",
    "public:speed-empty",
    "public_signup:step",
    "push:test",
    "staff_accounts:reset-access",
    "staff_audit:run-now",
    "staff_notifications:wording-test",
}
# Chosen by chance, or read from the clock between two tries.
NEVER_THE_SAME = {
    "api_apitoken": {"digest", "hint"},
    "fieldservice_rounddevice": {"code"},
    "tickets_ticketclock": {"allowed_seconds", "used_seconds"},
}
NOT_COMPARED = {"django_session", "audit_jobrun"}
tried: Counter[str] = Counter()
"""Points tried in this process, by the name of the address."""

_plain = Client.generic
_at_work = False


class Shot(BaseException):
    """The worker is gone: nothing of ours may catch it."""


class _Breaking:
    """Counts statements; shoots before the nth, if told to."""

    def __init__(self, at: int = 0):
        self.seen, self._at = 0, at

    def __call__(self, execute, sql, params, many, context):
        self.seen += 1
        if self.seen == self._at:
            raise Shot
        return execute(sql, params, many, context)


class Told:
    """Says at the end of the run what was tried, by all processes that run it side by side."""

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        getattr(session.config, "workeroutput", {})["crash_points"] = dict(tried)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        tried.update(getattr(node, "workeroutput", {}).get("crash_points", {}))

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        terminalreporter.write_line(f"{len(tried)} addresses, shot {tried.total()} times")


def install(config: pytest.Config, points: int | None) -> None:
    """Try each request of tests first: at all its statements, or at so many of them."""
    config.pluginmanager.register(Told())

    def generic(self, method, path, *args, **kwargs):
        if method in CHANGING and _is_to_be_tried(path):
            sweep(self, method, path, *args, points=points, **kwargs)
        return _plain(self, method, path, *args, **kwargs)

    Client.generic = generic


def _is_to_be_tried(path: str) -> bool:
    if _at_work or not connection.in_atomic_block:
        return False
    try:
        found = resolve(urlsplit(path).path)
    except Resolver404:
        return False
    return not {found.view_name, found.namespace} & COUNTED


def wanted() -> int | None:
    """Return how many points of each request CRASH asks for; None for all."""
    asked = os.environ["CRASH"]
    return None if asked == "all" else int(asked)


def sweep(client, method, path, *args, points: int | None, **kwargs) -> int:
    """Break a request off at its statements, and send it again each time; return how often."""
    global _at_work
    _at_work = True
    try:
        return _sweep(client, method, path, args, kwargs, points)
    finally:
        _at_work = False


def _sweep(client, method, path, args, kwargs, points) -> int:
    args, kwargs = _with_key(*args, **kwargs)
    Company.current()  # made by whoever asks first, in a test
    start = _Start(client)
    counting = _Breaking()
    try:
        with connection.execute_wrapper(counting):
            answer = _plain(client, method, path, *args, **kwargs)
    except Exception:
        start.again()  # what the test itself is about, and will see
        start.over()
        return 0
    if answer.status_code >= 400 or not _written():
        start.again()
        start.over()
        return 0
    whole = (answer.status_code, _left_behind())
    start.again()
    name = answer.resolver_match.view_name if answer.resolver_match else path
    count = 0
    for point in _spread(counting.seen, points):
        try:
            with connection.execute_wrapper(_Breaking(point)):
                _plain(client, method, path, *args, **kwargs)
        except Shot:
            count += 1
            place = f"{name}, shot at {point} of {counting.seen}"
            if _left_behind() != whole[1]:  # not done: whoever looks sends it again
                start.forget_beside()
                again = _plain(client, method, path, *args, **kwargs)
                assert again.status_code == whole[0], f"{place}: {again.status_code}"
                differing = _differing(whole[1], _left_behind())
                assert not differing, f"{place}: {differing}"
        start.again()
    tried[name] += count
    start.over()
    return count


def _with_key(
    data: bytes = b"", content_type: str = "application/octet-stream", *args: Any, **kwargs: Any
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Add what every page of ours sends along with its form, and every program is told to send."""
    part = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="form_key"\r\n\r\n'.encode()
    if "multipart" in content_type and b'name="form_key"' not in data:
        data = part + b"sweep\r\n" + data
    extra = {"HTTP_IDEMPOTENCY_KEY": "sweep", **kwargs}
    if "Idempotency-Key" in (kwargs.get("headers") or {}):
        del extra["HTTP_IDEMPOTENCY_KEY"]
    return (data, content_type, *args), extra


def _spread(count: int, points: int | None) -> list[int]:
    every = range(1, count + 1)
    if points is None or count <= points:
        return list(every)
    return sorted({every[number * (count - 1) // (points - 1)] for number in range(points)})


class _Start:
    """What was before the request, in the database and beside it."""

    def __init__(self, client):
        self._client = client
        self._cookies = copy.deepcopy(client.cookies)
        self._cached = _kept()
        self._mails = len(getattr(mail, "outbox", []))
        self._savepoint = transaction.savepoint()

    def again(self) -> None:
        """Take everything back."""
        connection.needs_rollback = False
        transaction.savepoint_rollback(self._savepoint)
        self.forget_beside()

    def forget_beside(self) -> None:
        """A browser that got no answer has no new cookies; a cache may be empty at any time."""
        self._client.cookies = copy.deepcopy(self._cookies)
        _restore(self._cached)
        del getattr(mail, "outbox", [])[self._mails :]

    def over(self) -> None:
        transaction.savepoint_commit(self._savepoint)


def _redis() -> Any:
    return cache._cache.get_client(None, write=True)  # type: ignore[attr-defined]


def _kept() -> dict[bytes, tuple[bytes, int]]:
    redis = _redis()
    return {key: (redis.dump(key), max(redis.pttl(key), 0)) for key in redis.keys("*")}


def _restore(kept: dict[bytes, tuple[bytes, int]]) -> None:
    redis = _redis()
    for key in redis.keys("*"):
        redis.delete(key)
    for key, (value, lasts) in kept.items():
        if value is not None:
            redis.restore(key, lasts, value)


_WRITTEN = """
    SELECT relname FROM pg_stat_xact_user_tables
    WHERE schemaname = 'public' AND n_tup_ins + n_tup_upd + n_tup_del > 0 ORDER BY relname
"""
# What says how things stand: yes and no, sums, days, numbers that are no keys, chosen words.
_COLUMNS = """
    SELECT a.attname FROM pg_attribute a
    WHERE a.attrelid = %s::regclass AND a.attnum > 0 AND NOT a.attisdropped
      AND (a.atttypid IN ('boolean'::regtype, 'numeric'::regtype, 'date'::regtype,
                          'smallint'::regtype, 'integer'::regtype)
           OR a.atttypid = 'varchar'::regtype AND a.atttypmod BETWEEN 5 AND 20)
    ORDER BY a.attname
"""
_columns: dict[str, list[str]] = {}


def _differing(whole: dict[str, Any], found: dict[str, Any]) -> dict[str, Any]:
    return {
        table: (whole.get(table), found.get(table))
        for table in {*whole, *found}
        if whole.get(table) != found.get(table)
    }


def _written() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(_WRITTEN)
        return [row[0] for row in cursor.fetchall() if row[0] not in NOT_COMPARED]


def _left_behind() -> dict[str, Any]:
    """Return, for each table the test has written: how many rows, and a sum of how they stand."""
    found = {}
    with connection.cursor() as cursor:
        for table in _written():
            if table not in _columns:
                cursor.execute(_COLUMNS, [table])
                chosen = {row[0] for row in cursor.fetchall()} - NEVER_THE_SAME.get(table, set())
                _columns[table] = [f'"{name}"' for name in sorted(chosen)]
            row = f"row({', '.join(_columns[table])})::text" if _columns[table] else "''"
            cursor.execute(f'SELECT count(*), sum(hashtext({row})::bigint) FROM "{table}"')
            found[table] = cursor.fetchone()
    return {table: value for table, value in found.items() if value[0]}
