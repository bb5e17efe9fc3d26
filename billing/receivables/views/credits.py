"""Credit notes and write-offs: the list, and one of them."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from billing.invoices.models import CreditNote
from billing.ledger.views import answers
from billing.pricing.views import words
from billing.receivables.queries import credits
from customers.views import links
from ispbill.accounts.access import may, staff_only
from ispbill.accounts.http import Request
from ispbill.core import paging
from ispbill.core.models import Company


@require_GET
@staff_only("billing.view")
def index(request: Request) -> HttpResponse:
    """Show credit notes and write-offs, newest first."""
    found = credits.visible_to(request.user)
    branch = answers.chosen_branch(request)
    if branch is not None:
        found = found.filter(branch_id=branch)
    kind, customer = request.GET.get("kind", ""), request.GET.get("customer", "")
    if kind in CreditNote.Kind.values:
        found = found.filter(kind=kind)
    if customer:
        found = found.filter(customer__number=customer)
    credited, written_off = credits.totals(found)
    context = {
        "page": credits.page(
            found, after=request.GET.get("after", ""), before=request.GET.get("before", "")
        ),
        "credited": credited,
        "written_off": written_off,
        "views": _views(kind, customer),
        "drafts_url": reverse("staff_billing:drafts")
        if may(request.user, "billing.charge")
        else "",
        "query": paging.asked_anew(request.GET)[1:],
    }
    return render(request, "billing/receivables/staff/credits.html", context)


@require_GET
@staff_only("billing.view")
def detail(request: Request, number: str) -> HttpResponse:
    """Show one note with the lines it corrects and how it is booked."""
    reach = credits.visible_to(request.user).select_related(
        "invoice", "customer__account_state", "branch", "created_by"
    )
    note = get_object_or_404(reach, number=number)
    context = {
        "note": note,
        "lines": [
            {
                "line": line,
                "days": words.period(line.days.lower, line.days.upper) if line.days else "",
                "text": words.arithmetic(line.explanation),
                "rate": words.percent(line.tax_rate),
            }
            for line in credits.lines_of(note)
        ],
        "entries": credits.entries_of(note) if may(request.user, "ledger.view") else [],
        "tax_name": Company.current().tax_name,
        "customer_url": links.address("staff_customers:customer", note.customer.number),
        "pdf_url": links.address("staff_billing:credit-note-pdf", number),
    }
    return render(request, "billing/receivables/staff/credit_note.html", context)


def _views(kind: str, customer: str) -> list[dict[str, Any]]:
    kept = {"customer": customer} if customer else {}
    return [
        {
            "label": label,
            "url": f"?{urlencode({**kept, 'kind': code} if code else kept)}",
            "current": kind == code,
        }
        for code, label in (
            ("", _("All")),
            ("CREDIT", _("Credit notes")),
            ("WRITE_OFF", _("Write-offs")),
        )
    ]
