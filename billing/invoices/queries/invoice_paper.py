"""What an invoice's PDF and print page show: frozen texts, ready to be laid out."""

import base64
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO

import segno
from django.conf import settings

from billing.invoices.models import CreditNoteLine, Invoice, InvoiceLine
from billing.invoices.queries import partner_brand
from billing.invoices.rules import document_words, line_words
from billing.ledger.rules.tax import by_rate
from ispbill.core import formats, phones
from ispbill.core.formats import Style
from ispbill.core.money import Taxed
from ispbill.core.pay_links import PayLink

PAYABLE_FOR = timedelta(days=365)  # how long the code on the paper leads to paying it


def context(invoice_id: int, language: str) -> dict[str, object]:
    """Return the words and amounts of an issued invoice. Raises Invoice.DoesNotExist."""
    invoice = (
        Invoice.objects.exclude(status=Invoice.Status.DRAFT)
        .select_related("seller")
        .get(pk=invoice_id)
    )
    seller = dict(invoice.seller.data) if invoice.seller else {}
    style = style_of(seller, language)
    lines = list(invoice.lines.order_by("pk"))
    second = "en" if language == "bn" else "bn"

    def money(amount: Decimal) -> str:
        return formats.money(amount, style)

    last_day = invoice.due_date + PAYABLE_FOR
    pause = invoice.due_date + timedelta(days=int(seller.get("grace_days", 0)))
    return {
        "language": language,
        "second_language": second,
        "w": document_words.words(language),
        "seller": seller,
        "partner": partner_brand.of(invoice.customer_id, invoice.issued_on or invoice.due_date),
        "title": "tax_invoice" if seller.get("tax_number") else "invoice",
        "number": invoice.number,
        "issued_on": formats.day(invoice.issued_on or date.min, language),
        "due_on": formats.day(invoice.due_date, language),
        "period": _period(lines, language),
        "buyer": {**invoice.buyer, "phone": _phone(invoice.buyer.get("phone", ""))},
        "lines": [_line(line, language, style) for line in lines],
        "has_quantities": any(line.quantity != 1 for line in lines),
        "has_discounts": any(line.discount_amount for line in lines),
        "taxes": taxes(lines, str(seller.get("tax_name", "")), style, language),
        "subtotal": money(invoice.subtotal_amount),
        "total": money(invoice.total_amount),
        "paid": money(invoice.paid_amount) if invoice.paid_amount else "",
        "credited": money(invoice.credited_amount) if invoice.credited_amount else "",
        "due": money(invoice.amount_due),
        "in_words": formats.amount_in_words(invoice.total_amount, invoice.currency, language),
        "in_words_second": formats.amount_in_words(invoice.total_amount, invoice.currency, second),
        "is_void": invoice.status == Invoice.Status.VOID,
        "void_reason": invoice.void_reason,
        "is_paid": invoice.is_paid,
        "is_credited": invoice.is_credited,
        "is_open": invoice.status == Invoice.Status.OPEN and invoice.amount_due > 0,
        "pauses": document_words.pauses_after(formats.day(pause, language), language),
        "pay_link": f"{settings.PUBLIC_URL}/pay",
        "qr": qr_image(PayLink(invoice.customer_id, last_day, invoice_id=invoice.pk).url()),
    }


def _period(lines: list[InvoiceLine], language: str) -> str:
    """Return the days all lines reach over together; nothing for lines without days."""
    spans = [line.span for line in lines if line.span is not None]
    if not spans:
        return ""
    return formats.period(
        min(span.lower for span in spans), max(span.upper for span in spans), language
    )


def style_of(seller: dict[str, object], language: str) -> Style:
    """Return how the company wrote money when the document was issued; always with decimals."""
    style = formats.STYLES.get(str(seller.get("number_style", "")), formats.defaults().style)
    wants_bangla = language == "bn" and formats.defaults().bangla_digits_in_bangla
    return replace(style, hide_zero_decimals=False, bangla_digits=wants_bangla)


def qr_image(text: str) -> str:
    """Return a QR code as a `data:` address of an SVG picture.

    The mask is fixed: every mask can be read, and looking for the prettiest of the eight took
    longer than all the rest of an invoice's page.
    """
    target = BytesIO()
    segno.make(text, error="m", micro=False, mask=2).save(
        target, kind="svg", border=2, xmldecl=False
    )
    return "data:image/svg+xml;base64," + base64.b64encode(target.getvalue()).decode()


def percent(rate: Decimal, language: str) -> str:
    """Write a fraction as percent without needless zeros: `15%`, `7.5%`."""
    return formats.digits_in(f"{(rate * 100).normalize():f}%", language)


def _line(line: InvoiceLine, language: str, style: Style) -> dict[str, str]:
    days = (
        formats.period(line.span.lower, line.span.upper, language) if line.span is not None else ""
    )
    return {
        "description": line.description,
        "days": days,
        "reason": line_words.reason(line.explanation, language, style),
        "quantity": formats.digits_in(f"{line.quantity.normalize():f}", language),
        "unit": formats.money(line.unit_amount, style),
        "discount": formats.money(line.discount_amount, style) if line.discount_amount else "",
        "rate": percent(line.tax_rate, language),
        "amount": formats.money(line.net_amount, style),
    }


def taxes(
    lines: Iterable[InvoiceLine | CreditNoteLine], name: str, style: Style, language: str
) -> list[dict[str, str]]:
    """Return one row per tax rate, highest first: its base and the sum of its lines' taxes."""
    rates = by_rate((line.tax_rate, Taxed(line.net_amount, line.tax_amount)) for line in lines)
    return [
        {
            "name": f"{name} {percent(rate, language)}",
            "base": formats.money(sums.net, style),
            "tax": formats.money(sums.tax, style),
        }
        for rate, sums in reversed(rates.items())
    ]


def _phone(number: object) -> str:
    return phones.national(str(number)) if number else ""
