"""Write FreeRADIUS's configuration (docs/admin/radius.md)."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from network.radius.services import files


class Command(BaseCommand):
    help = "Write FreeRADIUS's configuration: it answers routers from this database."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "directory", type=Path, help="where the files go, such as /etc/ispbill/radius"
        )
        parser.add_argument("--listen", default="*", help="address to listen on")
        parser.add_argument("--auth-port", type=int, default=1812)
        parser.add_argument("--acct-port", type=int, default=1813)
        parser.add_argument(
            "--account", default="freerad", help="who FreeRADIUS runs as; '' is whoever starts it"
        )
        parser.add_argument("--logs", type=Path, default=Path("/var/log/freeradius"))
        parser.add_argument("--run", type=Path, default=Path("/run/freeradius"))

    def handle(self, *args: Any, **options: Any) -> None:
        place = files.Place(
            directory=options["directory"].resolve(),
            logs=options["logs"],
            run=options["run"],
            listen=options["listen"],
            auth_port=options["auth_port"],
            acct_port=options["acct_port"],
            account=options["account"],
        )
        database = files.connection_string(settings.RADIUS_DATABASE)
        for path in files.write(place, database=database):
            self.stdout.write(str(path))
