"""May this process be sent requests: it reads and writes its database and its files.

Nothing outside the process and its two stores is asked: a provider that is late, a worker that
stands, a cache that is away take no web process out (`ispbill.upkeep.queries.conditions` tells of
those). Source: operations-rules 5.
"""

import errno
import os
import shutil
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.cache import cache
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor

KEPT_SECONDS = 5.0  # balancers ask often; the database need not be asked as often
PATIENCE_SECONDS = 2.0
LEAST_FREE_BYTES = 100_000_000


@dataclass(frozen=True)
class Check:
    """One thing looked at; `problem` is "" when it is well, and never holds a secret."""

    name: str
    problem: str


@dataclass(frozen=True)
class Readiness:
    """`failing` takes this process out; `degraded` is told and changes nothing."""

    failing: tuple[Check, ...]
    degraded: tuple[Check, ...]


@dataclass
class _Kept:
    at: float = 0.0
    found: Readiness | None = None
    is_migrated: bool = False


_kept = _Kept()


def look() -> Readiness:
    """Return whether this process is ready, at most five seconds old. Raises nothing."""
    now = time.monotonic()
    if _kept.found is None or now - _kept.at >= KEPT_SECONDS:
        _kept.found, _kept.at = _look(), now
    return _kept.found


def forget() -> None:
    """Look anew next time (tests)."""
    _kept.found = None


def _look() -> Readiness:
    database = _tried("database", _database)
    needed = [database, _tried("files", _files)]
    if not database.problem:
        needed.append(_tried("migrations", migrations))
    return Readiness(
        failing=tuple(check for check in needed if check.problem),
        degraded=tuple(check for check in [_tried("redis", redis)] if check.problem),
    )


def _tried(name: str, look: Callable[[], str]) -> Check:
    try:
        return Check(name, look())
    except OSError as error:
        return Check(name, errno.errorcode.get(error.errno or 0, type(error).__name__))
    except Exception as error:  # whatever a driver raises; its text may hold addresses
        return Check(name, f"not reached ({type(error).__name__})")


def _database() -> str:
    """Read and write: a message into the log of changes is a write that leaves no row behind."""
    began = time.monotonic()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL statement_timeout = '{int(PATIENCE_SECONDS * 1000)}ms'")
        cursor.execute(
            "SELECT current_setting('transaction_read_only') = 'on',"
            " CASE WHEN NOT pg_is_in_recovery()"
            " THEN pg_logical_emit_message(true, 'ispbill', 'ready') END IS NULL"
        )
        is_read_only, is_standby = cursor.fetchone()
    if is_read_only or is_standby:
        return "can only be read from"
    return "too slow" if time.monotonic() - began > PATIENCE_SECONDS else ""


def _files() -> str:
    place = Path(settings.MEDIA_ROOT)
    place.mkdir(parents=True, exist_ok=True)
    probe = place / f".ready-{os.getpid()}-{uuid.uuid4().hex[:8]}"
    try:
        probe.write_bytes(b"ready")
    finally:
        probe.unlink(missing_ok=True)
    free = shutil.disk_usage(place).free
    return "" if free >= LEAST_FREE_BYTES else f"{free // 1_000_000} MB free"


def migrations() -> str:
    """Return how many of this release's migrations are not applied, or ""."""
    # Reading every migration takes a second; once all are applied, this code needs no more.
    if _kept.is_migrated:
        return ""
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    _kept.is_migrated = not waiting
    return f"{len(waiting)} not applied" if waiting else ""


def redis() -> str:
    """Return "" when the cache counts; raises what its driver raises when it is away."""
    # `incr` raises where `get` would forgive.
    cache.add("readiness", 0, 60)
    cache.incr("readiness")
    return ""
