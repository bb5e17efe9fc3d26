"""Ask payment gateways about online payments they have told us nothing of."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from ispbill.audit.models import JobRun
from ispbill.audit.services import jobs
from ispbill.core import clock
from payments.online.services import reconciling


class Command(BaseCommand):
    help = "Ask gateways about open online payments; credit what was paid, end what is over."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        with jobs.run(
            "reconcile_gateway", at=clock.now(), trigger=JobRun.Trigger.COMMAND
        ) as progress:
            done = reconciling.reconcile(now=clock.now, progress=progress)
        if options["json"]:
            self.stdout.write(
                json.dumps(
                    {
                        "asked": done.asked,
                        "settled": done.settled,
                        "ended": done.ended,
                        "silent": done.silent,
                    }
                )
            )
            return
        self.stdout.write(
            f"{done.asked} asked: {done.settled} settled, {done.ended} ended, {done.silent} silent"
        )
