"""A test database made by the owner role and used as the app role, as in production.

Django's own test database would be owned by the role that serves requests; row-level security and
the append-only rights would then be tested on a role that does not exist in production.
"""

import hashlib
import os
import time
from pathlib import Path
from typing import Any

import psycopg
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connections

from ispbill.devtools.demo.emptying import connection_options, empty

__all__ = ["app_connection", "create", "drop", "empty", "owner_connection"]


def create(suffix: str = "") -> str:
    """Make a database of the migrated template; point both aliases at it; return its name.

    Whoever comes first migrates the template (as owner); processes side by side wait and copy it.
    """
    base = settings.DATABASES["owner"]["NAME"]
    name, template = f"{base}_test{suffix}", f"{base}_template_{_fingerprint()}"
    with _maintenance() as server:
        server.execute("SET lock_timeout = 0")
        server.execute("SELECT pg_advisory_lock(hashtext(%s))", [template])
        known = server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [template])
        if known.fetchone() is None:
            unfinished = f"{template}_{os.getpid()}"
            server.execute(f'CREATE DATABASE "{unfinished}"')
            _use(unfinished)
            call_command("migrate", database="owner", verbosity=0, interactive=False)
            connections["owner"].close()
            server.execute(f'ALTER DATABASE "{unfinished}" RENAME TO "{template}"')
        _drop(server, name)
        server.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    _use(name)
    return name


def _use(name: str) -> None:
    for alias in ("default", "owner"):
        connections[alias].close()
        settings.DATABASES[alias]["NAME"] = name
        connections[alias].settings_dict["NAME"] = name


def _fingerprint() -> str:
    """Tell one state of the migrations from another: servers that stay keep their templates."""
    seen = hashlib.sha256()
    for app in apps.get_app_configs():
        for pattern in ("migrations/*.py", "guards/*.sql"):
            for path in sorted(Path(app.path).glob(pattern)):
                seen.update(path.read_bytes())
    return seen.hexdigest()[:12]


def drop(name: str) -> None:
    for alias in ("default", "owner"):
        connections[alias].close()
    with _maintenance() as server:
        _drop(server, name)


def _drop(server: psycopg.Connection[Any], name: str) -> None:
    """Drop a database; autovacuum, which the owner may not end, is gone in a moment."""
    for tries_left in reversed(range(40)):
        try:
            server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            return
        except psycopg.errors.InsufficientPrivilege:
            if not tries_left:
                raise
            time.sleep(0.25)


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
