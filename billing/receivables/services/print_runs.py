"""All invoices of a billing run in one file, cut in parts when there are many.

A worker makes each part: first the pages' text, whose hash tells whether the file there still shows
the truth, then the layout, and one file of all pages. Nothing of it runs in a transaction.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from pathlib import Path

from django.conf import settings
from django.db import transaction

from billing.invoices.models import Invoice
from billing.invoices.services import documents
from billing.invoices.services.documents import Wanted
from billing.receivables.models import PrintPart
from billing.run.models import BillingRun
from ispbill.core import made_files, pdf
from ispbill.core.jobs import after_commit, enqueue

PART = 100  # invoices; their layout is held in memory until the part is written
TOLD_EVERY = 5
REQUESTS = made_files.Kept(PrintPart.objects.all(), most_attempts=3)
SWEPT_AT_ONCE = 100


@transaction.atomic
def request(*, run: BillingRun, at: datetime) -> list[PrintPart]:
    """Ask for the run's invoices as files, sorted as they are carried round: area, then address.

    Void invoices are left out. Asking again makes anew only what shows something else by now.
    """
    run = BillingRun.objects.select_for_update().get(pk=run.pk)
    rows = _invoices(run)
    wanted = [rows[start : start + PART] for start in range(0, len(rows), PART)]
    kept = {part.part_no: part for part in PrintPart.objects.filter(run=run)}
    PrintPart.objects.filter(run=run, part_no__gt=len(wanted)).delete()
    parts = []
    for number, own in enumerate(wanted, start=1):
        part = kept.get(number) or PrintPart(run=run, part_no=number)
        part.invoice_ids = [pk for pk, _number in own]
        part.first_number, part.last_number = own[0][1], own[-1][1]
        made_files.ask(part, at=at)
        part.done_count = 0
        part.save()
        after_commit("billing.make_print_part", part_id=part.pk)
        parts.append(part)
    return parts


def make(*, part_id: int, at: datetime) -> bool:
    """Make a requested part; return whether a file was laid out (not when it was still true)."""
    return made_files.make(REQUESTS, part_id, partial(_make, at=at))


def sweep() -> int:
    """Queue parts again whose call was lost or whose worker died; return how many."""
    waiting = REQUESTS.lost(most=SWEPT_AT_ONCE)
    for pk in waiting:
        enqueue("billing.make_print_part", part_id=pk)
    return len(waiting)


def file_of(part: PrintPart) -> Path | None:
    """Return the finished file, or None when there is none (yet)."""
    return made_files.place(part.path) if part.is_ready else None


def pages(invoice_ids: Sequence[int]) -> list[str]:
    """Return each invoice as a page to be laid out, in its customer's language."""
    languages = dict(Invoice.objects.filter(pk__in=invoice_ids).values_list("pk", "language"))
    return [
        documents.html(documents.paper(Wanted("INVOICE", pk, languages[pk])), languages[pk])
        for pk in invoice_ids
    ]


def _invoices(run: BillingRun) -> list[tuple[int, str]]:
    rows = (
        Invoice.objects.filter(run=run, status=Invoice.Status.OPEN)
        .order_by("buyer__area", "buyer__address", "number")
        .values_list("pk", "number")
    )
    return [(pk, number or "") for pk, number in rows]


def _make(part: PrintPart, *, at: datetime) -> bool:
    laid_out = pages(part.invoice_ids)
    fingerprint = documents.fingerprint("".join(laid_out))
    is_new = part.input_hash != fingerprint or made_files.place(part.path) is None
    if is_new:
        content = pdf.render_many(laid_out, told=lambda done: _tell(part, done))
        before = part.path
        digest, part.path = made_files.keep(content)
        if before and before != part.path:
            (Path(settings.MEDIA_ROOT) / before).unlink(missing_ok=True)
        part.sha256, part.size_bytes, part.made_at = digest, len(content), at
    PrintPart.objects.filter(pk=part.pk).update(
        state=PrintPart.State.READY,
        input_hash=fingerprint,
        path=part.path,
        sha256=part.sha256,
        size_bytes=part.size_bytes,
        made_at=part.made_at,
        done_count=len(laid_out),
        error="",
    )
    return is_new


def _tell(part: PrintPart, done: int) -> None:
    if done % TOLD_EVERY == 0:
        PrintPart.objects.filter(pk=part.pk).update(done_count=done)
