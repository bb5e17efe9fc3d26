"""Remove every row, append-only tables included.

The role that serves requests cannot do this: only the tables' owner can, with triggers asleep.
All tables are locked first, so that nothing is written between two of them; who is in each other's
way is tried again, and until then nothing was removed.
"""

from typing import Any

import psycopg
from django.conf import settings
from django.core.cache import cache
from django.db import connections
from psycopg import errors

from ispbill.core.models import Company

ATTEMPTS = 4
LARGE = 4_000_000  # bytes of a table from which on truncating everything is quicker
KEPT = {"core_installedguard", "django_migrations", "django_content_type", "auth_permission"}


def empty() -> None:
    """Empty the database as its owner and forget what was cached of it.

    Raises RuntimeError in production mode, and psycopg's error when somebody else held on to a
    table each time.
    """
    with psycopg.connect(**connection_options("owner"), autocommit=True) as owner:
        empty_as(owner)


def empty_as(owner: psycopg.Connection[Any]) -> None:
    """Do it on a connection of the tables' owner that commits by itself."""
    if settings.PRODUCTION:
        raise RuntimeError("a production database is never emptied")
    sizes = dict(
        owner.execute(
            "SELECT relname, pg_relation_size(oid) FROM pg_class"
            " WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        ).fetchall()
    )
    tables = [f'"{table}"' for table in sizes if table not in KEPT]
    remove = _truncate if max(sizes.values()) > LARGE else _delete
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with owner.transaction():
                owner.execute("SET LOCAL session_replication_role = replica")
                remove(owner, tables)
            break
        except (errors.DeadlockDetected, errors.LockNotAvailable):
            if attempt == ATTEMPTS:
                raise
    cache.clear()
    Company.forget_cached()


def _truncate(owner: psycopg.Connection[Any], tables: list[str]) -> None:
    owner.execute(f"LOCK TABLE {', '.join(tables)} IN ACCESS EXCLUSIVE MODE")
    owner.execute(f"TRUNCATE {', '.join(tables)} RESTART IDENTITY CASCADE")


def _delete(owner: psycopg.Connection[Any], tables: list[str]) -> None:
    """Delete what rows there are: for a hundred small tables far quicker than truncating them."""
    owner.execute(f"LOCK TABLE {', '.join(tables)} IN EXCLUSIVE MODE")
    looks = ", ".join(f"EXISTS (SELECT FROM {table})" for table in tables)
    found = owner.execute(f"SELECT ARRAY[{looks}]").fetchall()[0][0]
    filled = [table for table, has_rows in zip(tables, found, strict=True) if has_rows]
    deletes = "; ".join(f"DELETE FROM {table}" for table in filled)
    # The tables that are kept count on: another migration must still find a free number.
    kept = ", ".join(f"'{table}_id_seq'" for table in sorted(KEPT))
    restarts = (
        "SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, 1, false)"
        " FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL"
        f" AND sequencename NOT IN ({kept})"
    )
    owner.execute(f"{deletes or 'SELECT 1'}; {restarts}")


def connection_options(alias: str) -> dict[str, Any]:
    """Return what psycopg needs to connect as the role of a Django database alias."""
    params = connections[alias].get_connection_params()
    kept = {"dbname", "user", "password", "host", "port", "options"}
    return {key: value for key, value in params.items() if key in kept and value}
