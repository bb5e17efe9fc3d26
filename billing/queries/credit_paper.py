"""What a credit note's PDF and print page show: frozen texts, ready to be laid out."""

from decimal import Decimal

from billing.models import CreditNote, CreditNoteLine
from billing.queries.invoice_paper import percent, style_of
from billing.rules import credit_words, document_words, line_words
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
        "title": "write_off" if note.is_write_off else "credit_note",
        "number": note.number,
        "invoice_number": note.invoice.number,
        "invoice_issued_on": formats.day(note.invoice.issued_on or note.issued_on, language),
        "issued_on": formats.day(note.issued_on, language),
        "buyer": {**note.buyer, "phone": phones.national(str(phone)) if phone else ""},
        "lines": [_line(line, language, style) for line in lines],
        "taxes": _taxes(lines, str(seller.get("tax_name", "")), style, language),
        "subtotal": money(note.net_amount),
        "total": money(note.total_amount),
        "reason": credit_words.sentence(note.cause, note.reason, language),
        "in_words": _in_words(note, language),
        "in_words_second": _in_words(note, "en" if language == "bn" else "bn"),
    }


def _line(line: CreditNoteLine, language: str, style: Style) -> dict[str, str]:
    return {
        "description": line.description,
        "days": formats.period(line.days.lower, line.days.upper, language) if line.days else "",
        "reason": line_words.reason(line.explanation, language, style),
        "rate": percent(line.tax_rate, language),
        "amount": formats.money(line.net_amount, style),
    }


def _taxes(
    lines: list[CreditNoteLine], name: str, style: Style, language: str
) -> list[dict[str, str]]:
    rates: dict[Decimal, tuple[Decimal, Decimal]] = {}
    for line in lines:
        net, tax = rates.get(line.tax_rate, (Decimal(0), Decimal(0)))
        rates[line.tax_rate] = (net + line.net_amount, tax + line.tax_amount)
    return [
        {
            "name": f"{name} {percent(rate, language)}",
            "base": formats.money(net, style),
            "tax": formats.money(tax, style),
        }
        for rate, (net, tax) in sorted(rates.items(), reverse=True)
    ]


def _in_words(note: CreditNote, language: str) -> str:
    try:
        return formats.amount_in_words(note.total_amount, note.currency, language)
    except ValueError:  # a currency whose words we do not know
        return ""
