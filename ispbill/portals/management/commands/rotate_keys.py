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
        "Seal every secret and every sealed file with the newest of FIELD_KEYS. Put the new key "
        "first, keep the old one, restart, run this until --check ends with 0; then take the old "
        "key away (keep it off-line while a backup names it) and restart. Exit 1 when something "
        "opens with none of the keys, or with --check when something is left under an older one."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="count what is left; seal nothing")
        parser.add_argument("--json", action="store_true", help="one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        at = clock.now()
        with jobs.run("rotate_keys", at=at, trigger=JobRun.Trigger.COMMAND) as progress:
            if options["check"]:
                key_rotation.check(progress=progress)
            else:
                key_rotation.rotate(at=at, progress=progress)
        run = JobRun.objects.get(pk=progress.run.pk)
        done = "left" if options["check"] else "sealed"
        counts = {done: run.processed, "current": run.skipped, "unreadable": run.failed}
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
        if options["check"] and run.processed:
            raise CommandError(
                f"{run.processed} values are still under an older key; run rotate_keys.",
                returncode=1,
            )
