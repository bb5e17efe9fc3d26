"""Look whether this installation is set up as it must be."""

import json
import sys
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError

from ispbill.audit.models import JobRun
from ispbill.audit.services import jobs
from ispbill.core import clock
from ispbill.portals.queries import diagnosis
from ispbill.portals.queries.diagnosis import Finding


class Command(BaseCommand):
    help = "Look at configuration and connections. Exit 0: all is well; exit 1: what is not."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        findings = diagnosis.examine()
        self._log(findings)
        wrong = [found for found in findings if found.problem and not found.is_warning]
        if options["json"]:
            told = {"ok": not wrong, "checks": [asdict(found) for found in findings]}
            self.stdout.write(json.dumps(told, indent=2))
        else:
            for found in findings:
                word = "ok" if not found.problem else "note" if found.is_warning else "WRONG"
                self.stdout.write(f"{word:6}{found.name}  {found.problem}".rstrip())
                if found.advice:
                    self.stdout.write(f"      {found.advice}")
        if wrong:
            sys.exit(1)

    def _log(self, findings: list[Finding]) -> None:
        """Leave a run in the job log, where there is one to be reached."""
        wrong = [found for found in findings if found.problem and not found.is_warning]
        try:
            with jobs.run("doctor", at=clock.now(), trigger=JobRun.Trigger.COMMAND) as progress:
                progress.advance(processed=len(findings) - len(wrong), failed=len(wrong))
        except DatabaseError:
            self.stderr.write("The job log cannot be reached; this run is not in it.")
