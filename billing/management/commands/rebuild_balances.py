"""Set every customer's account state to what the ledger and the invoices say."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction

from billing.ledger.services import account_states
from ispbill.audit.models import JobRun
from ispbill.audit.services import jobs
from ispbill.core import clock


class Command(BaseCommand):
    help = "Recompute balances and dates from the rows behind them; says how many were different."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        run = jobs.run("rebuild_balances", at=clock.now(), trigger=JobRun.Trigger.COMMAND)
        with run as progress, transaction.atomic():
            corrected = account_states.rebuild_balances()
            progress.advance(processed=corrected)
        if options["json"]:
            self.stdout.write(json.dumps({"corrected": corrected}))
        else:
            self.stdout.write(f"{corrected} account states corrected.")
