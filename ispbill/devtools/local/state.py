"""What has been done to the embedded database, written on the database itself.

A comment travels with the database and dies with it, so it cannot tell of a cluster that was
deleted by hand: a file beside the cluster could.
"""

from __future__ import annotations

import hashlib
import json
from itertools import chain

from ispbill.devtools.local import places
from ispbill.devtools.local.postgres import EmbeddedPostgres, connect
from ispbill.devtools.local.roles import DATABASE


def read(postgres: EmbeddedPostgres) -> dict[str, str]:
    with connect(postgres.sockets) as server:
        row = server.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s",
            [DATABASE],
        ).fetchone()
    try:
        return {str(key): str(value) for key, value in json.loads(str(row and row[0])).items()}
    except (ValueError, AttributeError):
        return {}


def note(postgres: EmbeddedPostgres, **facts: str) -> None:
    text = json.dumps(read(postgres) | facts)
    with connect(postgres.sockets) as server:
        quoted = server.execute("SELECT quote_literal(%s)", [text]).fetchone()
        assert quoted is not None
        server.execute(f"COMMENT ON DATABASE {DATABASE} IS {quoted[0]}".encode())


def migrations() -> str:
    """A fingerprint of every migration of the checkout: same one, nothing to migrate.

    The guards are part of it: a migration names only the state they are in.
    """
    digest = hashlib.sha256()
    found = (places.ROOT.glob(f"**/{kind}") for kind in ("migrations/*.py", "guards/*.sql"))
    for path in sorted(chain.from_iterable(found)):
        if places.LOCAL not in path.parents:
            digest.update(str(path.relative_to(places.ROOT)).encode() + b"\0" + path.read_bytes())
    digest.update((places.ROOT / "requirements/base.txt").read_bytes())  # Django's own migrations
    return digest.hexdigest()


def is_of_before(postgres: EmbeddedPostgres) -> bool:
    """Was the database made before the migrations were squashed? Then it can only be made anew."""
    with connect(postgres.sockets, DATABASE) as database:
        has_any = database.execute("SELECT to_regclass('django_migrations')").fetchone()
        if has_any == (None,):
            return False
        row = database.execute(
            "SELECT count(*) > 0 AND count(*) FILTER (WHERE name = '0001_initial') = 0"
            " FROM django_migrations WHERE app = 'core'"
        ).fetchone()
    return row == (True,)
