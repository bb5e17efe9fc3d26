"""Fill an empty database with a demo company."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from customers.models import Customer
from ispbill.accounts.models import Branch
from ispbill.audit.models import JobRun
from ispbill.audit.services import jobs
from ispbill.core import clock
from ispbill.demo import e2e
from ispbill.demo.emptying import empty
from ispbill.demo.progress import Say


class Command(BaseCommand):
    help = (
        "Fill an empty database with a demo company. A database that holds anything is left as "
        "it is, unless --reset empties it first (never in production)."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--profile",
            choices=["default", "e2e"],
            default="default",
            help="e2e: the six customers of the fixture on Saturday 10 January 2026",
        )
        parser.add_argument(
            "--reset", action="store_true", help="remove everything first; refused in production"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.SIMULATORS:
            raise CommandError("A demo company is made only with SIMULATORS=1.")
        say = Say(self.stderr.write)
        if options["reset"]:
            if settings.PRODUCTION:
                raise CommandError("A production database is never emptied.")
            with say.step("Emptying the database"):
                empty()
        elif Branch.objects.exists() or Customer.objects.exists():
            self.stdout.write("The database holds data already; nothing was changed.")
            return
        if options["profile"] == "e2e":
            clock.set_simulated(e2e.moment(e2e.BUSINESS_DATE))
            with jobs.run("seed_demo", at=clock.now(), trigger=JobRun.Trigger.COMMAND):
                e2e.seed(say=say)
        else:
            raise CommandError("Only --profile e2e can be made for now.")
        self.stdout.write(f"{Customer.objects.count()} customers made.")
