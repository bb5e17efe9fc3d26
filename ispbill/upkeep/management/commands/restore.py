"""Restore a copy into an empty installation, then reconcile it with the world."""

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.dateparse import parse_datetime

from ispbill.audit.services.trail import required_reason
from ispbill.core import restored
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError, ReasonMissing
from ispbill.upkeep.services import drill, reconciling, restoring
from ispbill.upkeep.services.unpacking import NotRestored


class Command(BaseCommand):
    help = (
        "Restore FILE (- is the input) into this installation, which must be empty and at rest. "
        "Everything that goes out is then held. `restore reconcile STEP` looks what the world did "
        f"since, in this order: {', '.join(reconciling.STEPS)}; without a STEP it says how far it "
        "is. `restore held --since T` only holds the house, after a recovery to a "
        "point in time. Exit 0: well; 1: something differs or is wrong; 2: refused, nothing was "
        "changed; 3: stopped midway, run it again."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="+", help="FILE, or: reconcile [STEP]")
        parser.add_argument("--identity", default="", help="file with the secret key")
        parser.add_argument("--since", default="", help="the moment gone back to (ISO, with zone)")
        parser.add_argument("--skip", default="", metavar="REASON", help="skip the step, and why")
        parser.add_argument("--json", action="store_true", help="one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        words = list(options["file"])
        if words[0] == "reconcile":
            self._reconcile(words[1:], options)
        elif words == ["held"]:
            self._hold(options["since"])
        elif len(words) == 1:
            self._restore(words[0], options)
        else:
            raise CommandError("One FILE, or: reconcile STEP.", returncode=2)

    def _restore(self, name: str, options: dict[str, Any]) -> None:
        try:
            identities = drill.identities(options["identity"])
            source = sys.stdin.buffer if name == "-" else Path(name).open("rb")  # noqa: SIM115
        except (DomainError, OSError) as error:
            raise CommandError(str(error), returncode=2) from error
        with source:
            try:
                done = restoring.restore(source, name=Path(name).name, identities=identities)
            except NotRestored as refusal:
                raise CommandError(str(refusal), returncode=2) from refusal
            except (DomainError, ValueError, OSError) as error:
                raise CommandError(f"Stopped midway: {error}", returncode=3) from error
        told = {"taken_at": done.manifest.taken_at, "digest": done.manifest.digest}
        self._tell({**told, "differences": done.differences}, options)
        if not options["json"]:
            self.stdout.write("Nothing goes out until `restore reconcile release`.")
        if done.differences:
            raise CommandError("The database is not as the copy says it was.", returncode=1)

    def _hold(self, since: str) -> None:
        moment = parse_datetime(since)
        if moment is None or moment.tzinfo is None:
            raise CommandError(
                "--since needs a moment such as 2026-11-22T14:05+06:00.", returncode=2
            )
        restoring.hold(taken_at=moment, name="point in time")
        self.stdout.write("Nothing goes out until `restore reconcile release`.")

    def _reconcile(self, words: list[str], options: dict[str, Any]) -> None:
        if not words:
            held = restored.current()
            steps = held.steps if held else {}
            self._tell({"held": held is not None, "done": [*steps]}, options)
            return
        if words[0] not in reconciling.STEPS:
            raise CommandError(f"A step is one of {', '.join(reconciling.STEPS)}.", returncode=2)
        try:
            skip = required_reason(options["skip"]) if options["skip"] else ""
            done = reconciling.run(step=words[0], act=Act.now(None), skip_reason=skip)
        except (reconciling.NotHeld, reconciling.NotYet, ReasonMissing) as refusal:
            raise CommandError(str(refusal), returncode=2) from refusal
        self._tell({"step": done.step, **done.figures, "differences": done.differences}, options)

    def _tell(self, told: dict[str, Any], options: dict[str, Any]) -> None:
        if options["json"]:
            self.stdout.write(json.dumps(told))
            return
        for name, value in told.items():
            if isinstance(value, list):
                self.stdout.write(f"{name}: {len(value)}")
                self.stdout.writelines(f"  {line}\n" for line in value)
            else:
                self.stdout.write(f"{name}: {value}")
