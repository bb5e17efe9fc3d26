"""Collect due invoices of customers with a mandate; running it again collects nothing twice."""

import json
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from billing.management.commands.prorate import a_date
from ispbill.audit.models import JobRun
from ispbill.audit.services import jobs
from ispbill.core import clock
from ispbill.core.errors import DomainError
from payments.debits.services import run


class Command(BaseCommand):
    help = (
        "Plan the debit orders of --date and send them to NetCash, with the next action date it "
        "accepts. A dry run shows the customers who would be debited, and sends nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--date", type=a_date, metavar="YYYY-MM-DD", help="default: today")
        parser.add_argument("--dry-run", action="store_true", help="show, send nothing")
        parser.add_argument("--json", action="store_true", help="one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        at = clock.now()
        on: date = options["date"] or clock.local_date(at)
        try:
            if options["dry_run"]:
                report = run.process(on=on, at=at, dry_run=True)
            else:
                with jobs.run(
                    "process_debit_orders", at=at, trigger=JobRun.Trigger.COMMAND
                ) as progress:
                    report = run.process(on=on, at=at, progress=progress)
        except DomainError as refusal:
            raise CommandError(str(refusal)) from refusal
        if report.is_busy:
            raise CommandError("Another run is under way.", returncode=2)
        result = {
            "date": str(on),
            "dry_run": options["dry_run"],
            "is_on": report.is_on,
            "action_date": str(report.action_date) if report.action_date else None,
            "orders": report.orders,
            "amount": f"{report.amount:f}",
            "left_out": report.left_out,
            "batches": report.batches,
            "problems": report.problems,
            "customers": [
                {
                    "number": one.number,
                    "name": one.name,
                    "amount": f"{amount:f}",
                    "invoices": len(one.due),
                }
                for one, amount in report.lines
            ],
        }
        if options["json"]:
            self.stdout.write(json.dumps(result, indent=2))
        else:
            self._tell(result)
        if report.problems:
            raise CommandError(f"{len(report.problems)} steps could not be done.", returncode=1)

    def _tell(self, result: dict[str, Any]) -> None:
        if not result["is_on"]:
            self.stdout.write("Debit orders are switched off.")
            return
        self.stdout.write(
            f"{result['orders']} orders of {result['amount']} for {result['action_date']}"
        )
        for one in result["customers"]:
            self.stdout.write(f"    {one['number']} {one['name']}: {one['amount']}")
        for why, count in result["left_out"].items():
            self.stdout.write(f"    left out, {why}: {count}")
        for name, state in result["batches"].items():
            self.stdout.write(f"    batch {name}: {state}")
        for problem in result["problems"]:
            self.stdout.write(f"    {problem}")
