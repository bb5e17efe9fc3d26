"""Make the revenue figures anew from the rows."""

import json
from datetime import date, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from ispbill.audit.models import JobRun
from ispbill.audit.services import jobs
from ispbill.core import clock
from ispbill.reports.services import figures


class Command(BaseCommand):
    help = (
        "Make the revenue figures anew from the rows behind them, up to yesterday. Doing it twice"
        " changes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--from", dest="since", metavar="D", help="first day to make anew (default: all days)"
        )
        parser.add_argument("--json", action="store_true", help="one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        at = clock.now()
        until = clock.local_date(at) - timedelta(days=1)
        try:
            since = date.fromisoformat(options["since"]) if options["since"] else date.min
        except ValueError as error:
            raise CommandError("--from takes a date like 2026-01-31.") from error
        with jobs.run("build_figures", at=at, trigger=JobRun.Trigger.COMMAND) as progress:
            built = figures.build(until=until, at=at, since=since)
            progress.advance(processed=built.days)
        if options["json"]:
            self.stdout.write(
                json.dumps(
                    {
                        "since": built.since.isoformat() if built.since else None,
                        "until": built.until.isoformat() if built.until else None,
                        "days": built.days,
                        "months": built.months,
                        "rows": built.rows,
                    }
                )
            )
        elif built.since is None:
            self.stdout.write("There is nothing to tell of yet.")
        else:
            self.stdout.write(
                f"{built.days} days made anew, {built.since} to {built.until}: {built.rows} rows."
            )
