"""Send a test SMS."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from ispbill.audit.services import jobs
from ispbill.core import clock, phones
from ispbill.core.errors import DomainError
from ispbill.core.models import Company
from ispbill.notifications.rules.wording import Text
from ispbill.notifications.services import trial


class Command(BaseCommand):
    help = "Send a test SMS through the configured provider and say what it answered."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("phone", help="the number, in any spelling")
        parser.add_argument("--text", default="", help="what to send instead of the usual text")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        at = clock.now()
        try:
            recipient = phones.normalise(options["phone"])
        except phones.PhoneRefused as error:
            raise CommandError(str(error)) from error
        text = options["text"] or f"Test message from {Company.current().name}. All is well."
        try:
            with jobs.run("test-sms", at=at) as progress:
                done = trial.send(channel="SMS", recipient=recipient, text=Text(body=text), at=at)
                progress.advance(processed=1)
        except DomainError as error:
            raise CommandError(str(error)) from error
        answer = {"provider": done.provider, "reference": done.ref, "parts": done.parts}
        if options["json"]:
            self.stdout.write(json.dumps(answer))
        else:
            self.stdout.write(f"Sent: {done.provider} took it as {done.ref} ({done.parts} SMS).")
