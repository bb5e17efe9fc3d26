"""Forget a person who left; the books stay."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from customers.models import Customer
from ispbill.accounts.models import User
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from ispbill.upkeep.services import erasure


class Command(BaseCommand):
    help = (
        "Ask that a customer be erased: by an owner, agreed by a second owner or auditor, carried "
        "out by the nightly `prune` seven days later. --take-back forgets the request."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("number", help="CT-2026-00012")
        parser.add_argument("--by", required=True, help="login of the owner who asks")
        parser.add_argument("--second", default="", help="login of who agrees")
        parser.add_argument("--reason", required=True, help="at least ten characters")
        parser.add_argument("--take-back", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            customer = Customer.objects.get(number=options["number"])
            act = Act.now(User.objects.get(login=options["by"]), reason=options["reason"])
            if options["take_back"]:
                erasure.take_back(customer=customer, act=act)
                self.stdout.write("Taken back.")
                return
            second = User.objects.get(login=options["second"])
            wanted = erasure.request(customer=customer, second=second, act=act)
        except (Customer.DoesNotExist, User.DoesNotExist) as error:
            raise CommandError(str(error), returncode=2) from error
        except DomainError as refusal:
            raise CommandError(str(refusal), returncode=2) from refusal
        self.stdout.write(f"To be erased after {wanted.due_at:%Y-%m-%d %H:%M} UTC.")
