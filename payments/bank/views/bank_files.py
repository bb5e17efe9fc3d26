"""/admin/bank/statements/: one statement, from naming its columns to accepting it."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django.views.decorators.vary import vary_on_headers

from ispbill.accounts import responses
from ispbill.accounts.access import may, staff_only
from ispbill.accounts.downloads import csv_file
from ispbill.accounts.http import Request
from ispbill.audit.forms import ReasonForm
from ispbill.audit.models import JobRun
from ispbill.core import digits
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from payments.bank.forms.bank import LayoutForm, layout_values
from payments.bank.models import BadRow, StatementImport
from payments.bank.queries import statement_page
from payments.bank.rules import statement_rows
from payments.bank.rules.statement_cells import text_of
from payments.bank.rules.statement_rows import Layout, Row, RowRefused
from payments.bank.services import accepting, files, uploads

PREVIEW = 15
State = StatementImport.State


@require_GET
@vary_on_headers("HX-Request")
@staff_only("bank.view")
def detail(request: Request, pk: int) -> HttpResponse:
    """Show a statement: its columns to be named, its reading live, or what it has brought."""
    statement = _statement(pk)
    if statement.state in (State.UPLOADED, State.FAILED) and may(request.user, "bank.edit"):
        return redirect("staff_payments:statement-columns", pk)
    context: dict[str, Any] = {
        "statement": statement,
        "may_edit": may(request.user, "bank.edit"),
        "page": statement_page.of(statement),
        "statement_key": str(pk),
    }
    if statement.is_busy:
        run = JobRun.objects.filter(pk=statement.run_id or 0).first()
        context |= {"run": run, "poll_url": request.path}
    if responses.is_fragment(request, "statement-progress"):
        if not statement.is_busy:
            return responses.reloaded(request)
        return render(request, "payments/bank/staff/_statement_progress.html", context)
    return render(request, "payments/bank/staff/bank_statement.html", context)


@require_http_methods(["GET", "POST"])
@vary_on_headers("HX-Request")
@staff_only("bank.edit")
def columns(request: Request, pk: int) -> HttpResponse:
    """Name the columns of a file, with its first rows as they would be read."""
    statement = _statement(pk)
    if statement.state not in (State.UPLOADED, State.FAILED):
        return redirect(_address(statement))
    try:
        content = files.kept(statement.path)
    except DomainError as refusal:
        return responses.go(request, reverse("staff_payments:bank"), str(refusal), level="error")
    known = statement_rows.layout_of(statement.layout)
    context = preview(request, content, known) | {"statement": statement}
    form: LayoutForm = context["form"]
    if request.method == "POST" and form.is_valid():
        with responses.refusals_in(form):
            uploads.start(statement=statement, layout=form.layout, act=Act.now(request.user))
            return redirect(_address(statement))
    context |= {
        "action": request.path,
        "confirm": _("Read the statement"),
        "back": _bank(),
        "heading": statement.file_name,
        "problem": statement.error,
        "discard_url": reverse("staff_payments:discard-statement", args=[pk]),
    }
    if responses.is_fragment(request, "preview"):
        return render(request, "payments/bank/staff/_file_preview.html", context)
    status = 422 if request.method == "POST" else 200
    return render(request, "payments/bank/staff/file_columns.html", context, status=status)


@require_GET
@staff_only("bank.view")
def bad_rows(request: Request, pk: int) -> HttpResponse:
    """Download the rows that could not be read, as they were, each with what was wrong."""
    return bad_rows_file(f"bad-rows-{pk}", BadRow.objects.filter(statement=_statement(pk)))


@require_POST
@staff_only("bank.edit")
def accept(request: Request, pk: int) -> HttpResponse:
    """Accept a statement: what nobody has claimed is booked as unmatched money."""
    statement = _statement(pk)
    try:
        accepting.start_statement(statement=statement, act=Act.now(request.user))
    except DomainError as refusal:
        return responses.go(request, _address(statement), str(refusal), level="error")
    return redirect(_address(statement))


@require_http_methods(["GET", "POST"])
@staff_only("bank.edit")
def discard(request: Request, pk: int) -> HttpResponse:
    """Throw a file away that has brought nothing."""
    statement = _statement(pk)
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        with responses.refusals_in(form):
            uploads.discard(
                statement=statement, act=Act.now(request.user, reason=form.cleaned_data["reason"])
            )
            return responses.go(request, _bank(), _("The file is gone."))
    return responses.dialog(
        request,
        form,
        heading=_("Throw %(file)s away?") % {"file": statement.file_name},
        label=_("Throw away"),
        back=_address(statement),
        danger=True,
        effects=[_("Nothing of it is in the books. It can be taken in again.")],
    )


def preview(
    request: Request, content: bytes, known: Layout, roles: tuple[str, ...] = statement_rows.ROLES
) -> dict[str, Any]:
    """Return the form of a layout and the first rows of the file as they read in it."""
    # Each change of the form asks again by GET; what it then holds is not sent yet.
    given = request.POST if request.method == "POST" else request.GET
    is_asked = "head_row" in given
    encoding, delimiter = known.encoding, known.delimiter
    if is_asked:
        encoding = given.get("encoding", encoding)
        delimiter = given.get("delimiter", delimiter)
    problem, rows = "", []
    try:
        rows = list(files.rows(content, encoding=encoding, delimiter=delimiter, most=200))
    except DomainError as refusal:
        problem = str(refusal)
    width = max((len(row) for _number, row in rows), default=0)
    head_text = given.get("head_row", "") if is_asked else str(known.head_row + 1)
    head_row = (digits.whole(head_text) or 0) - 1
    heads = [""] * width
    if 0 <= head_row < len(rows):
        heads = [text_of(cell) for cell in rows[head_row][1]]
        heads += [""] * (width - len(heads))
    form = LayoutForm(
        given if is_asked else None,
        initial=layout_values(known),
        heads=heads,
        roles=roles,
        is_workbook=files.is_workbook(content),
    )
    layout = known
    if is_asked and form.is_valid():
        layout = form.layout
    body = [(number, row) for number, row in rows if number > layout.head_row + 1]
    return {
        "form": form,
        "heads": heads,
        "file_problem": problem,
        "layout": layout,
        "body": body,
        "raw": [(n, [text_of(cell) for cell in row]) for n, row in rows[:PREVIEW]],
        "read": _read(body, layout),
        "lacking": statement_rows.missing(layout),
    }


def bad_rows_file(name: str, rows: Any) -> HttpResponse:
    """Return rows that could not be read as CSV: row, problem, and the cells as they were."""
    found = list(rows.order_by("row_no"))
    width = max((len(row.cells) for row in found), default=0)
    head = [_("Row"), _("Problem"), *(str(number + 1) for number in range(width))]
    lines = [[row.row_no, _(row.problem), *(str(cell) for cell in row.cells)] for row in found]
    return csv_file(name, head, lines)


def _read(body: Any, layout: Layout) -> dict[str, Any]:
    """Return the first rows as lines, and how many of those looked at could not be read."""
    if statement_rows.missing(layout):
        return {"rows": [], "bad": 0}
    read = [statement_rows.read_row(number, row, layout) for number, row in body]
    bad = [one for one in read if isinstance(one, RowRefused)]
    shown = [
        {"row": one if isinstance(one, Row) else None, "bad": one if one in bad else None}
        for one in read
        if one is not None
    ]
    return {"rows": shown[:PREVIEW], "bad": len(bad)}


def _statement(pk: int) -> StatementImport:
    found = StatementImport.objects.select_related("account__account", "uploaded_by", "accepted_by")
    return get_object_or_404(found, pk=pk)


def _address(statement: StatementImport) -> str:
    return reverse("staff_payments:bank-statement", args=[statement.pk])


def _bank() -> str:
    return reverse("staff_payments:bank")
