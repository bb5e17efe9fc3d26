"""`demo`, as the list of commands shows it; manage.py itself takes it before Django starts."""

from django.core.management.base import BaseCommand

from ispbill.devtools.local.entry import run


class Command(BaseCommand):
    help = "Run the whole product on this machine with a demo company."

    def run_from_argv(self, argv: list[str]) -> None:
        raise SystemExit(run(argv))
