"""Django's `migrate`: quick on an empty database, and it knows one of before the squashing."""

from contextlib import nullcontext
from typing import Any

from django.core.management.base import CommandError
from django.core.management.commands import migrate
from django.db import connections
from django.db.migrations.recorder import MigrationRecorder

from ispbill.core import quick_migrations

OF_BEFORE = (
    "This database was made by migrations that are no more, and cannot be brought up to date:"
    " make it anew (the demo's with `manage.py demo --fresh`)."
)


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        known = MigrationRecorder(connections[options["database"]]).applied_migrations()
        if ("core", "0001_initial") not in known and any(app == "core" for app, _name in known):
            raise CommandError(OF_BEFORE)
        with nullcontext() if known else quick_migrations.quick():
            super().handle(*args, **options)
