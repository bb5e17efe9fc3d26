"""Find accounts that may be the same person."""

import json
from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from customers.queries import suspects
from customers.services import suspicion
from ispbill.audit.models import JobRun
from ispbill.audit.services import jobs
from ispbill.core import clock
from ispbill.core.acts import Act


class Command(BaseCommand):
    help = (
        "Find accounts that share a phone, an e-mail or a national id, or whose names are alike "
        "at one address, and mark them as suspects. Nothing else is changed."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON object as output")

    def handle(self, *args: Any, **options: Any) -> None:
        at = clock.now()
        with jobs.run("find_duplicates", at=at, trigger=JobRun.Trigger.COMMAND) as progress:
            found = list(suspects.groups())
            marked = suspicion.mark(
                suspects={pk for group in found for pk in group.ids}, act=Act(None, at)
            )
            progress.advance(processed=len(found))
        if options["json"]:
            told = {
                "groups": [
                    {"why": group.why, "numbers": group.numbers, "names": group.names}
                    for group in found
                ],
                "marks_changed": marked,
            }
            self.stdout.write(json.dumps(told, ensure_ascii=False))
            return
        for group in found:
            people = ", ".join(
                f"{number} {name}" for number, name in zip(group.numbers, group.names, strict=True)
            )
            self.stdout.write(f"{group.why}: {people}")
        counted = Counter(group.why for group in found)
        summary = ", ".join(f"{count} by {why}" for why, count in counted.items())
        self.stdout.write(f"{len(found)} groups{': ' + summary if summary else ''}.")
