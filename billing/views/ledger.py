"""The books in the console: trial balance, accounts, entries, and their proof."""

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from billing.forms.ledger import AsOfForm, SpanForm
from billing.models import Account, Invoice
from billing.queries import books
from billing.views import answers
from ispbill.accounts.access import may, staff_only
from ispbill.accounts.http import Request
from ispbill.audit.services import run_now
from ispbill.core import clock, formats


@require_GET
@staff_only("ledger.view")
def index(request: Request) -> HttpResponse:
    """Show the trial balance of a day, and when the books were last proven."""
    form = AsOfForm(request.GET)
    on = (form.cleaned_data.get("on") if form.is_valid() else None) or clock.today()
    context = {
        "form": form,
        "on": on,
        "trial": books.trial_balance(on=on),
        "check": _check(request),
    }
    return answers.varied(render(request, "billing/staff/ledger.html", context))


@require_GET
@staff_only("ledger.view")
def account(request: Request, code: int) -> HttpResponse:
    """Show what moved an account in a span of days."""
    found = get_object_or_404(Account, code=code)
    form = SpanForm(request.GET)
    form.is_valid()
    end: date = form.cleaned_data.get("end") or clock.today()
    start: date = form.cleaned_data.get("start") or end - timedelta(days=30)
    after = request.GET.get("after", "")
    before = int(after) if after.isascii() and after.isdigit() and len(after) < 19 else None
    rows = list(books.postings(found, start=start, end=end, before=before)[: books.PER_PAGE + 1])
    debit, credit = books.movement(found, start=start, end=end)
    context = {
        "account": found,
        "form": form,
        "start": start,
        "end": end,
        "rows": rows[: books.PER_PAGE],
        "debit": debit,
        "credit": credit,
        "older": str(rows[books.PER_PAGE - 1].entry_id) if len(rows) > books.PER_PAGE else "",
        "is_first_page": before is None,
    }
    return render(request, "billing/staff/ledger_account.html", context)


@require_GET
@staff_only("ledger.view")
def entry(request: Request, pk: int) -> HttpResponse:
    """Show one entry with its postings and what it came from."""
    found = get_object_or_404(books.entries(), pk=pk)
    reversal = books.entries().filter(reverses=found).first()
    context = {
        "entry": found,
        "reversal": reversal,
        "source_url": _source(found.source_type, found.source_id),
    }
    return render(request, "billing/staff/ledger_entry.html", context)


@require_POST
@staff_only("jobs.run")
def check(request: Request) -> HttpResponse:
    """Have the books proven now."""
    if books.running_check() is not None:
        messages.info(request, _("The books are being checked at this moment."))
    else:
        run_now.start(
            job="check_ledger", actor=request.user, reason="asked for on the ledger page",
            at=clock.now(),
        )  # fmt: skip
        messages.success(request, _("The books are being checked; look again in a moment."))
    return redirect("staff_billing:ledger")


def _check(request: Request) -> dict[str, Any]:
    last = books.last_check()
    ago = ""
    if last is not None and last.finished_at is not None:
        length = max(clock.now() - last.finished_at, timedelta(0))
        ago = formats.duration(length, get_language() or "en")
    return {
        "last": last,
        "ago": ago,
        "is_sound": last is not None and last.status == last.Status.COMPLETED and not last.failed,
        "is_running": books.running_check() is not None,
        "problems": list(last.problems.order_by("pk")[:20]) if last is not None else [],
        "may_run": may(request.user, "jobs.run"),
    }


def _source(kind: str, pk: int) -> str:
    if kind != "invoice":
        return ""
    number = Invoice.objects.filter(pk=pk).values_list("number", flat=True).first()
    return answers.address("staff_billing:invoice", number) if number else ""
