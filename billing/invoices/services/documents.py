"""PDF documents: asked for by a row, made by a worker, kept under the hash of what they show.

The page a document is made of is built twice: when somebody asks (to see whether the file there is
still true) and when the worker makes it. It is cheap (a few queries and a template); the PDF is
not, so it is made once for each thing to show. No invoice ever waits for its PDF.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation

from billing.invoices.models import Document
from customers.models import Customer
from ispbill.core import made_files, pdf
from ispbill.core.jobs import after_commit, enqueue

# A document that kills its worker is given up after these attempts.
REQUESTS = made_files.Kept(Document.objects.all(), most_attempts=4)
SWEPT_AT_ONCE = 500


@dataclass(frozen=True)
class Wanted:
    """Which document: of what, in which language, in which variant (paper, range of days)."""

    kind: str
    source_id: int
    language: str
    variant: str = ""


@dataclass(frozen=True)
class Paper:
    """What a document shows: a template, its context, and the paper it is for."""

    template: str
    context: dict[str, object]
    strip_width_mm: int = 0  # a slip of this width instead of sheets


Builder = Callable[[Wanted], Paper]
_builders: dict[str, Builder] = {}


def register(kind: str, builder: Builder) -> None:
    """Let an app make documents of a kind; the builder reads only what the portal may read."""
    _builders[kind] = builder


def paper(wanted: Wanted) -> Paper:
    """Build what a document shows now. Raises KeyError for an unknown kind, DoesNotExist."""
    return _builders[wanted.kind](wanted)


def html(page: Paper, language: str) -> str:
    """Return a document as one HTML page without style sheet (the PDF brings its own)."""
    with translation.override(language):
        return render_to_string(page.template, page.context)


@transaction.atomic
def request(
    *,
    kind: str,
    source_id: int,
    language: str,
    customer: Customer | None,
    variant: str = "",
    at: datetime,
) -> Document:
    """Return the document's row; when what it shows has changed, ask a worker to make it anew.

    Asking twice is asking once. A failed one stays failed until `retry`, or until it has
    something else to show.
    """
    wanted = Wanted(kind=kind, source_id=source_id, language=language, variant=variant)
    shown = fingerprint(html(paper(wanted), language))
    keys = {"kind": kind, "source_id": source_id, "language": language, "variant": variant}
    fresh = Document(**keys, customer=customer, requested_at=at)
    Document.objects.bulk_create([fresh], ignore_conflicts=True)
    row = Document.objects.select_for_update().get(**keys)
    has_lost_its_file = row.is_ready and made_files.place(row.path) is None
    if row.input_hash != shown or has_lost_its_file:
        _ask(row, shown=shown, at=at)
    return row


@transaction.atomic
def retry(*, document: Document, at: datetime) -> Document:
    """Ask again for a document that could not be made."""
    row = Document.objects.select_for_update().get(pk=document.pk)
    if row.is_failed:
        _ask(row, shown=row.input_hash, at=at)
    return row


def make(*, document_id: int, at: datetime) -> bool:
    """Make a requested document; return whether one was made."""
    return made_files.make(REQUESTS, document_id, partial(_make, at=at))


def sweep() -> int:
    """Queue documents again whose call was lost or whose worker died; return how many."""
    waiting = REQUESTS.lost(most=SWEPT_AT_ONCE)
    for pk in waiting:
        enqueue("billing.make_document", document_id=pk)
    return len(waiting)


def file_of(document: Document) -> Path | None:
    """Return the finished file, or None when there is none (yet)."""
    return made_files.place(document.path) if document.is_ready else None


def _ask(row: Document, *, shown: str, at: datetime) -> None:
    row.input_hash = shown
    row.save(update_fields=["input_hash", *made_files.ask(row, at=at)])
    after_commit("billing.make_document", document_id=row.pk)


def _make(row: Document, *, at: datetime) -> bool:
    wanted = Wanted(row.kind, row.source_id, row.language, row.variant)
    shown = paper(wanted)
    page = html(shown, row.language)
    content = pdf.render(page, strip_width_mm=shown.strip_width_mm)
    digest, path = made_files.keep(content)
    # What was rendered is what the hash says, even if the invoice was paid in between: the next
    # request sees the difference and asks again.
    made = Document.objects.filter(pk=row.pk, state=Document.State.REQUESTED).update(
        state=Document.State.READY,
        input_hash=fingerprint(page),
        path=path,
        sha256=digest,
        size_bytes=len(content),
        made_at=at,
        error="",
    )
    if row.path and row.path != path and not Document.objects.filter(path=row.path).exists():
        (Path(settings.MEDIA_ROOT) / row.path).unlink(missing_ok=True)
    return bool(made)


def fingerprint(page: str) -> str:
    """Return the hash of what a document shows: its page and the style sheet."""
    return hashlib.sha256((pdf.style_sheet() + page).encode()).hexdigest()
