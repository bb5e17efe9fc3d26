"""Match the orders of the former system to customers."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from ispbill.audit.models import JobRun
from ispbill.audit.services import jobs
from ispbill.core import clock
from ispbill.core.acts import Act
from ispbill.core.models import Company
from signup.legacy.rules import matching
from signup.legacy.services import backfilling


class Command(BaseCommand):
    help = (
        "Match orders of the former system to customers by e-mail and phone. What belongs to "
        "nobody goes to the validation list, with a reason. Again changes nothing more."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON object as output")

    def handle(self, *args: Any, **options: Any) -> None:
        at = clock.now()
        with jobs.run("backfill_orders", at=at, trigger=JobRun.Trigger.COMMAND) as progress:
            done = backfilling.run(act=Act(None, at))
            progress.advance(processed=done.newly)
        counts, rate = done.counts, done.counts.success_rate
        if options["json"]:
            told = {
                "orders": counts.total,
                "newly_matched": done.newly,
                "matched": counts.matched,
                "success_rate": str(rate) if rate is not None else None,
                "validation_errors": counts.errors,
            }
            self.stdout.write(json.dumps(told))
            return
        self.stdout.write(f"{done.newly} orders matched now, {counts.matched} of {counts.total}.")
        for error, count in sorted(counts.errors.items()):
            self.stdout.write(f"  {error}: {count}  {matching.FIXES[error]}")
        if rate is not None:
            self.stdout.write(f"success rate: {rate} %")
        if counts.is_low:
            self.stderr.write(
                f"below {Company.current().legacy_match_percent} %: look at the validation list"
            )
