"""/admin/clearing/: what payment providers hold of ours."""

from datetime import date

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from billing.ledger.forms.amounts import Span
from ispbill.accounts.access import staff_only
from ispbill.accounts.downloads import csv_file
from ispbill.accounts.http import Request
from ispbill.core import clock
from payments.bank.queries import clearing


@require_GET
@staff_only("bank.view")
def held(request: Request) -> HttpResponse:
    """Show what each provider holds for us: opening, in, out, fees, left, and since when."""
    until = clock.today()
    form = Span(request.GET or None)
    since, until = _span(form, until)
    found = clearing.accounts(since=since, until=until)
    rows = [
        {
            "account": one,
            "payments": clearing.not_paid_out(one.provider, until=until)[: clearing.MOST_SHOWN],
        }
        for one in found
    ]
    if request.GET.get("format") == "csv":
        head = [_("Provider"), _("Account"), _("Opening"), _("Came in"), _("Paid out"),
                _("Fees"), _("Still held"), _("Since")]  # fmt: skip
        lines = [
            [
                one.name,
                one.code,
                one.opening,
                one.came_in,
                one.went_out,
                one.fees,
                one.held,
                one.since or "",
            ]
            for one in found
        ]
        return csv_file("clearing", head, lines)
    context = {
        "rows": rows,
        "form": form,
        "since": since,
        "until": until,
        "unknown": clearing.unknown()[: clearing.MOST_SHOWN],
    }
    return render(request, "payments/bank/staff/clearing.html", context)


def _span(form: Span, today: date) -> tuple[date, date]:
    if form.is_valid():
        until = form.cleaned_data.get("to") or today
        return form.cleaned_data.get("from") or until.replace(day=1), until
    return today.replace(day=1), today
