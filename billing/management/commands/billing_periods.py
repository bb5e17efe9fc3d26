"""The billing periods of a service that starts on a day, each as `[start, end)`."""

from __future__ import annotations

import json
from argparse import ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from billing.invoices.rules.periods import Cycle, Period, first_full_start, periods
from billing.management.commands.prorate import a_billing_day, a_date

_MOST = 1200  # a century of months


class Command(BaseCommand):
    help = "List the first --count billing periods of a service, one [start, end) a line."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--start", type=a_date, required=True, metavar="YYYY-MM-DD")
        parser.add_argument("--bill-day", type=a_billing_day, required=True, metavar="1-31")
        parser.add_argument("--count", type=_a_count, required=True, metavar=f"1-{_MOST}")
        parser.add_argument(
            "--cycle", choices=[cycle.value for cycle in Cycle], default=Cycle.MONTHLY.value
        )
        parser.add_argument("--json", action="store_true", help="one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        start, day = options["start"], options["bill_day"]
        try:
            listed = periods(start, day, options["count"], Cycle(options["cycle"]))
        except (ValueError, OverflowError) as error:
            raise CommandError(f"{error}.") from error
        if not options["json"]:
            self.stdout.write("\n".join(str(period) for period in listed))
            return
        anchor = first_full_start(start, day)
        answer = {
            "start": start.isoformat(),
            "bill_day": day,
            "cycle": options["cycle"],
            "periods": [_as_json(period, is_stub=period.start < anchor) for period in listed],
        }
        self.stdout.write(json.dumps(answer, indent=2))


def _as_json(period: Period, *, is_stub: bool) -> dict[str, Any]:
    return {
        "start": period.start.isoformat(),
        "end": period.end.isoformat(),
        "days": period.days,
        "stub": is_stub,
    }


def _a_count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= _MOST):
        raise ArgumentTypeError(f"{text!r} is not a count from 1 to {_MOST}")
    return int(text)
