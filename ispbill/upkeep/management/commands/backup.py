"""Make a sealed copy of everything, or try a restore of one."""

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from ispbill.audit.models import JobRun
from ispbill.audit.services import jobs
from ispbill.core import clock
from ispbill.core.errors import DomainError
from ispbill.upkeep.services import backup, drill


class Command(BaseCommand):
    help = (
        "Write a sealed copy of database and files to FILE (default: into BACKUP_DIR; - is the "
        "output). `backup verify FILE` restores one into a throw-away database, compares digest "
        "and proofs, and throws it away. Exit 0: well; exit 1: what is wrong."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="*", help="FILE, or: verify FILE")
        parser.add_argument("--identity", default="", help="file with the secret key (verify)")
        parser.add_argument("--json", action="store_true", help="one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        words = list(options["file"])
        try:
            if words[:1] == ["verify"]:
                self._verify(Path(_only(words[1:], "verify needs a FILE")), options)
            elif words == ["-"]:
                backup.stream(sys.stdout.buffer)
            else:
                self._make(Path(words[0]) if words else None, options)
        except (DomainError, OSError) as error:
            raise CommandError(str(error), returncode=1) from error

    def _make(self, path: Path | None, options: dict[str, Any]) -> None:
        with jobs.run("backup", at=clock.now(), trigger=JobRun.Trigger.COMMAND) as progress:
            made = backup.make(path=path, tell=lambda step: progress.advance(step=step))
            removed = [] if path else backup.remove_old(at=clock.real_now())
            progress.advance(processed=1)
        told = {
            "file": made.name,
            "bytes": made.size,
            "rows": made.row_count,
            "files": made.file_count,
            "digest": made.digest,
            "seconds": made.seconds,
            "removed": removed,
        }
        self._tell(told, options)

    def _verify(self, path: Path, options: dict[str, Any]) -> None:
        identities = drill.identities(options["identity"])
        with jobs.run("verify_backup", at=clock.now(), trigger=JobRun.Trigger.COMMAND) as progress:
            done = drill.verify(path, identities=identities)
            progress.advance(processed=1, failed=len(done.problems))
        taken_at = done.manifest.taken_at if done.manifest else ""
        told = {"file": path.name, "taken_at": taken_at, "seconds": round(done.seconds, 1)}
        self._tell({**told, "problems": done.problems}, options)
        if done.problems:
            raise CommandError("This copy is not good.", returncode=1)

    def _tell(self, told: dict[str, Any], options: dict[str, Any]) -> None:
        if options["json"]:
            self.stdout.write(json.dumps(told))
            return
        for name, value in told.items():
            shown = ", ".join(value) or "none" if isinstance(value, list) else value
            self.stdout.write(f"{name}: {shown}")


def _only(words: list[str], otherwise: str) -> str:
    if len(words) != 1:
        raise CommandError(otherwise, returncode=2)
    return words[0]
