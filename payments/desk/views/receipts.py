"""Receipts for the counter's printer: 80 mm, straight from the browser. A4 is a PDF."""

import segno
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_GET, require_http_methods

from billing.receivables.queries import receipts
from billing.receivables.views import documents
from billing.receivables.views.documents import Asked
from ispbill.accounts.access import staff_only
from ispbill.accounts.http import Request
from ispbill.core import formats
from ispbill.core.acts import Act
from payments.desk.queries import register
from payments.desk.services import printing
from payments.desk.services.documents import A4, SLIP
from payments.desk.services.documents import KIND as RECEIPT


@require_GET
@staff_only("payments.view")
def paper(request: Request, receipt: str) -> HttpResponse:
    """Show a slip to print, in the customer's language; a second print says it is a copy.

    Whoever asks for A4 is sent to the PDF that workers make: there is one A4 receipt, not two.
    """
    if request.GET.get("paper") == "a4":
        return redirect("staff:receipt-pdf", receipt)
    payment = get_object_or_404(
        register.visible_to(request.user).select_related(
            "customer__account_state", "customer__area", "received_by", "reversed_by"
        ),
        receipt_number=receipt,
    )
    found = receipts.receipt(payment)
    public = request.build_absolute_uri(
        reverse("public_payments:receipt", args=[receipts.token_of(payment)])
    )
    context = {
        "receipt": found,
        "payment": payment,
        "words": formats.amount_in_words(
            payment.amount, payment.currency, payment.customer.language
        ),
        "public_url": public,
        "qr": qr(public),
        "prints_now": request.GET.get("print") == "1",
    }
    printing.note_print(payment=payment, paper=SLIP, act=Act.now(request.user))
    with translation.override(payment.customer.language):
        return render(request, "payments/desk/staff/receipt.html", context)


@staff_only("payments.view")
@require_http_methods(["GET", "POST"])
def pdf(request: Request, number: str) -> HttpResponse:
    """A receipt as PDF; `?paper=80mm` for the counter's printer."""
    payments = register.visible_to(request.user)
    payment = get_object_or_404(payments.select_related("customer"), receipt_number=number)
    paper = SLIP if request.GET.get("paper", "").upper() == SLIP else A4
    asked = Asked(
        RECEIPT,
        payment.pk,
        payment.customer.language,
        payment.customer,
        number,
        "staff/shell.html",
        paper,
    )
    return documents.answer(request, asked)


def qr(text: str) -> SafeString:
    """Draw a QR code as inline SVG: black, sized by the style sheet, no styles of its own."""
    svg = segno.make(text, error="m").svg_inline(
        scale=1, border=2, omitsize=True, svgclass="qr", lineclass=None, dark="#000"
    )
    return mark_safe(svg)  # noqa: S308 - drawn by the library from our own address
