"""Bring customers in from another system's file, as the console's page does."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from customers.models import Area, Package
from ispbill.accounts.models import User
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from signup.imports.models import Import
from signup.imports.queries import batches
from signup.imports.services import checking, running, uploading, working


class Command(BaseCommand):
    help = (
        "Check a CSV or XLSX file of customers, and take in the rows that are right. They go live "
        "in the console. Exit 1: some rows are wrong."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file")
        parser.add_argument("--dry-run", action="store_true", help="judge every row, take in none")
        parser.add_argument("--system", default="PLAIN", choices=Import.System.values)
        parser.add_argument("--kind", default="CUSTOMERS", choices=Import.Kind.values)
        parser.add_argument("--area", default="", help="of rows that name none")
        parser.add_argument("--package", default="", help="code, of rows that name none")
        parser.add_argument("--as", dest="login", default="", help="login of who imports")
        parser.add_argument("--reason", default="imported at the command line")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        path = Path(options["file"])
        try:
            act = Act.now(_person(options["login"]), reason=options["reason"])
            batch = uploading.upload(
                name=path.name,
                content=path.read_bytes(),
                system=options["system"],
                kind=options["kind"],
                act=act,
            )
            batch.area, batch.package = _area(options["area"]), _package(options["package"])
            batch.save(update_fields=["area", "package"])
            checking.start(batch=batch, act=act)
            _work(batch)
            if not options["dry_run"]:
                running.start(batch=batch, act=act)
                _work(batch)
        except (OSError, DomainError) as error:
            raise CommandError(str(error), returncode=2) from error
        self._tell(batch, as_json=options["json"])
        if batches.counts(batch).get("REFUSED"):
            raise CommandError("some rows are wrong", returncode=1)

    def _tell(self, batch: Import, *, as_json: bool) -> None:
        counts, kinds = batches.counts(batch), batches.kinds(batch)
        if as_json:
            told = {"import": batch.pk, "rows": counts, "problems": kinds}
            self.stdout.write(json.dumps(told))
            return
        self.stdout.write(f"import {batch.pk}: {batch.get_state_display()}")
        for state, count in counts.items():
            self.stdout.write(f"  {state.lower()}: {count}")
        for code, message, count in kinds:
            self.stdout.write(f"  {code}: {count}  {message}")


def _work(batch: Import) -> None:
    working.work(import_id=batch.pk)
    batch.refresh_from_db()
    if batch.error:
        raise CommandError(batch.error, returncode=2)


def _person(login: str) -> User:
    owners = User.objects.filter(role=User.Role.OWNER, is_active=True).order_by("pk")
    found = owners.filter(login=login).first() if login else owners.first()
    if found is None:
        raise CommandError("there is no such owner", returncode=2)
    return found


def _area(name: str) -> Area | None:
    if not name:
        return None
    found = Area.objects.filter(name__iexact=name, archived_at__isnull=True).first()
    if found is None:
        raise CommandError(f"there is no area {name}", returncode=2)
    return found


def _package(code: str) -> Package | None:
    if not code:
        return None
    found = Package.objects.filter(code__iexact=code, archived_at__isnull=True).first()
    if found is None:
        raise CommandError(f"there is no package {code}", returncode=2)
    return found
