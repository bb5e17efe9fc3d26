"""/portal/invoices/: one bill of the own account, every line explained."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from billing.changes.queries import changes
from billing.invoices.models import Invoice
from billing.invoices.queries import bills, own_bills
from billing.receivables.queries import credits
from ispbill.accounts.access import customer_only
from ispbill.accounts.http import Request
from ispbill.core import clock, pdf


@customer_only
@require_GET
def show(request: Request, number: str) -> HttpResponse:
    """One bill, every line explained."""
    mine = bills.visible_to(request.user, customer_ids=request.customer_ids)
    found = get_object_or_404(mine, number=number)
    language = get_language() or "en"
    context = {
        "invoice": found,
        "lines": own_bills.lines_of(found, language=language),
        "notes": list(
            credits.visible_to(request.user, customer_ids=request.customer_ids)
            .filter(invoice=found)
            .order_by("pk")
        ),
        "today": clock.today(),
        "is_void": found.status == Invoice.Status.VOID,
        "change": changes.of_invoice(found),
        "pdf_available": pdf.is_available(),
    }
    return render(request, "billing/receivables/portal/invoice.html", context)
