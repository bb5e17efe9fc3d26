"""The receipt of a payment as PDF: A4, or an 80 mm slip for the counter's printer."""

from decimal import Decimal

from billing.allocation.models import Allocation, Payment
from billing.allocation.queries import paid_with
from billing.invoices.queries import letterhead, partner_brand
from billing.invoices.queries.invoice_paper import qr_image, style_of
from billing.invoices.rules import document_words
from billing.invoices.services.documents import Paper, Wanted
from ispbill.core import formats, receipt_links
from ispbill.core.models import Company

KIND = "RECEIPT"
A4, SLIP = "A4", "80MM"


def receipt(wanted: Wanted) -> Paper:
    """Lay out the receipt of a payment that has one. Raises Payment.DoesNotExist."""
    payment = (
        Payment.objects.exclude(receipt_number=None)
        .select_related("customer__area")
        .get(pk=wanted.source_id)
    )
    context = _context(payment, wanted.language)
    if wanted.variant == SLIP:
        return Paper("payments/desk/pdf/slip.html", context, strip_width_mm=80)
    return Paper("payments/desk/pdf/receipt.html", context)


def _context(payment: Payment, language: str) -> dict[str, object]:
    company, customer = Company.current(), payment.customer
    style = style_of({"number_style": company.number_style}, language)
    parts = (
        Allocation.objects.filter(payment=payment, released_at=None)
        .select_related("invoice")
        .order_by("pk")
    )

    def money(amount: Decimal) -> str:
        return formats.money(amount, style)

    left = payment.amount - payment.allocated_amount - payment.refunded_amount
    return {
        "language": language,
        "second_language": "en" if language == "bn" else "bn",
        "w": document_words.words(language),
        "company": letterhead.of_company(company),
        "partner": partner_brand.of(payment.customer_id, payment.posted_on),
        "number": payment.receipt_number,
        "received_on": formats.moment(payment.received_at, language=language),
        "buyer": letterhead.of_buyer(customer),
        "amount": money(payment.amount),
        "in_words": formats.amount_in_words(payment.amount, payment.currency, language),
        "in_words_second": formats.amount_in_words(
            payment.amount, payment.currency, "en" if language == "bn" else "bn"
        ),
        "method": paid_with.of(payment, language=language),
        "reference": payment.reference,
        "parts": [{"number": part.invoice.number, "amount": money(part.amount)} for part in parts],
        "credit": money(left) if left > 0 and not payment.is_reversed else "",
        "is_reversed": payment.is_reversed,
        "qr": qr_image(receipt_links.url(str(payment.receipt_number))),
    }
