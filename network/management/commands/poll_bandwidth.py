"""Read the byte counters of all routers and count them."""

import json
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from ispbill.audit.models import JobRun
from ispbill.audit.services import jobs
from ispbill.core import clock
from network.models import Router
from network.usage.services import polling

SECONDS = 300


class Command(BaseCommand):
    help = (
        "Read the counters of every router in use, and count what flowed since the last time. "
        "Repeating it counts nothing twice. Exit status 1: a router did not answer."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--once", action="store_true", help="one round; without it, one every five minutes"
        )
        parser.add_argument("--router", help="name of one router; all of them without it")
        parser.add_argument("--json", action="store_true", help="one JSON object a round")

    def handle(self, *args: Any, **options: Any) -> None:
        while True:
            reports = self._round(options["router"])
            if options["json"]:
                self.stdout.write(json.dumps({"routers": reports}, ensure_ascii=False))
            else:
                for report in reports:
                    self.stdout.write(_told(report))
            if options["once"]:
                break
            time.sleep(SECONDS)
        if any(not report["answered"] for report in reports):
            raise SystemExit(1)

    def _round(self, name: str | None) -> list[dict[str, Any]]:
        routers = Router.objects.filter(archived_at=None, is_enabled=True).order_by("name")
        if name:
            routers = routers.filter(name=name)
        reports = []
        with jobs.run("poll-bandwidth", at=clock.now(), trigger=JobRun.Trigger.COMMAND) as progress:
            for router in routers:
                tally = polling.poll_router(router_id=router.pk, now=clock.now)
                progress.advance(
                    processed=int(tally is not None), failed=int(tally is None), step=router.name
                )
                report: dict[str, Any] = {"router": router.name, "answered": tally is not None}
                if tally is not None:
                    report |= {
                        "counted": tally.counted,
                        "base_lines": tally.base,
                        "refused": tally.refused,
                        "late": tally.late,
                        "strangers": tally.strangers,
                        "bytes": tally.bytes,
                    }
                reports.append(report)
        return reports


def _told(report: dict[str, Any]) -> str:
    if not report["answered"]:
        return f"{report['router']}: no answer, or somebody else is asking it"
    return (
        f"{report['router']}: {report['counted']} lines counted, {report['base_lines']} begun, "
        f"{report['refused']} refused, {report['late']} late, {report['bytes']} bytes"
    )
