"""The amount for part of a period and the arithmetic behind it, as read out on the phone."""

from __future__ import annotations

import json
from argparse import ArgumentTypeError
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from billing.invoices.rules.periods import Cycle
from billing.invoices.rules.proration import Policy, Proration, prorate
from ispbill.core.money import parse_amount


class Command(BaseCommand):
    help = "Price the days from --start up to, not including, --end. Writes nothing."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--start", type=a_date, required=True, metavar="YYYY-MM-DD")
        parser.add_argument(
            "--end", type=a_date, required=True, metavar="YYYY-MM-DD", help="the day after the last"
        )
        parser.add_argument("--bill-day", type=a_billing_day, required=True, metavar="1-31")
        parser.add_argument("--price", type=a_price, required=True, help="per period, without tax")
        parser.add_argument(
            "--cycle", choices=[cycle.value for cycle in Cycle], default=Cycle.MONTHLY.value
        )
        parser.add_argument(
            "--policy", choices=[policy.value for policy in Policy], default=Policy.ANCHOR.value
        )
        parser.add_argument(
            "--anchor",
            type=a_date,
            metavar="YYYY-MM-DD",
            help="a date on which a full quarter or year of the service begins",
        )
        parser.add_argument("--json", action="store_true", help="one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            proration = prorate(
                start=options["start"],
                end=options["end"],
                billing_day=options["bill_day"],
                price=options["price"],
                cycle=Cycle(options["cycle"]),
                policy=Policy(options["policy"]),
                anchor_start=options["anchor"],
            )
        except ValueError as error:
            raise CommandError(f"{error}.") from error
        if options["json"]:
            self.stdout.write(json.dumps(_as_json(proration, options), indent=2))
            return
        self.stdout.write(f"amount  {proration.amount:f}")
        self.stdout.write(f"ratio   {proration.ratio:f}")
        self.stdout.write(f"days    {proration.days}")
        for piece in proration.pieces:
            of = piece.explanation["period"]
            self.stdout.write(
                f"[{piece.start}, {piece.end}) of [{of['start']}, {of['end']})"
                f"  {piece.explanation['formula']}"
            )


def a_date(text: str) -> date:
    """Read an ISO date given on the command line."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is not a date like 2026-01-31") from None


def a_billing_day(text: str) -> int:
    """Read a billing day given on the command line."""
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 31):
        raise ArgumentTypeError(f"{text!r} is not a day of the month, 1 to 31")
    return int(text)


def a_price(text: str) -> Decimal:
    """Read a price given on the command line."""
    try:
        return parse_amount(text)
    except ValueError as error:
        raise ArgumentTypeError(str(error)) from None


def _as_json(proration: Proration, options: dict[str, Any]) -> dict[str, Any]:
    return {
        "amount": f"{proration.amount:f}",
        "ratio": f"{proration.ratio:f}",
        "days": proration.days,
        "start": options["start"].isoformat(),
        "end": options["end"].isoformat(),
        "bill_day": options["bill_day"],
        "price": f"{options['price']:f}",
        "cycle": options["cycle"],
        "policy": options["policy"],
        "pieces": [piece.explanation for piece in proration.pieces],
    }
