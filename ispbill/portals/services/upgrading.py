"""Bring the database to the release whose code this is, so that it can be run again at any point.

Looked at first, copied, migrated, looked at again. Locks are waited for briefly, then asked anew:
whoever works meanwhile is not held up for longer than the wait. Web and workers of the release
before go on until they are restarted; `core.lasting_locks` says what would stop them.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import groupby

from django.core.management import call_command
from django.db import connections
from django.db.migrations import Migration
from django.db.migrations.executor import MigrationExecutor
from django.db.utils import OperationalError
from django.utils.translation import gettext as _
from psycopg import errors

from ispbill.core import clock, lasting_locks
from ispbill.core.errors import DomainError
from ispbill.portals.queries import diagnosis
from ispbill.portals.queries.diagnosis import Finding
from ispbill.upkeep.queries import copies
from ispbill.upkeep.services import backup

FRESH = timedelta(hours=1)  # a copy as young as this need not be made again
TRIES, WAIT_SECONDS = 5, 3.0
# What an upgrade itself puts right.
_OWN = frozenset({"migrations", "guards", "row-level security"})
Tell = Callable[[str], None]


class NotReady(DomainError):
    """Nothing was changed: something is wrong that an upgrade does not mend."""


class NotThrough(DomainError):
    """It stopped midway; what was done stands, and running it again goes on."""


@dataclass(frozen=True)
class Plan:
    """What is still to be migrated, and what of it the release before would suffer by."""

    pending: list[str] = field(default_factory=list)
    hurts: list[tuple[str, str, str]] = field(default_factory=list)


def plan() -> Plan:
    """Return what an upgrade would do to the database."""
    executor = MigrationExecutor(connections["owner"])
    wanted = [one for one, _back in executor.migration_plan(executor.loader.graph.leaf_nodes())]
    if not executor.loader.applied_migrations:
        return Plan([f"{one.app_label}.{one.name}" for one in wanted])  # nobody uses it yet
    return Plan([f"{one.app_label}.{one.name}" for one in wanted], _hurts(wanted))


def _hurts(wanted: list[Migration]) -> list[tuple[str, str, str]]:
    ordered = sorted(wanted, key=lambda one: one.app_label)
    return [
        hurt
        for app, group in groupby(ordered, key=lambda one: one.app_label)
        for hurt in lasting_locks.found(app, group)
    ]


def check() -> list[Finding]:
    """Return what is wrong now and no upgrade mends."""
    return [one for one in wrong() if one.name not in _OWN]


def wrong() -> list[Finding]:
    """Return all that is wrong now."""
    return [one for one in diagnosis.examine() if one.problem and not one.is_warning]


def copy(*, no_backup: str, tell: Tell) -> str:
    """Make a copy unless a young one stands or there is a reason for none. Raises NotReady."""
    if no_backup:
        return _("none, because: %(why)s") % {"why": no_backup}
    last = copies.ages().last
    if last is not None and clock.real_now() - last < FRESH:
        return _("a copy younger than an hour stands")
    if not copies.is_set_up():
        raise NotReady(_("No copies are set up (BACKUP_RECIPIENTS); see docs/admin/backup.md."))
    return backup.make(tell=tell).name


def migrate(*, tell: Tell) -> int:
    """Bring the tables to this release, and return the tries it took. Raises NotThrough."""
    for attempt in range(1, TRIES + 1):
        try:
            call_command("migrate", database="owner", interactive=False, verbosity=0)
        except OperationalError as error:
            if not isinstance(error.__cause__, errors.LockNotAvailable):
                raise
            tell(_("somebody works on a table; once more in a moment"))
            time.sleep(WAIT_SECONDS)
        else:
            return attempt
    raise NotThrough(_("A table was in use all the time. Run it again at a quieter hour."))
