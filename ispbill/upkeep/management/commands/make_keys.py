"""Make the keys of a new installation."""

import base64
import os
import secrets
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from ispbill.core import age


class Command(BaseCommand):
    help = (
        "Print fresh SECRET_KEY, FIELD_KEYS and BACKUP_RECIPIENTS as lines for .env. The secret "
        "key of the copies goes to --identity FILE: carry it away from this machine."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--identity", default="backup-identity", help="file for the secret key; must be new"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        identity, place = age.new_identity(), Path(options["identity"])
        try:
            with open(place, "x", opener=_private) as file:
                file.write(f"# opens copies of ispbill; keep it away from them\n{identity}\n")
        except FileExistsError as error:
            raise CommandError(f"{place} is there already; a key is never overwritten.") from error
        self.stdout.write(f"SECRET_KEY={secrets.token_urlsafe(48)}")
        field = base64.b64encode(secrets.token_bytes(32)).decode()
        self.stdout.write(f"FIELD_KEYS=k1:{field}")
        self.stdout.write(f"BACKUP_RECIPIENTS={age.recipient_of(identity)}")
        self.stderr.write(f"The secret key of the copies is in {place}: carry it away.")


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, mode=0o600)
