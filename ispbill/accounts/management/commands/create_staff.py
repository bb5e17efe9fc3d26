"""Make a person of the company, with a temporary password shown once."""

import json
import secrets
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email
from django.db import transaction

from ispbill.accounts.capabilities import STAFF_ROLES
from ispbill.accounts.models import Branch, User
from ispbill.accounts.services import passwords, staff
from ispbill.audit.models import JobRun
from ispbill.audit.services import jobs
from ispbill.core import clock
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError


class Command(BaseCommand):
    help = (
        "Make a person of the company. Prints a temporary password once; it has to be changed at "
        "the first sign-in. Somebody who is there already is left as they are."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--role", required=True, type=str.upper, choices=STAFF_ROLES)
        parser.add_argument("--email", required=True, help="what the person signs in with")
        parser.add_argument("--name", default="", help="default: the e-mail's first part")
        parser.add_argument("--branch", default="", help="code of a branch")
        parser.add_argument("--json", action="store_true", help="one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        at = clock.now()
        email = options["email"].strip().lower()
        try:
            validate_email(email)
        except Exception as error:
            raise CommandError(f"{email} is not an e-mail address.") from error
        present = User.objects.filter(login=email).first()
        if present is not None:
            self._tell(options, present, password="", created=False)
            return
        person = staff.Person(
            name=options["name"] or email.split("@")[0],
            email=email,
            role=options["role"],
            branch=self._branch(options["branch"]),
        )
        password = secrets.token_urlsafe(12)
        try:
            with (
                jobs.run("create_staff", at=at, trigger=JobRun.Trigger.COMMAND) as progress,
                transaction.atomic(),
            ):
                user = staff.add(person=person, act=Act(None, at))
                passwords.change_to_made(
                    user=user, password=password, act=Act(user, at), must_change=True
                )
                progress.advance(processed=1)
        except DomainError as refusal:
            raise CommandError(str(refusal)) from refusal
        self._tell(options, user, password=password, created=True)

    def _branch(self, code: str) -> Branch | None:
        if not code:
            return None
        branch = Branch.objects.filter(code=code, archived_at__isnull=True).first()
        if branch is None:
            raise CommandError(f"There is no branch with the code {code}.")
        return branch

    def _tell(self, options: dict[str, Any], user: User, *, password: str, created: bool) -> None:
        told = {"login": user.login, "role": user.role, "created": created}
        if password:
            told["temporary_password"] = password
        if options["json"]:
            self.stdout.write(json.dumps(told))
            return
        for key, value in told.items():
            self.stdout.write(f"{key}: {value}")
