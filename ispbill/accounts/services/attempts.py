"""Attempts counted in the database: what `throttle` falls back on while Redis cannot be reached.

One statement counts, so rivals cannot share a count. What is counted (a phone, an address) is
kept as a keyed hash only, and rows whose window is over go with the next ones that are written.
"""

from django.db import connection

from ispbill.core import crypto, statements

_COUNT = """
    INSERT INTO accounts_attempts AS kept (key, tries, ends_at)
    VALUES (%s, 1, clock_timestamp() + make_interval(secs => %s))
    ON CONFLICT (key) DO UPDATE SET
        tries = CASE WHEN kept.ends_at > clock_timestamp() THEN kept.tries + 1 ELSE 1 END,
        ends_at = CASE WHEN kept.ends_at > clock_timestamp() THEN kept.ends_at
                       ELSE excluded.ends_at END
    RETURNING tries, greatest(ceil(extract(epoch FROM ends_at - clock_timestamp()))::int, 1)
"""
# Never waits for a row that is being counted at the moment.
_CLEAR = """
    DELETE FROM accounts_attempts WHERE key IN (
        SELECT key FROM accounts_attempts WHERE ends_at <= clock_timestamp()
        LIMIT 100 FOR UPDATE SKIP LOCKED)
"""
_USED = "SELECT tries FROM accounts_attempts WHERE key = %s AND ends_at > clock_timestamp()"


def count(key: str, *, seconds: int) -> tuple[int, int]:
    """Count one attempt; return how many there are and the seconds until they are forgotten."""
    with connection.cursor() as cursor:
        cursor.execute(_CLEAR)
        cursor.execute(_COUNT, [_mark(key), seconds])
        tries, wait = cursor.fetchone()
    return tries, wait


def used(key: str) -> int:
    """Return how many attempts are counted in the window that runs."""
    found = statements.first(_USED, [_mark(key)])
    return found[0] if found else 0


def take_back(key: str) -> None:
    """Count one attempt less."""
    statements.run(
        "UPDATE accounts_attempts SET tries = greatest(tries - 1, 0) WHERE key = %s", [_mark(key)]
    )


def _mark(key: str) -> str:
    return crypto.fingerprint(key, purpose="attempts")[:64]
