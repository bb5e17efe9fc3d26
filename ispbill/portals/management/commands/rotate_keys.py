"""Seal every secret with the newest of FIELD_KEYS."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from ispbill.audit.models import JobRun
from ispbill.audit.services import jobs
from ispbill.core import clock
from ispbill.portals.services import key_rotation


class Command(BaseCommand):
    help = (
        "Seal every secret with the newest of FIELD_KEYS. Put the new key first, keep the old one, "
        "restart, run this; then take the old key away, restart, and run it once more. Exit 1 when "
        "a value opens with none of the keys."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        at = clock.now()
        with jobs.run("rotate_keys", at=at, trigger=JobRun.Trigger.COMMAND) as progress:
            key_rotation.rotate(at=at, progress=progress)
        run = JobRun.objects.get(pk=progress.run.pk)
        counts = {"sealed": run.processed, "current": run.skipped, "unreadable": run.failed}
        if options["json"]:
            self.stdout.write(json.dumps({**counts, "job_run": run.pk}))
        else:
            for name, count in counts.items():
                self.stdout.write(f"{name}: {count}")
        if run.failed:
            raise CommandError(
                f"{run.failed} values open with none of the keys; see job run {run.pk}.",
                returncode=1,
            )
