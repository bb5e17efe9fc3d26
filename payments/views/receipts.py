"""Receipts on paper: A4 and 80 mm, printed straight from the browser."""

import segno
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import translation
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_GET

from ispbill.accounts.access import staff_only
from ispbill.accounts.http import Request
from ispbill.core import clock, formats
from payments.queries import receipts, register
from payments.services import printing

PAPERS = ("80mm", "a4")


@require_GET
@staff_only("payments.view")
def paper(request: Request, receipt: str) -> HttpResponse:
    """Show a receipt to print, in the customer's language; a second print says it is a copy."""
    payment = get_object_or_404(
        register.visible_to(request.user).select_related(
            "customer__standing", "customer__area", "received_by", "reversed_by"
        ),
        receipt_number=receipt,
    )
    size = request.GET.get("paper", "")
    size = size if size in PAPERS else "a4"
    found = receipts.receipt(payment)
    public = request.build_absolute_uri(
        reverse("public_payments:receipt", args=[receipts.token_of(payment)])
    )
    context = {
        "receipt": found,
        "payment": payment,
        "paper": size,
        "words": formats.amount_in_words(
            payment.amount, payment.currency, payment.customer.language
        ),
        "public_url": public,
        "qr": qr(public),
        "prints_now": request.GET.get("print") == "1",
    }
    printing.note_print(payment=payment, paper=size, actor=request.user, at=clock.now())
    with translation.override(payment.customer.language):
        return render(request, "payments/staff/receipt.html", context)


def qr(text: str) -> SafeString:
    """Draw a QR code as inline SVG: black, sized by the style sheet, no styles of its own."""
    svg = segno.make(text, error="m").svg_inline(
        scale=1, border=2, omitsize=True, svgclass="qr", lineclass=None, dark="#000"
    )
    return mark_safe(svg)  # noqa: S308 - drawn by the library from our own address
