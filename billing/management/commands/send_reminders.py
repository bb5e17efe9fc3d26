"""Queue the reminders of a business date; a reminder goes out once."""

import json
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from billing.dunning.services import steps
from billing.management.commands.prorate import a_date
from ispbill.audit.models import JobRun
from ispbill.audit.services import jobs
from ispbill.core import clock


class Command(BaseCommand):
    help = "Queue the reminders due on --date (before, on and after the due date)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--date", type=a_date, metavar="YYYY-MM-DD", help="default: today")
        parser.add_argument("--json", action="store_true", help="one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        at = clock.now()
        on: date = options["date"] or clock.local_date(at)
        with jobs.run("send_reminders", at=at, trigger=JobRun.Trigger.COMMAND) as progress:
            told = steps.send(on=on, at=at, progress=progress)
        if options["json"]:
            self.stdout.write(
                json.dumps(
                    {
                        "date": str(on),
                        "bills": told.done,
                        "left_out": told.skipped,
                        "queued": told.messages,
                    }
                )
            )
            return
        for offset, count in sorted(told.done.items()):
            self.stdout.write(f"{offset:+d} days: {count} bills")
        self.stdout.write(f"{told.messages} messages queued, {told.skipped} steps left out as late")
