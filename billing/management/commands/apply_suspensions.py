"""Suspend the services of customers whose days of grace are over."""

import json
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from billing.dunning.services import dunning
from billing.management.commands.prorate import a_date
from ispbill.audit.models import JobRun
from ispbill.audit.services import jobs
from ispbill.core import clock
from ispbill.core.acts import Act


class Command(BaseCommand):
    help = "Cut off customers past their grace on --date. A dry run shows whom and why only."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--date", type=a_date, metavar="YYYY-MM-DD", help="default: today")
        parser.add_argument("--dry-run", action="store_true", help="show, change nothing")
        parser.add_argument("--json", action="store_true", help="one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        at = clock.now()
        on: date = options["date"] or clock.local_date(at)
        if options["dry_run"]:
            report = dunning.suspend_overdue(on=on, act=Act(None, at), dry_run=True)
        else:
            with jobs.run("apply_suspensions", at=at, trigger=JobRun.Trigger.COMMAND) as progress:
                report = dunning.suspend_overdue(on=on, act=Act(None, at), progress=progress)
        result: dict[str, Any] = {
            "date": str(on),
            "dry_run": options["dry_run"],
            "judged": report.judged,
            "suspended": report.suspended,
            "left": report.left,
            "customers": [
                {"number": one.number, "name": one.name, **one.decision.as_dict()}
                for one in report.customers
            ],
        }
        if options["json"]:
            self.stdout.write(json.dumps(result, indent=2))
            return
        self.stdout.write(f"{report.judged} past due, {report.suspended} services suspended")
        for why, count in report.left.items():
            self.stdout.write(f"    left alone, {why}: {count}")
        for one in report.customers:
            self.stdout.write(f"    {one.number} {one.name}: {one.decision.amount:f}")
