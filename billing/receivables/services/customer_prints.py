"""What is printed of many customers: their open bills, or labels with their addresses.

A worker makes one file of them, cut in parts when they are many. Each part is kept when it is
done, so that a job whose worker died goes on with the next one. Nothing of the making runs in a
transaction.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from billing.invoices.models import Invoice
from billing.invoices.queries import labels
from billing.invoices.services import documents
from billing.invoices.services.documents import Paper
from billing.receivables.services import print_runs
from ispbill.accounts.models import User
from ispbill.audit.models import JobRun
from ispbill.audit.services import events, file_runs, jobs, trail
from ispbill.core import locks, made_files, pdf
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from ispbill.core.jobs import after_commit, enqueue

JOB = "billing.print_customers"
BILLS_A_PART = 100  # their layout is held in memory until the part is written
LABELS_A_PART = 50 * labels.PER_PAGE
RUNS = file_runs.Runs(JOB, most_attempts=3)  # in a row without a part made
TOLD_EVERY = 5


class Kind(StrEnum):
    BILLS = "BILLS"
    LABELS = "LABELS"


class NothingToPrint(DomainError):
    """None of the customers has what is asked for."""


def bills_of(customers: Sequence[int]) -> list[int]:
    """Return the invoices these customers owe (ids), as they are carried round: area, address."""
    return list(
        Invoice.objects.filter(customer__in=customers, status=Invoice.Status.OPEN, amount_due__gt=0)
        .order_by("buyer__area", "buyer__address", "number")
        .values_list("pk", flat=True)
    )


@transaction.atomic
def request(*, kind: Kind, customers: Sequence[int], key: str, act: Act[User]) -> JobRun:
    """Ask for the file, once for each key; its run is the thing to watch and to fetch from.

    Raises NothingToPrint.
    """
    trail.begin(act=act)
    locks.hold(f"{JOB}.{act.actor.pk}")
    run = jobs.ordered(JOB, key=key, actor=act.actor)
    if run is not None:
        return run
    items = bills_of(customers) if kind == Kind.BILLS else labels.sorted_ids(customers)
    if not items:
        raise NothingToPrint(_("None of the chosen customers owes a bill."))
    detail = {"kind": kind.value, "items": items, "key": key, "parts": [], "attempts": 0}
    run = jobs.begin(JOB, total=len(items), detail=detail, act=act)
    events.record(
        act=act,
        action="customers.printed",
        target=run,
        label=kind.value,
        after={"kind": kind.value, "customers": len(customers), "count": len(items)},
    )
    after_commit("billing.print_customers", run_id=run.pk)
    return run


def make(*, run_id: int) -> bool:
    """Make the parts of a running print that are not there yet; a finished one is left alone."""
    return made_files.make(RUNS, run_id, _make)


def sweep(*, at: datetime) -> int:
    """Queue prints again whose call was lost or whose worker died; return how many."""
    silent = RUNS.lost(at=at)
    for pk in silent:
        enqueue("billing.print_customers", run_id=pk)
    return len(silent)


def file_of(run: JobRun, part_no: int) -> Path | None:
    """Return the file of a part (from 1 on), or None where there is none."""
    parts: list[dict[str, Any]] = run.detail["parts"]
    if not 1 <= part_no <= len(parts):
        return None
    return made_files.place(str(parts[part_no - 1]["path"]))


def _make(run: JobRun) -> bool:
    items: list[int] = run.detail["items"]
    is_bills = run.detail["kind"] == Kind.BILLS
    size = BILLS_A_PART if is_bills else LABELS_A_PART
    done = sum(part["count"] for part in run.detail["parts"])
    for start in range(done, len(items), size):
        chunk = items[start : start + size]
        content = _bills(chunk, _teller(run, start)) if is_bills else _labels(chunk)
        _digest, path = made_files.keep(content)
        part = {"path": path, "count": len(chunk), "size": len(content)}
        parts = [*run.detail["parts"], part]
        _keep(run, processed=start + len(chunk), attempts=0, parts=parts)
    jobs.finish(run, status=JobRun.Status.COMPLETED)
    return True


def _bills(invoice_ids: Sequence[int], told: Callable[[int], None]) -> bytes:
    return pdf.render_many(print_runs.pages(invoice_ids), told=told)


def _labels(customer_ids: Sequence[int]) -> bytes:
    page = documents.html(
        Paper("billing/receivables/pdf/labels.html", labels.context(customer_ids)), "en"
    )
    return pdf.render(page)


def _teller(run: JobRun, before: int) -> Callable[[int], None]:
    def tell(done: int) -> None:
        if done % TOLD_EVERY == 0:
            _keep(run, processed=before + done)

    return tell


def _keep(run: JobRun, *, processed: int | None = None, **detail: Any) -> None:
    """Write down how far it is, with a sign of life."""
    run.detail |= detail
    before = run.processed
    run.processed = before if processed is None else processed
    with transaction.atomic():
        JobRun.objects.filter(pk=run.pk).update(detail=run.detail)
        jobs.Progress(run).advance(processed=run.processed - before)
