"""Find accounts that may be the same person."""

import json
from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from customers.models import Customer
from customers.queries import suspects
from customers.rules import similarity
from customers.services import suspicion
from ispbill.audit.models import JobRun
from ispbill.audit.services import jobs
from ispbill.core import clock
from ispbill.core.acts import Act


class Command(BaseCommand):
    help = (
        "Find accounts that share a phone, an e-mail or a national id, or whose names are alike "
        "at one address, and keep them for the page of duplicates. Nothing else is changed."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON object as output")

    def handle(self, *args: Any, **options: Any) -> None:
        at = clock.now()
        with jobs.run("find_duplicates", at=at, trigger=JobRun.Trigger.COMMAND) as progress:
            found = list(suspects.pairs())
            marked = suspicion.keep(found=found, act=Act(None, at))
            progress.advance(processed=len(found))
        found.sort(key=lambda one: (-one.score, one.first, one.second))
        ids = {pk for one in found for pk in (one.first, one.second)}
        named = {
            pk: (number, name)
            for pk, number, name in Customer.objects.filter(pk__in=ids).values_list(
                "pk", "number", "name"
            )
        }
        if options["json"]:
            told = {
                "pairs": [
                    {
                        "score": one.score,
                        "why": one.why,
                        "numbers": [named[pk][0] for pk in (one.first, one.second)],
                        "names": [named[pk][1] for pk in (one.first, one.second)],
                    }
                    for one in found
                ],
                "marks_changed": marked,
            }
            self.stdout.write(json.dumps(told, ensure_ascii=False))
            return
        for one in found:
            first, second = (" ".join(named[pk]) for pk in (one.first, one.second))
            self.stdout.write(f"{one.score}  {first}, {second}: {', '.join(one.why)}")
        counted = Counter(one.score >= similarity.LIKELY for one in found)
        self.stdout.write(f"{counted[True]} likely pairs, {counted[False]} worth a look.")
