"""Files that are made by runs of the job log: people watch the run, and fetch the file from it."""

from dataclasses import dataclass
from datetime import datetime

from ispbill.audit.models import JobRun
from ispbill.audit.services import jobs


@dataclass(frozen=True)
class Runs:
    """Runs that ask for one kind of file, as `ispbill.core.made_files` wants them."""

    name: str  # of the job
    most_attempts: int
    is_secret: bool = False

    def waiting(self, pk: int) -> JobRun | None:
        return JobRun.objects.filter(pk=pk, job=self.name, status=JobRun.Status.RUNNING).first()

    def attempts(self, row: JobRun) -> int:
        return int(row.detail.get("attempts", 0))

    def begin(self, row: JobRun) -> None:
        """Count an attempt, with a sign of life: the sweep is not to queue it again at once."""
        row.detail["attempts"] = self.attempts(row) + 1
        JobRun.objects.filter(pk=row.pk).update(detail=row.detail)
        jobs.Progress(row).advance()

    def fail(self, row: JobRun, words: str) -> None:
        jobs.finish(row, status=JobRun.Status.FAILED, error=words)

    def lost(self, *, at: datetime) -> list[int]:
        """Return the runs (ids) nobody is at: the call was lost, or the worker died."""
        return jobs.silent(self.name, at=at)
