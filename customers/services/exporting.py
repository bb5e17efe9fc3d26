"""Writing customers to a file: at once when few, as a job when many."""

import csv
import io
import secrets
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from customers import tasks
from customers.models import Customer
from customers.queries import directory, export
from ispbill.accounts.models import User
from ispbill.audit.models import JobRun
from ispbill.audit.services import events, jobs, trail
from ispbill.core.jobs import ring

FORMATS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
AT_ONCE = 5000
JOB = "customers.export"
_BOM = "\ufeff"  # without it a spreadsheet reads Bangla names as Latin gibberish


def csv_chunks(rows: Iterable[list[str]]) -> Iterator[str]:
    """Yield a CSV file in pieces of some thousand rows."""
    buffer = io.StringIO()
    buffer.write(_BOM)
    writer = csv.writer(buffer)
    for position, row in enumerate(rows):
        writer.writerow(row)
        if position % export.CHUNK == 0:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()


def write_xlsx(rows: Iterable[list[str]], target: io.BytesIO | Path) -> None:
    """Write a workbook row by row; every cell is text, none a formula."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("customers")
    for row in rows:
        cells = []
        for text in row:
            cell = WriteOnlyCell(sheet, value=text)
            cell.data_type = "s"
            cells.append(cell)
        sheet.append(cells)
    book.save(target)


@transaction.atomic
def note(*, actor: User, at: datetime, count: int, file_format: str) -> None:
    """Leave a trail of who took customers' data out of the house."""
    trail.begin(actor=actor, at=at)
    events.record(
        at=at,
        actor=actor,
        action="customer.exported",
        target=actor,
        after={"count": count, "format": file_format},
    )


def start(
    *,
    filters: directory.Filters,
    branch_id: int | None,
    file_format: str,
    actor: User,
    at: datetime,
    total: int,
) -> JobRun:
    """Begin an export in the background; its run is the thing to watch and to fetch from."""
    detail = {
        "filters": directory.frozen(filters),
        "branch_id": branch_id,
        "format": file_format,
    }
    run = jobs.begin(JOB, total=total, detail=detail, actor=actor, at=at)
    ring(tasks.export_customers, run_id=run.pk)
    return run


def write(*, run_id: int, on: date, zone: ZoneInfo) -> Path | None:
    """Write the file of a running export and close the run; a finished one is left alone.

    Raises whatever went wrong, after marking the run failed.
    """
    run = JobRun.objects.filter(pk=run_id, job=JOB, status=JobRun.Status.RUNNING).first()
    if run is None:
        return None
    name = f"exports/{run.pk}-{secrets.token_urlsafe(16)}.{run.detail['format']}"
    path = Path(settings.MEDIA_ROOT) / name
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        rows = _counted(export.rows(_customers(run, on=on), zone=zone), jobs.Progress(run))
        if run.detail["format"] == "xlsx":
            write_xlsx(rows, path)
        else:
            with path.open("w", encoding="utf-8", newline="") as file:
                file.writelines(csv_chunks(rows))
    except Exception as error:
        path.unlink(missing_ok=True)
        jobs.finish(run, status=JobRun.Status.FAILED, error=f"{type(error).__name__}: {error}")
        raise
    jobs.finish(run, status=JobRun.Status.COMPLETED, detail=run.detail | {"path": name})
    return path


def _customers(run: JobRun, *, on: date) -> QuerySet[Customer]:
    customers = directory.visible_to(User.objects.get(pk=run.started_by_id or 0))
    if run.detail["branch_id"]:
        customers = customers.filter(branch_id=run.detail["branch_id"])
    return directory.everybody(customers, directory.thawed(run.detail["filters"]), on=on)


def _counted(rows: Iterable[list[str]], progress: jobs.Progress) -> Iterator[list[str]]:
    for position, row in enumerate(rows):
        yield row
        if position and position % export.CHUNK == 0:
            progress.advance(processed=export.CHUNK)
