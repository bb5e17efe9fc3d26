"""Write all data of the company to files."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from customers.services import archive
from ispbill.audit.models import JobRun
from ispbill.audit.services import jobs
from ispbill.core import clock


class Command(BaseCommand):
    help = (
        "Write every table of the company as CSV, all of one moment, with a manifest of the row "
        "counts. Passwords, sealed secrets and sessions are left out. For a copy to restore from, "
        "use `backup`."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", help="where to write; made when it is not there")
        parser.add_argument("--json", action="store_true", help="one JSON object as output")

    def handle(self, *args: Any, **options: Any) -> None:
        folder = Path(options["folder"])
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise CommandError(f"{folder} is not an empty folder.")
        at = clock.now()
        with jobs.run("export_data", at=at, trigger=JobRun.Trigger.COMMAND) as progress:

            def tell(table: str, rows: int) -> None:
                if not options["json"]:
                    self.stdout.write(f"{table}: {rows}")

            manifest = archive.write(folder=folder, at=at, tell=tell)
            progress.advance(processed=sum(manifest["rows"].values()))
        if options["json"]:
            self.stdout.write(json.dumps(manifest))
