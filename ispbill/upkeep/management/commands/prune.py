"""Remove what was kept long enough."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from ispbill.audit.models import JobRun
from ispbill.audit.services import jobs
from ispbill.core import clock
from ispbill.upkeep.services import pruning


class Command(BaseCommand):
    help = (
        "Remove messages, gateways' callbacks, job runs, sign-ins, sessions, codes and lost leads "
        "that were kept long enough (docs/admin/keeping.md). The books and the trail stay."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only count")
        parser.add_argument("--json", action="store_true", help="one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        at = clock.now()
        with jobs.run("prune", at=at, trigger=JobRun.Trigger.COMMAND) as progress:
            found = pruning.prune(at=at, real_at=clock.real_now(), is_dry_run=options["dry_run"])
            progress.advance(processed=sum(found.values()))
        if options["json"]:
            self.stdout.write(json.dumps({"is_dry_run": options["dry_run"], "rows": found}))
            return
        for kind, count in found.items():
            self.stdout.write(f"{kind}: {count}")
