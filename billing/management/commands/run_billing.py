"""Bill everything due on a business date; running it again adds nothing."""

import json
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from billing.management.commands.prorate import a_billing_day, a_date
from billing.run.queries import preview
from billing.run.services import cycle
from billing.run.services.cycle import Outcome, RunUnderWay
from ispbill.accounts.models import Branch
from ispbill.audit.models import JobRun
from ispbill.core import clock
from ispbill.core.acts import Act


class Command(BaseCommand):
    help = (
        "Issue the invoices whose period starts within the lead time after --date. A dry run shows "
        "the very lines and writes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--date", type=a_date, metavar="YYYY-MM-DD", help="default: today")
        parser.add_argument("--bill-day", type=a_billing_day, metavar="1-31")
        parser.add_argument("--branch", help="code of one branch")
        parser.add_argument("--dry-run", action="store_true", help="show, write nothing")
        parser.add_argument("--json", action="store_true", help="one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        at = clock.now()
        on: date = options["date"] or clock.local_date(at)
        branch_id = self._branch(options["branch"])
        scope = cycle.scope_for(on=on, bill_day=options["bill_day"], branch_id=branch_id)
        if options["dry_run"]:
            shown = preview.preview(scope, issued_on=on)
            self._tell(preview.as_dict(shown) | {"dry_run": True, "date": str(on)}, options)
            return
        try:
            outcome = cycle.run(
                on=on, act=Act(None, at), scope=scope, trigger=JobRun.Trigger.COMMAND
            )
        except RunUnderWay as error:
            raise CommandError(str(error), returncode=2) from error
        self._tell(_as_dict(outcome, on), options)
        if outcome.failed:
            raise CommandError(f"{outcome.failed} customers could not be billed.", returncode=1)

    def _branch(self, code: str | None) -> int | None:
        if code is None:
            return None
        branch = Branch.objects.filter(code=code).first()
        if branch is None:
            raise CommandError(f"There is no branch with the code {code}.")
        return branch.pk

    def _tell(self, result: dict[str, Any], options: dict[str, Any]) -> None:
        if options["json"]:
            self.stdout.write(json.dumps(result, indent=2))
            return
        for key, value in result.items():
            if not isinstance(value, list | dict):
                self.stdout.write(f"{key:14} {value}")


def _as_dict(outcome: Outcome, on: date) -> dict[str, Any]:
    run = outcome.run
    return {
        "date": str(on),
        "run": run.pk if run else None,
        "status": run.status if run else "NOTHING_DUE",
        **cycle.sums(outcome.written),
        "failed": outcome.failed,
    }
