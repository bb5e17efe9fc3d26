"""Databases to throw away: made by the owner, used as the app role, copied from a filled one.

A bench never touches the company's own database. Each measured pair starts from a fresh copy, so
nothing is rolled back and no bloat is carried over.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import psycopg
from django.apps import apps
from django.conf import settings
from django.core.cache import cache
from django.core.management import call_command
from django.db import connections
from django.db.models import CharField, TextField
from psycopg import sql

from ispbill.core.columns import CidrField
from ispbill.core.models import Company

# An empty migrated database to copy instead of migrating anew; the quick tests set it.
ground: str | None = None


@contextmanager
def empty(suffix: str, *, template: str | None = None) -> Iterator[str]:
    """Switch to a new database for the block, not migrated or a copy; drop it afterwards."""
    before = settings.DATABASES["default"]["NAME"]
    name = f"{before}_bench_{suffix}"
    _make(name, template=template)
    try:
        use(name)
        yield name
    finally:
        use(before)
        drop(name)


@contextmanager
def database(suffix: str) -> Iterator[str]:
    """Switch to a new, migrated, empty database for the block; drop it afterwards."""
    with empty(suffix, template=ground) as name:
        if not ground:
            call_command("migrate", database="owner", verbosity=0, interactive=False)
            connections["owner"].close()
        _give_defaults()
        yield name


@contextmanager
def copy_of(template: str, suffix: str) -> Iterator[str]:
    """Switch to a copy of a bench database for the block; drop it and switch back afterwards."""
    name = f"{template}_{suffix}"
    use(template)
    _close()
    _make(name, template=template)
    try:
        use(name)
        yield name
    finally:
        use(template)
        drop(name)


def use(name: str) -> None:
    """Point both roles' connections at a database."""
    _close()
    for alias in ("default", "owner"):
        settings.DATABASES[alias]["NAME"] = name
        connections[alias].settings_dict["NAME"] = name
    cache.clear()
    Company.forget_cached()


def drop(name: str) -> None:
    """Drop a database whoever is still in it, the server's own vacuuming included."""
    _close()
    with _server() as server:
        try:
            server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        except psycopg.errors.InsufficientPrivilege:
            # An owner may not end the server's own worker; dropping without force asks it to end.
            server.execute(f'DROP DATABASE IF EXISTS "{name}"')


def vacuum() -> None:
    """Bring statistics up to date and flush, so that timed parts start alike (as owner).

    Without the checkpoint, which a server that is not ours may refuse, a small company's pages were
    changed since the last one and a large one's were not: only the large one's are then logged whole.
    """
    with owner() as connection:
        connection.execute("VACUUM ANALYZE")
        with suppress(psycopg.errors.InsufficientPrivilege):
            connection.execute("CHECKPOINT")


def owner() -> psycopg.Connection[Any]:
    """Return an autocommit connection of the tables' owner to the present bench database."""
    return psycopg.connect(**_options("owner"), autocommit=True)


def _give_defaults() -> None:
    """Let the columns default to what the models say, so that bulk SQL names only what it means."""
    with owner() as connection:
        for model in apps.get_models():
            for field in model._meta.local_concrete_fields:
                if field.has_default() and not callable(field.default):
                    value = field.get_db_prep_save(field.default, connections["default"])
                    connection.execute(
                        sql.SQL("ALTER TABLE {} ALTER COLUMN {} SET DEFAULT {}").format(
                            sql.Identifier(model._meta.db_table),
                            sql.Identifier(str(field.column)),
                            sql.Literal(value),
                        )
                    )
                elif (
                    isinstance(field, CharField | TextField)
                    and not isinstance(field, CidrField)
                    and not field.null
                ):
                    connection.execute(
                        sql.SQL("ALTER TABLE {} ALTER COLUMN {} SET DEFAULT ''").format(
                            sql.Identifier(model._meta.db_table), sql.Identifier(str(field.column))
                        )
                    )


def _make(name: str, *, template: str | None) -> None:
    with _server() as server:
        server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        source = f' TEMPLATE "{template}"' if template else ""
        server.execute(f'CREATE DATABASE "{name}"{source}')


def _server() -> psycopg.Connection[Any]:
    return psycopg.connect(**{**_options("owner"), "dbname": "postgres"}, autocommit=True)


def _close() -> None:
    for alias in ("default", "owner"):
        connections[alias].close()


def _options(alias: str) -> dict[str, Any]:
    params = connections[alias].get_connection_params()
    kept = {"dbname", "user", "password", "host", "port", "options"}
    return {key: value for key, value in params.items() if key in kept and value}
