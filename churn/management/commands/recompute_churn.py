"""Score everybody anew: who may leave, and why."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from churn.services import observing, scoring
from ispbill.audit.models import JobRun
from ispbill.audit.services import jobs
from ispbill.core import clock


class Command(BaseCommand):
    help = (
        "Note what was known of months past, then score every customer in use as of last midnight:"
        " by the model in use, or by the rules where none is or --rules-only is given."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--rules-only", action="store_true", help="leave the model aside")
        parser.add_argument("--json", action="store_true", help="one JSON object as output")

    def handle(self, *args: Any, **options: Any) -> None:
        at = clock.now()
        with jobs.run("score_churn", at=at, trigger=JobRun.Trigger.COMMAND) as progress:
            observed = observing.follow(at=at, progress=progress)
            scored = scoring.recompute(at=at, rules_only=options["rules_only"], progress=progress)
        report = {**observed.detail, **scored.detail}
        if options["json"]:
            self.stdout.write(json.dumps(report))
        else:
            self.stdout.write(
                f"{report['scored']} scored by {report['by']}, {report['changed']} changed level"
            )
