"""Make daily usage anew from its hours, and bring fair use up to date."""

import json
from datetime import date, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from ispbill.audit.models import JobRun
from ispbill.audit.services import jobs
from ispbill.core import clock
from network.usage.services import keeping, totals


class Command(BaseCommand):
    help = (
        "Make each day's usage the sum of its hours again, since a date (yesterday without one), "
        "and see to the tables of samples. Days whose hours are no longer kept stay as they are."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--since", type=date.fromisoformat, metavar="DATE")
        parser.add_argument("--json", action="store_true", help="one JSON object as output")

    def handle(self, *args: Any, **options: Any) -> None:
        at, today = clock.now(), clock.today()
        since = options["since"] or today - timedelta(days=1)
        with jobs.run("sync-usage", at=at, trigger=JobRun.Trigger.COMMAND) as progress:
            dropped = keeping.keep(at=at)
            count = totals.add_up_since(since, until=today)
            progress.advance(processed=count)
        report = {"since": since.isoformat(), "days": count, "dropped_tables": dropped}
        if options["json"]:
            self.stdout.write(json.dumps(report))
        else:
            self.stdout.write(f"{count} days since {since} added up, {dropped} tables dropped")
