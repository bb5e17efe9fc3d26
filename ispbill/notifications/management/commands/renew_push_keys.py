"""Make the keys of notifications anew."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from ispbill.core import clock
from ispbill.core.acts import Act
from ispbill.notifications.services import push_keys


class Command(BaseCommand):
    help = (
        "Make new keys for notifications (VAPID), for instance when the old private key was seen. "
        "Every device has to be switched on again by its owner."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--reason", required=True, help="why, for the audit trail")

    def handle(self, *args: Any, **options: Any) -> None:
        act = Act(None, clock.now(), reason=options["reason"])
        devices = push_keys.renew(act=act)
        self.stdout.write(f"New keys. Devices to be switched on again: {devices}.")
