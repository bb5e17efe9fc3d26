"""The four roles, the database and its extensions; safe to run at every start.

`ispbill_owner` owns the database and runs migrations, `ispbill_app` is what the running product
connects as, `ispbill_portal` is what a portal request switches to, `ispbill_radius` is what
FreeRADIUS connects as. None may bypass row-level security: a superuser, and an owner without
FORCE, see every row whatever the policies say.
"""

from __future__ import annotations

from pathlib import Path

import psycopg

OWNER = "ispbill_owner"
APP = "ispbill_app"
PORTAL = "ispbill_portal"
RADIUS = "ispbill_radius"
DATABASE = "ispbill"
TRUSTED_EXTENSIONS = ("pg_trgm", "btree_gist", "unaccent")  # the owner may create these himself

_ROLES = {
    OWNER: "LOGIN NOSUPERUSER NOBYPASSRLS CREATEDB",
    APP: "LOGIN NOSUPERUSER NOBYPASSRLS",
    PORTAL: "NOLOGIN NOSUPERUSER NOBYPASSRLS",
    RADIUS: "LOGIN NOSUPERUSER NOBYPASSRLS",
}

Connection = psycopg.Connection[tuple[object, ...]]


def prepare(*, sockets: Path, superuser: str) -> bool:
    """Make what is missing. Returns whether the database had to be created."""
    with _connect(sockets, superuser, "postgres") as server:
        _make_roles(server)
        created = _make_database(server)
    if created:
        with _connect(sockets, superuser, DATABASE) as database:
            _fill_database(database)
    return created


def recreate(*, sockets: Path, superuser: str) -> None:
    """Drop the database with all its data and make an empty one."""
    with _connect(sockets, superuser, "postgres") as server:
        server.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
    prepare(sockets=sockets, superuser=superuser)


def _connect(sockets: Path, superuser: str, database: str) -> Connection:
    return psycopg.connect(
        host=str(sockets), port=5432, user=superuser, dbname=database, autocommit=True
    )


def _make_roles(server: Connection) -> None:
    existing = {row[0] for row in server.execute("SELECT rolname FROM pg_roles")}
    for name, attributes in _ROLES.items():
        if name not in existing:
            server.execute(f"CREATE ROLE {name} {attributes}")
    if "pg_checkpoint" in existing:
        # Benches start from a clean state of the disk (`bench/scratch.py`).
        server.execute(f"GRANT pg_checkpoint TO {OWNER}")
    if set(_ROLES) <= existing:
        return
    # Tests empty append-only tables: the owner may switch their guarding triggers off.
    server.execute(f"GRANT SET ON PARAMETER session_replication_role TO {OWNER}")
    if server.info.server_version >= 160000:
        # Membership gives the right to become the portal, not the portal's rights meanwhile:
        # policies made TO ispbill_portal must not apply to the application itself.
        server.execute(f"GRANT {PORTAL} TO {APP} WITH INHERIT FALSE, SET TRUE")
    else:
        server.execute(f"ALTER ROLE {APP} NOINHERIT")
        server.execute(f"GRANT {PORTAL} TO {APP}")
    server.execute(f"GRANT pg_read_all_stats TO {OWNER}")


def _make_database(server: Connection) -> bool:
    if server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
        return False
    server.execute(f"CREATE DATABASE {DATABASE} OWNER {OWNER}")
    return True


def _fill_database(database: Connection) -> None:
    database.execute(f"SET ROLE {OWNER}")
    for name in TRUSTED_EXTENSIONS:
        database.execute(f"CREATE EXTENSION IF NOT EXISTS {name}")
    database.execute("RESET ROLE")
    loaded = database.execute("SHOW shared_preload_libraries").fetchone()
    if loaded and "pg_stat_statements" in str(loaded[0]):
        database.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
