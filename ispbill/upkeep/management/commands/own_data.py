"""Write what we know of a customer, for the customer."""

import os
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from customers.models import Customer
from ispbill.core.acts import Act
from ispbill.upkeep.services import own_data


class Command(BaseCommand):
    help = "Write a ZIP with everything about one customer: rows as JSON, papers as they are."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("number", help="CT-2026-00012")
        parser.add_argument("file", help="must be new")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            customer = Customer.objects.get(number=options["number"])
            with open(options["file"], "xb", opener=_private) as target:
                counts = own_data.write(customer=customer, target=target, act=Act.now(None))
        except (Customer.DoesNotExist, FileExistsError) as error:
            raise CommandError(str(error), returncode=2) from error
        for name, count in counts.items():
            self.stdout.write(f"{name}: {count}")


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, mode=0o600)
