"""Files that workers make: asked for by a row, made by one worker, given up after some attempts.

A request is a row and the worker is only woken. The making runs outside any transaction: a worker
that dies in it leaves the row as it was, and the sweep queues it again; two workers on one row are
one worker and one bystander. What went wrong is kept in the row for the person who waits.

The rows are `MadeFile`s (`Kept`), or runs of the job log where people watch the progress
(`ispbill.audit.services.file_runs`).
"""

import hashlib
import logging
import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from django.conf import settings
from django.db.models import F, QuerySet

from ispbill.core import locks, pdf
from ispbill.core.models.made_file import MadeFile

log = logging.getLogger(__name__)

GIVEN_UP = "It could not be made several times in a row."

Row = TypeVar("Row")
File = TypeVar("File", bound=MadeFile)


class Requests(Protocol[Row]):
    """The rows that ask for one kind of file."""

    @property
    def name(self) -> str: ...

    @property
    def most_attempts(self) -> int: ...

    @property
    def is_secret(self) -> bool:
        """Tell whether an error may quote what the file holds; then only its kind is kept."""

    def waiting(self, pk: int) -> Row | None:
        """Return the row if its file is still to be made."""

    def attempts(self, row: Row) -> int: ...

    def begin(self, row: Row) -> None:
        """Count an attempt."""

    def fail(self, row: Row, words: str) -> None:
        """Give the file up, with the words people read."""


def make(requests: Requests[Row], pk: int, work: Callable[[Row], bool]) -> bool:
    """Let `work` make a file that is still to be made; return what it returned, False without it.

    `work` writes the file and says so in the row. What it raises fails the request.
    """
    with locks.only_one(f"{requests.name}.{pk}") as is_free:
        row = requests.waiting(pk) if is_free else None
        if row is None:
            return False
        if requests.attempts(row) >= requests.most_attempts:
            requests.fail(row, GIVEN_UP)
            return False
        requests.begin(row)
        try:
            return work(row)
        except pdf.PdfUnavailable as error:
            requests.fail(row, str(error))
        except Exception as error:
            told = {"file": requests.name, "row": pk}
            if requests.is_secret:
                log.warning("file not made", extra=told)
                requests.fail(row, type(error).__name__)
            else:
                log.exception("file not made", extra=told)
                requests.fail(row, f"{type(error).__name__}: {error}")
        return False


@dataclass(frozen=True)
class Kept(Generic[File]):
    """Requests that are rows of their own."""

    rows: QuerySet[File]
    most_attempts: int
    is_secret: bool = False

    @property
    def name(self) -> str:
        return self.rows.model._meta.label_lower

    def waiting(self, pk: int) -> File | None:
        return self.rows.filter(pk=pk, state=MadeFile.State.REQUESTED).first()

    def attempts(self, row: File) -> int:
        return row.attempts

    def begin(self, row: File) -> None:
        self._row(row).update(attempts=F("attempts") + 1)

    def fail(self, row: File, words: str) -> None:
        self._row(row).update(state=MadeFile.State.FAILED, error=words[:300])

    def lost(self, *, most: int) -> list[int]:
        """Return the rows (ids) whose file is still to be made, for the sweep to queue again."""
        waiting = self.rows.filter(state=MadeFile.State.REQUESTED).order_by("requested_at", "pk")
        return list(waiting.values_list("pk", flat=True)[:most])

    def _row(self, row: File) -> QuerySet[File]:
        return self.rows.model._default_manager.filter(pk=row.pk)


def ask(row: MadeFile, *, at: datetime) -> list[str]:
    """Let the file of a row be made (anew); return the names of the fields to be saved."""
    row.state, row.requested_at = MadeFile.State.REQUESTED, at
    row.attempts, row.error = 0, ""
    return ["state", "requested_at", "attempts", "error"]


def place(path: str) -> Path | None:
    """Return where a made file lies; None when it was never made, or is gone."""
    found = Path(settings.MEDIA_ROOT) / path
    return found if path and found.is_file() else None


def keep(content: bytes, *, suffix: str = "pdf") -> tuple[str, str]:
    """Write a finished file where its own hash says; return hash and path below the media root."""
    digest = hashlib.sha256(content).hexdigest()
    path = f"documents/{digest[:2]}/{digest}.{suffix}"
    write(Path(settings.MEDIA_ROOT) / path, content)
    return digest, path


def write(path: Path, content: bytes) -> None:
    """Write a whole file or none: readers and crashed workers never see half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as part:
        try:
            part.write(content)
            os.fchmod(part.fileno(), 0o640)  # whoever makes copies is of the same group
            part.flush()
            os.fsync(part.fileno())
            os.replace(part.name, path)
        except BaseException:
            os.unlink(part.name)  # on a full disk half a file takes the room of the next one
            raise
