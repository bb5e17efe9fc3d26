"""Try the connection to a router step by step."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from network.models import Router
from network.services import routers


class Command(BaseCommand):
    help = "Try the connection to a router step by step; exit status 1 when it fails."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("router", help="name of the router")
        parser.add_argument("--json", action="store_true", help="one JSON object as output")

    def handle(self, *args: Any, **options: Any) -> None:
        router = Router.objects.filter(name=options["router"], archived_at=None).first()
        if router is None:
            raise CommandError(f"There is no router {options['router']}.")
        diagnosis = routers.try_connection(router=router)
        error = str(diagnosis.error) if diagnosis.error else ""
        if options["json"]:
            steps = [
                {"step": step.name, "ok": step.is_ok, "detail": step.detail}
                for step in diagnosis.steps
            ]
            self.stdout.write(
                json.dumps(
                    {"router": router.name, "ok": diagnosis.is_ok, "steps": steps, "error": error},
                    ensure_ascii=False,
                )
            )
        else:
            for step in diagnosis.steps:
                mark = {True: "ok", False: "failed", None: "not tried"}[step.is_ok]
                self.stdout.write(f"{step.name}: {mark} {step.detail}".rstrip())
            if error:
                self.stdout.write(error)
        if not diagnosis.is_ok:
            raise SystemExit(1)
