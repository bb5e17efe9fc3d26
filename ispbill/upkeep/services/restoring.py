"""Put a copy into an empty installation, and hold everything that goes out until reconciled."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.core.cache import cache
from django.core.management import call_command
from django.db import connections
from django.db.migrations.loader import MigrationLoader
from django.utils.translation import gettext as _

from ispbill.core import clock, restored
from ispbill.core.models import Restoration
from ispbill.upkeep.gateways import postgres
from ispbill.upkeep.queries import facts as queries
from ispbill.upkeep.rules.facts import differences
from ispbill.upkeep.services.unpacking import Manifest, NotRestored, unpack


@dataclass(frozen=True)
class Restored:
    """What was restored; `differences` of the facts are none when it is as it was."""

    manifest: Manifest
    differences: list[str]


def restore(source: BinaryIO, *, name: str, identities: Sequence[str]) -> Restored:
    """Restore a copy into this installation's database and files. Raises NotRestored.

    The installation must be empty and nobody else in its database. Afterwards it is held
    (`core.restored`) until `reconcile` is through.
    """
    into = postgres.of_alias("owner")
    _leave()

    def look(manifest: Manifest) -> None:
        with into.connect(autocommit=True) as connection:
            _refuse(manifest, connection)
        postgres.clear(into)

    manifest = unpack(
        source, identities=identities, into=into, files=Path(settings.MEDIA_ROOT), look=look
    )
    found = differences_of(into, manifest)
    _migrate(manifest)
    hold(taken_at=datetime.fromisoformat(manifest.taken_at), name=name, facts=found)
    return Restored(manifest, found)


def hold(*, taken_at: datetime, name: str, facts: Sequence[str] = ()) -> Restoration:
    """Let nothing go out from now on: this database is of the moment `taken_at`."""
    cache.clear()
    restored.forget()
    Restoration.objects.filter(released_at=None).update(released_at=clock.real_now())
    return Restoration.objects.create(
        backup=name, taken_at=taken_at, restored_at=clock.real_now(), facts=list(facts)
    )


def differences_of(database: postgres.Database, manifest: Manifest) -> list[str]:
    """Say what in a restored database is not as the copy says it was."""
    with database.connect() as connection:
        return differences(expected=manifest.facts, found=queries.read(connection))


def _refuse(manifest: Manifest, connection: postgres.Connection) -> None:
    if not queries.is_empty(connection):
        raise NotRestored(_("There are customers or entries of the books here: nothing is lost."))
    server = connection.info.server_version // 10_000
    if manifest.given["server"] > server:
        raise NotRestored(
            _("The copy is of PostgreSQL {theirs}, this is {ours}.").format(
                theirs=manifest.given["server"], ours=server
            )
        )
    there = {row[0] for row in connection.execute("SELECT rolname FROM pg_roles").fetchall()}
    missing = sorted(set(manifest.given["roles"]) - there)
    if missing:
        raise NotRestored(
            _("There is no role {roles} here; see docs/admin/roles.sql.").format(
                roles=", ".join(missing)
            )
        )
    if queries.others_connected(connection):
        raise NotRestored(_("Stop web, workers and beat first: they are in the database."))


def _leave() -> None:
    """Close our own connections: they would count as somebody else's."""
    for wrapper in connections.all(initialized_only=True):
        wrapper.close()


def _migrate(manifest: Manifest) -> None:
    """Bring a copy of an older release to ours."""
    ours = set(MigrationLoader(None).disk_migrations or ())
    theirs = {(app, name) for app, name in manifest.migrations}
    if ours - theirs:
        call_command("migrate", database="owner", verbosity=0, interactive=False)
