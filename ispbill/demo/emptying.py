"""Remove every row, append-only tables included.

The role that serves requests cannot do this: only the tables' owner can, with triggers asleep.
"""

from typing import Any

import psycopg
from django.conf import settings
from django.core.cache import cache
from django.db import connections

from ispbill.core.models import Company

KEPT = {"django_migrations", "django_content_type", "auth_permission"}


def empty() -> None:
    """Empty the database as its owner and forget what was cached of it.

    Raises RuntimeError in production mode.
    """
    if settings.PRODUCTION:
        raise RuntimeError("a production database is never emptied")
    with psycopg.connect(**connection_options("owner"), autocommit=True) as owner:
        tables = [
            row[0]
            for row in owner.execute(
                "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
            ).fetchall()
            if row[0] not in KEPT
        ]
        owner.execute("SET session_replication_role = replica")
        listed = ", ".join(f'"{table}"' for table in tables)
        owner.execute(f"TRUNCATE {listed} RESTART IDENTITY CASCADE")
    cache.clear()
    Company.forget_cached()


def connection_options(alias: str) -> dict[str, Any]:
    """Return what psycopg needs to connect as the role of a Django database alias."""
    params = connections[alias].get_connection_params()
    kept = {"dbname", "user", "password", "host", "port", "options"}
    return {key: value for key, value in params.items() if key in kept and value}
