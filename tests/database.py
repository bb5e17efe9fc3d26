"""A test database made by the owner role and used as the app role, as in production.

Django's own test database would be owned by the role that serves requests; row-level security and
the append-only rights would then be tested on a role that does not exist in production.
"""

import hashlib
import os
import time
from pathlib import Path
from typing import Any
from weakref import WeakSet

import psycopg
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.dispatch import receiver

from ispbill.core import guard_files
from ispbill.devtools.demo.emptying import connection_options, empty_as

__all__ = [
    "app_connection",
    "create",
    "drop",
    "empty",
    "ground",
    "owner_connection",
    "refresh_connections",
    "release",
]

_AS_NEW = (
    "RESET ALL; RESET ROLE; CLOSE ALL; UNLISTEN *; DISCARD TEMP; SELECT pg_advisory_unlock_all()"
)
_kept: list[psycopg.Connection[Any]] = []
_template: list[str] = []
_opened: WeakSet[BaseDatabaseWrapper] = WeakSet()


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
    _template[:] = [template]
    _use(name)
    return name


def ground() -> str:
    """Return the migrated database that others are copied from: nobody is ever connected to it.

    A database that tests have worked on is not copied: the server refuses while anybody at all, a
    forgotten connection of a thread or of a program, is in it.
    """
    assert _template, "a test that copies a database asks for django_db_setup"
    return _template[0]


def _use(name: str) -> None:
    release()
    for alias in ("default", "owner"):
        connections[alias].close()
        settings.DATABASES[alias]["NAME"] = name
        connections[alias].settings_dict["NAME"] = name


def _fingerprint() -> str:
    """Tell one state of the migrations from another: servers that stay keep their templates."""
    seen = hashlib.sha256()
    for app in apps.get_app_configs():
        for path in sorted(Path(app.path).glob("migrations/*.py")):
            seen.update(path.read_bytes())
        seen.update(guard_files.fingerprint(app).encode())
    return seen.hexdigest()[:12]


def drop(name: str) -> None:
    release()
    for alias in ("default", "owner"):
        connections[alias].close()
    _close_other_threads()
    with _maintenance() as server:
        _drop(server, name)


def _drop(server: psycopg.Connection[Any], name: str) -> None:
    """Drop a database whoever is in it.

    The owner may not end autovacuum by force; dropping without force asks it to end by itself.
    """
    for tries_left in reversed(range(20)):
        for force in (" WITH (FORCE)", ""):
            try:
                server.execute(f'DROP DATABASE IF EXISTS "{name}"{force}')
                return
            except (psycopg.errors.InsufficientPrivilege, psycopg.errors.ObjectInUse):
                if not tries_left:
                    raise
        time.sleep(0.25)


def empty() -> None:
    """Empty the database, on a connection that is kept: a new one has to learn every table."""
    options = _owner_options()
    if _kept and (_kept[0].closed or _kept[0].info.dbname != options["dbname"]):
        release()
    if not _kept:
        _kept.append(psycopg.connect(**options, autocommit=True))
    try:
        empty_as(_kept[0])
    except psycopg.OperationalError:
        if not _kept[0].closed:
            raise
        release()  # the server was started anew meanwhile
        empty()


def release() -> None:
    """Close what is kept: a database with a connection to it is not copied."""
    while _kept:
        _kept.pop().close()


@receiver(connection_created)
def _note(connection: BaseDatabaseWrapper, **_kwargs: object) -> None:
    _opened.add(connection)


def _close_other_threads() -> None:
    """Close what threads have open, such as a live server's that waits for a browser to go on.

    The owner may not end sessions of the app role by force.
    """
    for wrapper in list(_opened):
        if wrapper.connection is not None:
            wrapper.connection.close()


def refresh_connections() -> None:
    """Let the next test find its connections as new ones are; what cannot be so is closed."""
    for wrapper in connections.all(initialized_only=True):
        if wrapper.connection is None:
            continue
        try:
            wrapper.connection.execute(_AS_NEW)
        except psycopg.Error:
            wrapper.connection.close()
        if wrapper.connection.closed or wrapper.in_atomic_block or not wrapper.autocommit:
            wrapper.close()


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
