"""The database's own code: write the page about it, or install it anew."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import connections, transaction

from ispbill.core import guard_files, guard_page, guarding


class Command(BaseCommand):
    help = "Say where the database differs from its guards' files."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--write", action="store_true", help=f"write {guard_page.PLACE} anew")
        parser.add_argument(
            "--install", action="store_true", help="make the database's guards what the files say"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["write"]:
            guard_page.write()  # of the files alone: no database has to be there
            return
        if options["install"]:
            with transaction.atomic(using="owner"):
                for app in guard_files.apps_with_guards():
                    guarding.install(app.label, connections["owner"])
        for line in guarding.differences():
            self.stdout.write(line)
