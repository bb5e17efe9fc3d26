"""Fill an empty database with a demo company."""

from argparse import ArgumentParser, ArgumentTypeError
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from customers.models import Customer
from ispbill.accounts.models import Branch
from ispbill.audit.models import JobRun
from ispbill.audit.services import jobs
from ispbill.core import clock, remaking
from ispbill.core.jobs import after_commit
from ispbill.devtools.demo import company, e2e, messages, reports, simulators, za
from ispbill.devtools.demo.emptying import empty
from ispbill.devtools.demo.progress import Say
from ispbill.reports.services import figures
from network.models import Router
from network.services import desired_states


class Command(BaseCommand):
    help = (
        "Fill an empty database with a demo company. A database that holds anything is left as "
        "it is, unless --reset empties it first (never in production)."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--profile",
            choices=["default", "e2e", "za"],
            default="default",
            help="e2e: the six customers of the fixture on Saturday 10 January 2026; za: a small "
            "company of South Africa that collects by debit order",
        )
        parser.add_argument("--customers", type=_positive, default=500, metavar="N")
        parser.add_argument("--leads", type=int, default=100, metavar="N")
        parser.add_argument(
            "--seed", type=int, default=1, metavar="N", help="the same seed, the same company"
        )
        parser.add_argument(
            "--months", type=_positive, default=12, metavar="M", help="length of the history"
        )
        parser.add_argument(
            "--reset", action="store_true", help="remove everything first; refused in production"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.SIMULATORS:
            raise CommandError("A demo company is made only with SIMULATORS=1.")
        if options["profile"] == "za":
            try:
                za.refuse_second_sandbox()
            except za.SandboxRuns as error:
                raise CommandError("Stop the simulators first: NetCash is running.") from error
        if options["reset"] and settings.PRODUCTION:
            raise CommandError("A production database is never emptied.")
        say = Say(self.stderr.write)
        with remaking.alone() as is_mine:
            if not is_mine:
                raise CommandError("The demo company is being made already.")
            is_made = self._make(say, options)
        if is_made:
            wake()

    def _make(self, say: Say, options: dict[str, Any]) -> bool:
        """Fill the database, emptied first if asked to; return whether anything was made."""
        if options["reset"]:
            with say.step("Emptying the database"):
                empty()
            with say.step("Emptying the simulators"):
                simulators.forget()
                simulators.remove_files()
                simulators.drop_tasks()
        elif Branch.objects.exists() or Customer.objects.exists():
            self.stdout.write("The database holds data already; nothing was changed.")
            return False
        is_e2e = options["profile"] == "e2e"
        clock.set_simulated(e2e.moment(e2e.BUSINESS_DATE) if is_e2e else None)
        now = clock.now()
        with jobs.run("seed_demo", at=now, trigger=JobRun.Trigger.COMMAND):
            if is_e2e:
                e2e.seed(say=say)
            elif options["profile"] == "za":
                za.seed(now=now, say=say)
            else:
                company.seed(
                    customers=options["customers"],
                    lead_count=options["leads"],
                    seed_number=options["seed"],
                    months=options["months"],
                    now=now,
                    say=say,
                )
            with say.step("Revenue figures"):
                figures.build(until=clock.today() - timedelta(days=1), at=clock.now())
                if not is_e2e:
                    reports.show()
                    messages.deliver_what_is_past()
        self.stdout.write(f"{Customer.objects.count()} customers made.")
        return True


def wake() -> None:
    """Call the workers, in case they run already: they left what was queued meanwhile."""
    with transaction.atomic():
        desired_states.enqueue(Router.objects.values_list("pk", flat=True))
        after_commit("notifications.sweep_messages")


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ArgumentTypeError("must be at least 1")
    return number
