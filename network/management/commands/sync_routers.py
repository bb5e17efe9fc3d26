"""Compare routers with the lines wanted on them, and put right what differs."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from ispbill.audit.services import jobs
from ispbill.core import clock
from network.models import Router
from network.services import reconcile


class Command(BaseCommand):
    help = (
        "Compare each router with the lines wanted on it and put right what differs. Users "
        "somebody made by hand are listed, never touched. Exit status 1: something is left."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--router", help="name of one router; all of them without it")
        parser.add_argument("--dry-run", action="store_true", help="only show what differs")
        parser.add_argument("--json", action="store_true", help="one JSON object as output")

    def handle(self, *args: Any, **options: Any) -> None:
        routers = Router.objects.filter(archived_at=None, is_enabled=True).order_by("name")
        if options["router"]:
            routers = routers.filter(name=options["router"])
            if not routers.exists():
                raise CommandError(f"There is no router {options['router']} in use.")
        reports = []
        with jobs.run("sync-routers", at=clock.now()) as progress:
            for router in routers:
                report = self._sync(router, is_dry_run=options["dry_run"])
                failed = bool(report["error"])
                progress.advance(processed=int(not failed), failed=int(failed), step=router.name)
                reports.append(report)
        if options["json"]:
            self.stdout.write(json.dumps({"routers": reports}, ensure_ascii=False, indent=2))
        else:
            for report in reports:
                self._tell(report)
        if any(report["error"] or report["left"] for report in reports):
            raise SystemExit(1)

    def _sync(self, router: Router, *, is_dry_run: bool) -> dict[str, Any]:
        done = reconcile.sync(router=router, is_dry_run=is_dry_run, actor=None, now=clock.now)
        return {
            "router": router.name,
            "error": done.error,
            "differences": [
                {
                    "kind": one.kind.value,
                    "name": one.name,
                    "wanted": one.wanted,
                    "actual": one.actual,
                    "customer": one.customer_number,
                }
                for one in done.found
            ],
            "fixed": done.fixed,
            "left": sum(one.line_id is not None for one in done.left),
        }

    def _tell(self, report: dict[str, Any]) -> None:
        if report["error"]:
            self.stdout.write(f"{report['router']}: {report['error']}")
            return
        self.stdout.write(
            f"{report['router']}: {len(report['differences'])} differences,"
            f" {report['fixed']} lines put right, {report['left']} left"
        )
        for one in report["differences"]:
            self.stdout.write(
                f"  {one['kind']}: {one['name']} wanted {one['wanted'] or '—'},"
                f" there {one['actual'] or '—'}"
            )
