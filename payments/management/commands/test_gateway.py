"""Try an account with a payment gateway step by step, without moving money."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from ispbill.core.acts import Act
from payments.online.models import GatewayAccount
from payments.online.services import setup

TESTABLE = (*setup.PROVIDERS, GatewayAccount.Provider.NETCASH)


class Command(BaseCommand):
    help = "Try an account with a payment gateway step by step; exit status 1 when it fails."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="the gateway's short name, for example sslcommerz")
        parser.add_argument("--json", action="store_true", help="one JSON object as output")

    def handle(self, *args: Any, **options: Any) -> None:
        account = GatewayAccount.objects.filter(
            slug=options["name"].lower(), provider__in=TESTABLE
        ).first()
        if account is None:
            raise CommandError(f"There is no gateway {options['name']}.")
        verdict = setup.test(account=account, act=Act.now(None))
        if options["json"]:
            told = {
                "gateway": account.slug,
                "ok": verdict.is_passed,
                "steps": [{"words": one.words, "ok": one.is_passed} for one in verdict.steps],
            }
            self.stdout.write(json.dumps(told, ensure_ascii=False))
        else:
            for step in verdict.steps:
                self.stdout.write(f"{'ok' if step.is_passed else 'failed'}: {step.words}")
        if not verdict.is_passed:
            raise SystemExit(1)
