"""Documents made against the bare library with everything reused, on the very same pages.

Ours is what a worker does for a document that a row asks for: its page built from the database,
laid out, hashed, written, kept. `whole_way` adds the request before it, which builds the page once
more to compare it with what is there. The reference lays out and writes the ready pages with one
font set and one parsed style sheet.
"""

import multiprocessing
import tempfile
import time
from collections.abc import Sequence
from datetime import date
from io import BytesIO
from typing import Any

from django.conf import settings
from django.db import connections
from django.utils import timezone

from billing.invoices.models import Document, Invoice
from billing.invoices.services import documents
from billing.invoices.services.documents import Wanted
from billing.run.services import cycle
from ispbill.core import pdf
from ispbill.core.acts import Act
from ispbill.devtools.bench import measure, population, scratch
from ispbill.devtools.bench.measure import Pairs

ON = date(2026, 1, 29)


def run(*, scale: int, pairs: int) -> dict[str, Any]:
    """Make `scale` invoices a side and pair, again from the cache, and with two processes."""
    with scratch.database("papers"), tempfile.TemporaryDirectory() as media:
        kept, settings.MEDIA_ROOT = settings.MEDIA_ROOT, media
        try:
            return _run(scale=scale, pairs=pairs)
        finally:
            settings.MEDIA_ROOT = kept


def _run(*, scale: int, pairs: int) -> dict[str, Any]:
    population.fill(scale * pairs)
    cycle.run(on=ON, act=Act(None, timezone.now()))
    invoices = list(Invoice.objects.select_related("customer").order_by("pk")[: scale * pairs])
    pages = [_page(invoice) for invoice in invoices]
    lay_out(pages[:5])  # both sides warm: fonts and style sheet read, modules loaded
    _ours(invoices[:5])
    Document.objects.all().delete()
    rates, whole, start_rss = Pairs(), Pairs(), measure.rss_mb()
    for pair in range(pairs):
        own = slice(pair * scale, (pair + 1) * scale)
        asking = _timed(lambda: _ask(invoices[own]))  # noqa: B023 - called at once
        if pair % 2:
            bare, making = _timed(lambda: lay_out(pages[own])), _timed(_make)  # noqa: B023
        else:
            making, bare = _timed(_make), _timed(lambda: lay_out(pages[own]))  # noqa: B023
        rates.add(scale / making, scale / bare)
        whole.add(scale / (asking + making), scale / bare)
    grown = measure.rss_mb() - start_rss
    cached = _timed(lambda: _ours(invoices[:scale]))
    one, two = _processes(pages[:scale], 1), _processes(pages[:scale], 2)
    return {
        "name": "pdf",
        "pages": scale,
        "per_core": rates.as_dict(),
        "whole_way": whole.as_dict(),
        "cached_per_second": round(scale / cached, 1),
        "two_processes": round(two / one, 3),
        "memory_growth_kb_per_document": round(grown * 1024 / (2 * scale * pairs), 2),
        "load": measure.load(),
    }


def _page(invoice: Invoice) -> str:
    wanted = Wanted("INVOICE", invoice.pk, invoice.language)
    return documents.html(documents.paper(wanted), invoice.language)


def _ours(invoices: Sequence[Invoice]) -> None:
    _ask(invoices)
    _make()


def _ask(invoices: Sequence[Invoice]) -> None:
    for invoice in invoices:
        documents.request(
            kind="INVOICE",
            source_id=invoice.pk,
            language=invoice.language,
            customer=invoice.customer,
            at=timezone.now(),
        )


def _make() -> None:
    requested = Document.objects.filter(state=Document.State.REQUESTED).order_by("pk")
    for pk in list(requested.values_list("pk", flat=True)):
        documents.make(document_id=pk, at=timezone.now())


def lay_out(pages: Sequence[str]) -> None:
    """Lay pages out by the library alone, with one font set and one parsed style sheet."""
    weasyprint = pdf._weasyprint()
    fonts, sheet = pdf._ground()
    for page in pages:
        document = weasyprint.HTML(string=page, base_url="asset:", url_fetcher=pdf._fetcher())
        document.write_pdf(
            BytesIO(), stylesheets=[sheet], font_config=fonts, pdf_variant="pdf/ua-1"
        )


def _timed(work: Any) -> float:
    """Return the processor seconds of this process: the machine is shared."""
    start = time.process_time()
    work()
    return time.process_time() - start


def _processes(pages: Sequence[str], count: int) -> float:
    """Return documents a second of `count` processes that each lay out all the pages."""
    connections.close_all()
    context = multiprocessing.get_context("fork")
    start = context.Barrier(count + 1)
    workers = [context.Process(target=_worker, args=(start, pages)) for _n in range(count)]
    for worker in workers:
        worker.start()
    start.wait()
    begun = time.perf_counter()
    for worker in workers:
        worker.join()
    return count * len(pages) / (time.perf_counter() - begun)


def _worker(start: Any, pages: Sequence[str]) -> None:
    start.wait()
    lay_out(pages)
