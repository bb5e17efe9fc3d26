"""Writing customers to a file: at once when few, as a job when many."""

import io
import secrets
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from customers.models import Customer
from customers.queries import directory, export
from ispbill.accounts.models import User
from ispbill.audit.models import JobRun
from ispbill.audit.services import events, file_runs, jobs, trail
from ispbill.core import made_files, sheets
from ispbill.core.acts import Act
from ispbill.core.jobs import enqueue
from ispbill.core.sheets import Cell

FORMATS = {"csv": sheets.CSV, "xlsx": sheets.XLSX}
AT_ONCE = 5000
JOB = "customers.export"
RUNS = file_runs.Runs(JOB, most_attempts=3)


def csv_chunks(rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    """Yield a CSV file in pieces of some thousand rows."""
    piece = [sheets.MARK]
    for position, row in enumerate(rows):
        piece.append(sheets.csv_line(row))
        if position % export.CHUNK == 0:
            yield "".join(piece)
            piece = []
    yield "".join(piece)


def write_xlsx(rows: Iterable[Sequence[Cell]], target: io.BytesIO | Path) -> None:
    """Write a workbook row by row; the first row is the head."""
    lines = iter(rows)
    sheets.write_xlsx(target, "customers", next(lines), lines)


@transaction.atomic
def note(*, act: Act[User], count: int, file_format: str) -> None:
    """Leave a trail of who took customers' data out of the house."""
    trail.begin(act=act)
    events.record(
        act=act,
        action="customer.exported",
        target=act.actor,
        after={"count": count, "format": file_format},
        branch_id=None,
    )


def start(
    *,
    filters: directory.Filters,
    branch_id: int | None,
    file_format: str,
    act: Act[User],
    total: int,
) -> JobRun:
    """Begin an export in the background; its run is the thing to watch and to fetch from."""
    detail = {"filters": directory.frozen(filters), "branch_id": branch_id, "format": file_format}
    run = jobs.begin(JOB, total=total, detail=detail, act=act)
    enqueue("customers.export_customers", run_id=run.pk)
    return run


def write(*, run_id: int, on: date, zone: ZoneInfo) -> bool:
    """Write the file of a running export and close the run; a finished one is left alone."""
    return made_files.make(RUNS, run_id, partial(_write, on=on, zone=zone))


def sweep(*, at: datetime) -> int:
    """Queue exports again whose call was lost or whose worker died; return how many."""
    silent = RUNS.lost(at=at)
    for pk in silent:
        enqueue("customers.export_customers", run_id=pk)
    return len(silent)


def _write(run: JobRun, *, on: date, zone: ZoneInfo) -> bool:
    name = f"exports/{run.pk}-{secrets.token_urlsafe(16)}.{run.detail['format']}"
    path = Path(settings.MEDIA_ROOT) / name
    JobRun.objects.filter(pk=run.pk).update(processed=0)  # an attempt begins with the first row
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        rows = _counted(export.rows(_customers(run, on=on), zone=zone), jobs.Progress(run))
        if run.detail["format"] == "xlsx":
            write_xlsx(rows, path)
        else:
            with path.open("w", encoding="utf-8", newline="") as file:
                file.writelines(csv_chunks(rows))
    except BaseException:  # a worker that is told to end too: the next attempt has its own file
        path.unlink(missing_ok=True)
        raise
    jobs.finish(run, status=JobRun.Status.COMPLETED, detail=run.detail | {"path": name})
    return True


def _customers(run: JobRun, *, on: date) -> QuerySet[Customer]:
    customers = directory.visible_to(User.objects.get(pk=run.started_by_id or 0))
    if run.detail["branch_id"]:
        customers = customers.filter(branch_id=run.detail["branch_id"])
    return directory.everybody(customers, directory.thawed(run.detail["filters"]), on=on)


def _counted(rows: Iterable[list[Cell]], progress: jobs.Progress) -> Iterator[list[Cell]]:
    for position, row in enumerate(rows):
        yield row
        if position and position % export.CHUNK == 0:
            progress.advance(processed=export.CHUNK)
