"""Named advisory locks: one holder at a time over all processes, released with the transaction."""

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import blake2b

from django.db import connection


def _key(name: str) -> int:
    return int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), "big", signed=True)


def hold(name: str) -> None:
    """Wait for the lock and keep it until the surrounding transaction ends."""
    if not connection.in_atomic_block:
        raise RuntimeError("hold needs an open transaction")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_key(name)])


def try_hold(name: str) -> bool:
    """Take the lock if it is free, until the surrounding transaction ends; never wait."""
    if not connection.in_atomic_block:
        raise RuntimeError("try_hold needs an open transaction")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_key(name)])
        return bool(cursor.fetchone()[0])


@contextmanager
def only_one(name: str) -> Iterator[bool]:
    """Hold a session lock around work with several transactions; yield whether it was free.

    Needs a connection that stays with this thread (workers and commands; not a pooled web
    request, where the lock would outlive its borrower if the process were cut off mid-way).
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_key(name)])
        held = bool(cursor.fetchone()[0])
    try:
        yield held
    finally:
        if held:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_key(name)])
