"""/admin/customers/import/: customers of another system, from the file to going live."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ispbill.accounts import responses
from ispbill.accounts.access import freshly_proven, staff_only
from ispbill.accounts.http import Request
from ispbill.audit.forms import ReasonForm
from ispbill.core import clock, formats, sheets
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from ispbill.core.scanning import takes_files
from signup.imports.forms.imports import MappingForm, UploadForm, WordsForm, fields_of
from signup.imports.models import Import, ImportRow
from signup.imports.queries import batches, parity
from signup.imports.services import going_live, judging, mapping, running, undoing, uploading

_SHOWN = 8  # rows of the preview, and of what is wrong
_both = require_http_methods(["GET", "POST"])
_STATES = [one.value for one in ImportRow.State]


@_both
@staff_only("customers.import")
@takes_files
def index(request: Request) -> HttpResponse:
    """List the imports, and take a file."""
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        with responses.refusals_in(form, "file"):
            batch = uploading.upload(
                name=given["file"].name,
                content=given["file"].content,
                system=given["system"],
                kind=given["kind"],
                act=Act.now(request.user),
            )
            return responses.go(request, _page_of(batch))
    rows = batches.visible_to(request.user).order_by("-pk")[:50]
    context = {"form": form, "rows": rows}
    return responses.form_page(request, "signup/imports/index.html", context)


@require_GET
@staff_only("customers.import")
def show(request: Request, pk: int) -> HttpResponse:
    """Show how far an import is and what comes next; asked again while a worker is at it."""
    batch = _found(request, pk)
    return responses.polled(
        request,
        _context(batch),
        part="signup/imports/_import.html",
        page="signup/imports/import.html",
        is_over=not batch.is_at_work,
        target="import",
    )


@_both
@staff_only("customers.import")
def columns(request: Request, pk: int) -> HttpResponse:
    """Ask which column is what, and check the file by that."""
    batch = _found(request, pk)
    form = MappingForm(request.POST or None, batch=batch)
    if request.method == "POST" and form.is_valid():
        with responses.refusals_in(form):
            mapping.name_columns(batch=batch, reading=form.reading(), act=Act.now(request.user))
            return responses.go(request, _page_of(batch))
    context = {"batch": batch, "form": form, "back_url": _page_of(batch)}
    return responses.form_page(request, "signup/imports/columns.html", context)


@require_POST
@staff_only("customers.import")
def words(request: Request, pk: int) -> HttpResponse:
    """Keep what their words mean here, and check anew."""
    batch = _found(request, pk)
    form = WordsForm(request.POST, unknown=_unknown(batch))
    if not form.is_valid():
        return responses.go(request, _page_of(batch), _("Choose from the lists."), level="error")
    try:
        mapping.explain(batch=batch, words=form.words(), act=Act.now(request.user))
    except DomainError as error:
        return responses.go(request, _page_of(batch), str(error), level="error")
    return responses.go(request, _page_of(batch))


@require_GET
@staff_only("customers.import")
def errors(request: Request, pk: int) -> HttpResponseBase:
    """Hand out the rows with something wrong: their own columns, and what it is."""
    batch = _found(request, pk)
    names, _needed = fields_of(batch)
    head = [*batch.columns, _("Row"), _("Column"), _("Code"), _("What is wrong")]

    def lines() -> Iterator[list[sheets.Cell]]:
        for row in batches.wrong(batch).iterator(chunk_size=1000):
            for column, code, message in row.problems:
                named = _(names[column]) if column in names else ""
                cells = (judging.shown(row.cells) + [""] * len(batch.columns))[: len(batch.columns)]
                yield [*cells, row.row_no, named, code, _(message)]

    response = StreamingHttpResponse(sheets.csv_lines(head, lines()), content_type=sheets.CSV)
    response["Content-Disposition"] = f'attachment; filename="import-{batch.pk}-errors.csv"'
    return response


@_both
@staff_only("customers.import")
@freshly_proven
def run(request: Request, pk: int) -> HttpResponse:
    """Ask why, then take in what is ready."""
    batch = _found(request, pk)
    ready = batches.counts(batch).get(ImportRow.State.READY, 0)
    effects = [
        ngettext("%(n)s row is taken in.", "%(n)s rows are taken in.", ready)
        % {"n": formats.number(ready)},
        _("It is history, to be read: no balance and no bill changes.")
        if batch.is_history
        else _("Services wait until it goes live: no bill, no message, nothing at a router."),
    ]
    return _asked(request, batch, running.start, heading=_("Take in"), effects=effects)


@_both
@staff_only("customers.import")
@freshly_proven
def start(request: Request, pk: int) -> HttpResponse:
    """Ask why, then let it go live."""
    effects = [
        _("Services run, and are billed from their next billing date on."),
        _("What was owed or held is booked against the opening balances."),
        _("No first bill and no message goes out. Lines follow when routers are taken over."),
    ]
    batch = _found(request, pk)
    return _asked(request, batch, going_live.start, heading=_("Go live"), effects=effects)


@_both
@staff_only("customers.import")
@freshly_proven
def undo(request: Request, pk: int) -> HttpResponse:
    """Ask why, then take the whole import back."""
    effects = [
        _("Services end, balances are booked back, accounts are archived."),
        _("Who has paid, was billed, changed or has a ticket since stays, and is listed."),
    ]
    batch = _found(request, pk)
    return _asked(request, batch, undoing.start, heading=_("Undo the import"), effects=effects)


def _asked(
    request: Request,
    batch: Import,
    step: Callable[..., Import],
    *,
    heading: str,
    effects: list[str],
) -> HttpResponse:
    form = ReasonForm(request.POST if request.method == "POST" else None)

    def carry_out(given: dict[str, Any]) -> str:
        step(batch=batch, act=Act.now(request.user, reason=given["reason"]))
        return ""

    return responses.carried_out(
        request,
        form,
        carry_out,
        heading=heading,
        label=heading,
        back=_page_of(batch),
        effects=effects,
        danger=step is undoing.start,
    )


def _context(batch: Import) -> dict[str, Any]:
    counts = batches.counts(batch)
    is_checked = batch.state == Import.State.CHECKED
    unknown = _unknown(batch) if is_checked else {}
    labels = dict(ImportRow.State.choices)
    names, _needed = fields_of(batch)
    return {
        "batch": batch,
        "counts": [(state, labels[state], counts[state]) for state in _STATES if counts.get(state)],
        "all": counts["ALL"],
        "ready": counts.get("READY", 0),
        "sample": [_shown(row) for row in batch.rows.order_by("row_no")[:_SHOWN]],
        "wrong": [(_shown(row), _told(row, names)) for row in batches.wrong(batch)[:_SHOWN]],
        "kinds": [(code, _(message), count) for code, message, count in batches.kinds(batch)],
        "kept": batch.rows.exclude(kept_why="").select_related("customer")[:_SHOWN],
        "words": WordsForm(unknown=unknown) if any(unknown.values()) else None,
        "parity": _parity(batch),
        "mapped": [
            (_(words), batch.columns[batch.mapping[name]])
            for name, words in names.items()
            if name in batch.mapping
        ],
    }


def _parity(batch: Import) -> parity.Parity | None:
    if batch.is_history or batch.state not in (Import.State.DONE, Import.State.LIVE):
        return None
    return parity.of(batch, judging.way_of(batch), on=clock.today())


def _shown(row: ImportRow) -> ImportRow:
    row.cells = judging.shown(row.cells)
    return row


def _told(row: ImportRow, names: Mapping[str, str]) -> list[str]:
    return [
        f"{_(names[column])}: {_(message)}" if column in names else _(message)
        for column, _code, message in row.problems
    ]


def _unknown(batch: Import) -> dict[str, list[tuple[str, int]]]:
    if batch.is_history:
        return {}
    return {name: batches.unknown_words(batch, name) for name in ("area", "package")}


def _found(request: Request, pk: int) -> Import:
    batch = batches.visible_to(request.user).filter(pk=pk).first()
    if batch is None:
        raise Http404
    return batch


def _page_of(batch: Import) -> str:
    return reverse("staff_signup:import", args=[batch.pk])
