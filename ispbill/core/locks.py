"""Named advisory locks over all processes: one holder at a time, or many who share.

Released with the transaction, or (`only_one`, `shared`, `alone`) at the end of the block.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import blake2b

from django.conf import settings
from django.db import Error, OperationalError, connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from ispbill.core import statements

_END_OTHERS = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND usename = current_user
      AND backend_type = 'client backend' AND pid <> pg_backend_pid()
"""


def key(name: str) -> int:
    """Return the number PostgreSQL knows a lock by."""
    return int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), "big", signed=True)


def hold(name: str) -> None:
    """Wait for the lock and keep it until the surrounding transaction ends."""
    if not connection.in_atomic_block:
        raise RuntimeError("hold needs an open transaction")
    statements.run("SELECT pg_advisory_xact_lock(%s)", [key(name)])


def try_hold(name: str) -> bool:
    """Take the lock if it is free, until the surrounding transaction ends; never wait."""
    if not connection.in_atomic_block:
        raise RuntimeError("try_hold needs an open transaction")
    return bool(statements.first("SELECT pg_try_advisory_xact_lock(%s)", [key(name)])[0])


@contextmanager
def only_one(name: str) -> Iterator[bool]:
    """Hold a session lock around work with several transactions; yield whether it was free.

    Needs a connection that stays with this thread (workers and commands; not a pooled web
    request, where the lock would outlive its borrower if the process were cut off mid-way).
    """
    session = _session()
    with session.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [key(name)])
        held = bool(cursor.fetchone()[0])
    try:
        yield held
    finally:
        if held:
            with session.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [key(name)])


def _session() -> BaseDatabaseWrapper:
    """Return the connection whose session is ours alone.

    Behind a PgBouncer that pools by transaction the usual one has another session each time, and
    a lock taken there would be whoever's comes next; that is what DATABASE_DIRECT_URL is for.
    """
    return connections["direct" if "direct" in settings.DATABASES else "default"]


@contextmanager
def shared(name: str) -> Iterator[bool]:
    """Hold a session lock beside others who share it; yield False when somebody has it alone.

    Who waits to have it alone is let before. A connection that ends in the block takes the lock
    with it.
    """
    held = bool(statements.first("SELECT pg_try_advisory_lock_shared(%s)", [key(name)])[0])
    try:
        yield held
    finally:
        if held:
            with suppress(Error), connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock_shared(%s)", [key(name)])


@contextmanager
def alone(name: str, *, patience_seconds: int) -> Iterator[None]:
    """Wait until nobody shares a session lock, and hold it alone.

    Once patience is over, and when the lock is had, every other session of the application's role
    in this database is ended: nobody else is in the middle of anything. Not for production.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, false)", [f"{patience_seconds}s"])
        try:
            while True:
                with suppress(OperationalError):  # patience is over
                    cursor.execute("SELECT pg_advisory_lock(%s)", [key(name)])
                    break
                cursor.execute(_END_OTHERS)
        finally:
            cursor.execute("RESET lock_timeout")
        cursor.execute(_END_OTHERS)
    try:
        yield
    finally:
        statements.run("SELECT pg_advisory_unlock(%s)", [key(name)])
