"""Receipts for the counter's printer: 80 mm, straight from the browser. A4 is a PDF."""

import segno
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_GET

from ispbill.accounts.access import staff_only
from ispbill.accounts.http import Request
from ispbill.core import clock, formats
from payments.queries import receipts, register
from payments.services import printing

SLIP = "80mm"


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
            "customer__standing", "customer__area", "received_by", "reversed_by"
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
    printing.note_print(payment=payment, paper=SLIP, actor=request.user, at=clock.now())
    with translation.override(payment.customer.language):
        return render(request, "payments/staff/receipt.html", context)


def qr(text: str) -> SafeString:
    """Draw a QR code as inline SVG: black, sized by the style sheet, no styles of its own."""
    svg = segno.make(text, error="m").svg_inline(
        scale=1, border=2, omitsize=True, svgclass="qr", lineclass=None, dark="#000"
    )
    return mark_safe(svg)  # noqa: S308 - drawn by the library from our own address
