"""A test database made by the owner role and used as the app role, as in production.

Django's own test database would be owned by the role that serves requests; row-level security and
the append-only rights would then be tested on a role that does not exist in production.
"""

from typing import Any

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connections

from ispbill.demo.emptying import connection_options, empty

__all__ = ["app_connection", "create", "drop", "empty", "owner_connection"]


def create(suffix: str = "") -> str:
    """Create and migrate the database (as owner); point both aliases at it; return its name."""
    name = f"{settings.DATABASES['owner']['NAME']}_test{suffix}"
    with _maintenance() as server:
        server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        server.execute(f'CREATE DATABASE "{name}"')
    for alias in ("default", "owner"):
        connections[alias].close()
        settings.DATABASES[alias]["NAME"] = name
        connections[alias].settings_dict["NAME"] = name
    call_command("migrate", database="owner", verbosity=0, interactive=False)
    connections["owner"].close()
    return name


def drop(name: str) -> None:
    for alias in ("default", "owner"):
        connections[alias].close()
    with _maintenance() as server:
        server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def owner_connection(**options: Any) -> psycopg.Connection[Any]:
    """A connection of the tables' owner, for tests that take a guard away."""
    return psycopg.connect(**_owner_options(), **options)


def app_connection(**options: Any) -> psycopg.Connection[Any]:
    """A second connection of the app role, for rivals in concurrency tests."""
    return psycopg.connect(**connection_options("default"), **options)


def _maintenance() -> psycopg.Connection[Any]:
    options = _owner_options()
    options["dbname"] = "postgres"
    return psycopg.connect(**options, autocommit=True)


def _owner_options() -> dict[str, Any]:
    return connection_options("owner")
