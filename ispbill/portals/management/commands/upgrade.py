"""Bring the database to this release: looked at, copied, migrated, looked at again."""

import time
from collections.abc import Callable
from typing import Any, TypeVar

from django.core.management.base import BaseCommand, CommandError, CommandParser

from ispbill.audit.models import JobRun
from ispbill.audit.services import jobs
from ispbill.core import clock
from ispbill.portals.services import upgrading
from ispbill.portals.services.upgrading import NotReady, NotThrough

WELL, WRONG, REFUSED, MIDWAY = 0, 1, 2, 3
_STEPS = 4
_AFTER = "Now restart workers, beat and web, one after the other; see docs/admin/install.md."

T = TypeVar("T")


class Command(BaseCommand):
    help = (
        "Bring the database to the release of this code, while the one before still runs. Run it "
        "as whoever may migrate. Exit 0: well; 1: wrong afterwards; 2: refused before any change; "
        "3: stopped midway, run it again."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--plan", action="store_true", help="say what would be done, no more")
        parser.add_argument("--no-backup", default="", metavar="REASON", help="make no copy")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["plan"]:
            self._plan()
            return
        try:
            self._upgrade(options["no_backup"].strip())
        except NotReady as refusal:
            raise CommandError(str(refusal), returncode=REFUSED) from refusal
        except NotThrough as stop:
            raise CommandError(str(stop), returncode=MIDWAY) from stop

    def _plan(self) -> None:
        found = upgrading.plan()
        for name in found.pending:
            self.stdout.write(f"migrate {name}")
        for name, what, why in found.hurts:
            self.stdout.write(f"{why}: {name}, {what}")
        self.stdout.write(f"{len(found.pending)} to migrate")

    def _upgrade(self, no_backup: str) -> None:
        self._step(1, "doctor", self._refuse_unwell)
        copied = self._step(
            2, "backup", lambda: upgrading.copy(no_backup=no_backup, tell=self._say)
        )
        self._say(copied)
        self._step(3, "migrate", lambda: upgrading.migrate(tell=self._say))
        wrong = self._step(4, "doctor", upgrading.wrong)
        with jobs.run("upgrade", at=clock.now(), trigger=JobRun.Trigger.COMMAND) as progress:
            progress.advance(processed=1, failed=len(wrong))
        for one in wrong:
            self.stdout.write(f"WRONG {one.name}  {one.problem}")
        if wrong:
            raise CommandError("It is upgraded, and something is wrong.", returncode=WRONG)
        self.stdout.write(_AFTER)

    def _refuse_unwell(self) -> None:
        wrong = upgrading.check()
        if wrong:
            told = "; ".join(f"{one.name}: {one.problem}" for one in wrong)
            raise NotReady(f"Put this right first. {told}")

    def _step(self, number: int, name: str, work: Callable[[], T]) -> T:
        begun = time.monotonic()
        done = work()
        took = time.monotonic() - begun
        self.stdout.write(f"[{number}/{_STEPS}] {name} … ok {took:.0f} s")
        return done

    def _say(self, text: str) -> None:
        self.stdout.write(f"      {text}")
