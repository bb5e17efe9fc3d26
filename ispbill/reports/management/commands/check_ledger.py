"""Prove the books: exit 1 and the list on any broken promise."""

import json
import sys
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from ispbill.audit.models import JobRun
from ispbill.audit.services import jobs
from ispbill.core import clock
from ispbill.reports.queries import proofs
from ispbill.reports.services import proving


class Command(BaseCommand):
    help = "Prove the books. Exit 0: everything holds; exit 1: the list of what does not."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        at = clock.now()
        with jobs.run("check_ledger", at=at, trigger=JobRun.Trigger.COMMAND) as progress:
            findings = proving.prove_and_note(progress=progress, on=clock.local_date(at))
        if options["json"]:
            found = [asdict(finding) for finding in findings]
            self.stdout.write(
                json.dumps({"checks": len(proofs.names()), "findings": found}, indent=2)
            )
        else:
            for finding in findings:
                self.stdout.write(f"{finding.check}: {finding.meaning} - {finding.count} cases")
                for example in finding.examples:
                    self.stdout.write(f"    {example}")
            if not findings:
                self.stdout.write(f"The books hold: {len(proofs.names())} checks, nothing found.")
        if findings:
            sys.exit(1)
