"""`test`, as the list of commands shows it; manage.py itself takes it before Django starts."""

from django.core.management.base import BaseCommand

from ispbill.devtools.local.entry import run


class Command(BaseCommand):
    help = "Run the tests on a PostgreSQL and Valkey of their own; arguments go to pytest."

    def run_from_argv(self, argv: list[str]) -> None:
        raise SystemExit(run(argv))
