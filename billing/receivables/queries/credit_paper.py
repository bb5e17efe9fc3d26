"""What a credit note's PDF and print page show: frozen texts, ready to be laid out."""

from decimal import Decimal

from billing.invoices.models import CreditNote, CreditNoteLine
from billing.invoices.queries import partner_brand
from billing.invoices.queries.invoice_paper import percent, style_of, taxes
from billing.invoices.rules import credit_words, document_words, line_words
from ispbill.core import formats, phones
from ispbill.core.formats import Style


def context(note_id: int, language: str) -> dict[str, object]:
    """Return the words and amounts of a credit note. Raises CreditNote.DoesNotExist."""
    note = CreditNote.objects.select_related("seller", "invoice").get(pk=note_id)
    seller = dict(note.seller.data)
    style = style_of(seller, language)
    lines = list(note.lines.order_by("pk"))
    phone = note.buyer.get("phone", "")

    def money(amount: Decimal) -> str:
        return formats.money(amount, style)

    return {
        "language": language,
        "second_language": "en" if language == "bn" else "bn",
        "w": document_words.words(language),
        "seller": seller,
        "partner": partner_brand.of(note.customer_id, note.issued_on),
        "title": "write_off" if note.is_write_off else "credit_note",
        "number": note.number,
        "invoice_number": note.invoice.number,
        "invoice_issued_on": formats.day(note.invoice.issued_on or note.issued_on, language),
        "issued_on": formats.day(note.issued_on, language),
        "buyer": {**note.buyer, "phone": phones.national(str(phone)) if phone else ""},
        "lines": [_line(line, language, style) for line in lines],
        "taxes": taxes(lines, str(seller.get("tax_name", "")), style, language),
        "subtotal": money(note.net_amount),
        "total": money(note.total_amount),
        "reason": credit_words.sentence(note.cause, note.reason, language),
        "in_words": formats.amount_in_words(note.total_amount, note.currency, language),
        "in_words_second": formats.amount_in_words(
            note.total_amount, note.currency, "en" if language == "bn" else "bn"
        ),
    }


def _line(line: CreditNoteLine, language: str, style: Style) -> dict[str, str]:
    return {
        "description": line.description,
        "days": formats.period(line.days.lower, line.days.upper, language) if line.days else "",
        "reason": line_words.reason(line.explanation, language, style),
        "rate": percent(line.tax_rate, language),
        "amount": formats.money(line.net_amount, style),
    }
