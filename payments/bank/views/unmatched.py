"""/admin/unmatched/: the lines nobody has explained yet, and accepting what is sure."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST
from django.views.decorators.vary import vary_on_headers

from ispbill.accounts import responses
from ispbill.accounts.access import may, staff_only
from ispbill.accounts.downloads import csv_file, xlsx_file
from ispbill.accounts.http import Request
from ispbill.audit.models import JobRun, JobRunProblem
from ispbill.core import chips, clock, paging, sheets
from ispbill.core.acts import Act
from ispbill.core.jobs import after_commit
from payments.bank.forms.bank import Find
from payments.bank.models import BankAccount, StatementLine
from payments.bank.queries import unmatched
from payments.bank.services import accepting

SIZE = 50
MOST_ROWS = 50_000
_NAMES = {"account": lambda pk: str(BankAccount.objects.filter(pk=pk).first() or pk)}


@require_GET
@vary_on_headers("HX-Request")
@staff_only("bank.view")
def index(request: Request) -> HttpResponse:
    """List the lines the filters leave, the newest day first."""
    form = Find(request.GET)
    filters = form.filters()
    found = unmatched.filtered(filters)
    rows, more = unmatched.page(found, size=SIZE, after=request.GET.get("after", ""))
    kept = {name: str(text) for name, text in request.GET.items() if text and name != "after"}
    context: dict[str, Any] = {
        "rows": rows,
        "filters": filters,
        "may_edit": may(request.user, "bank.edit"),
        "pager": {"newer": "", "older": more, "total": found.count()},
        "sure_total": unmatched.filtered(filters)
        .filter(is_safe=True, state__in=unmatched.OPEN)
        .count(),
        "query": urlencode(kept),
        "is_filtered": bool(kept.keys() - {"view"}),
        "chips": chips.of(form, request.GET, but=("q", "view"), words=_NAMES),
        "is_swap": responses.is_fragment(request, "list"),
    }
    if responses.is_fragment(request, "list"):
        return render(request, "payments/bank/staff/_unmatched_rows.html", context)
    export = f"{reverse('staff_payments:export-unmatched')}?{context['query']}"
    context |= {
        "tabs": paging.tabs(request.GET, "view", _views(), current=filters.view),
        "figures": unmatched.figures(on=clock.today()),
        "form": form,
        "exports": sheets.offered(export, f"{export}&format=xlsx"),
    }
    form.offer(BankAccount.objects.order_by("name", "pk"))
    return render(request, "payments/bank/staff/unmatched.html", context)


@require_GET
@staff_only("bank.view")
def export(request: Request) -> HttpResponse:
    """Download the lines the filters leave (`?format=csv` or `xlsx`; at most 50,000)."""
    found = unmatched.shown(unmatched.filtered(Find(request.GET).filters()))
    head = [
        _("Day"), _("Account"), _("Amount"), _("Left"), _("Text"), _("Reference"), _("Payer"),
        _("State"), _("Became"), _("Confidence"), _("Likely customer"),
    ]  # fmt: skip
    rows = (
        [
            line.booked_on.isoformat(),
            line.account.name,
            line.amount,
            line.open_amount,
            line.description,
            line.reference,
            line.counterparty,
            line.get_state_display(),
            _became(line),
            line.confidence if line.is_open else "",
            _likely(line),
        ]
        for line in found.order_by("-booked_on", "-pk")[:MOST_ROWS].iterator(chunk_size=1000)
    )
    if request.GET.get("format") == "xlsx":
        return xlsx_file("unmatched", head, rows)
    return csv_file("unmatched", head, rows)


@require_POST
@staff_only("bank.edit")
def accept_sure(request: Request) -> HttpResponse:
    """Accept what is sure: of the ticked lines, or of everything the filters leave."""
    back = reverse("staff_payments:unmatched")
    if request.POST.get("all") == "1":
        filters = Find(QueryDict(request.POST.get("filters", ""))).filters()
        ids = unmatched.sure_ids(filters, most=accepting.MOST)
    else:
        texts = request.POST.getlist("ids")[: accepting.AT_ONCE * 10]
        ids = [int(text) for text in texts if text.isascii() and text.isdigit() and len(text) < 19]
    if not ids:
        return responses.go(request, back, _("None of these lines is sure enough."), level="error")
    if len(ids) > accepting.AT_ONCE:
        run = accepting.start_lines(lines=ids, act=Act.now(request.user))
        return redirect("staff_payments:accept-run", run.pk)
    count, refusals = accepting.accept_safe(lines=ids, act=Act.now(request.user))
    for refusal in refusals:
        messages.warning(request, refusal)
    said = ngettext("%(n)d line accepted.", "%(n)d lines accepted.", count) % {"n": count}
    return responses.go(request, back, said)


@require_GET
@staff_only("bank.view")
def accept_run(request: Request, pk: int) -> HttpResponse:
    """Show how far accepting many lines is; the last answer stops the asking."""
    run = get_object_or_404(JobRun, pk=pk, job=accepting.LINES_JOB)
    context = {
        "run": run,
        "done": run.processed + run.skipped + run.failed,
        "poll_url": request.path,
        "problems": JobRunProblem.objects.filter(run=run).order_by("pk")[:100],
    }
    return responses.polled(
        request,
        context,
        part="payments/bank/staff/_accept_run.html",
        page="payments/bank/staff/accept_run.html",
        is_over=not run.is_running,
    )


@require_POST
@staff_only("bank.edit")
def look_again(request: Request) -> HttpResponse:
    """Have a worker look once more for the payers of all open lines."""
    with transaction.atomic():
        after_commit("payments.examine_unmatched")
    said = _("Somebody is looking. Open this page again in a moment.")
    return responses.go(request, reverse("staff_payments:unmatched"), said)


def _views() -> list[tuple[str, str]]:
    return [
        ("open", _("Unassigned")), ("sure", _("Sure")), ("suggested", _("Likely")),
        ("none", _("No idea")), ("out", _("Money out")), ("done", _("Done")), ("all", _("All")),
    ]  # fmt: skip


def _became(line: StatementLine) -> str:
    parts = getattr(line, "live_parts", [])
    return ", ".join(
        " ".join(
            filter(
                None,
                [
                    part.get_kind_display(),
                    part.payment.receipt_number if part.payment is not None else "",
                    part.customer.number if part.customer is not None else "",
                ],
            )
        )
        for part in parts
    )


def _likely(line: StatementLine) -> str:
    first = next(iter(line.suggestions.all()), None)
    return first.customer.number if first is not None and first.customer is not None else ""
