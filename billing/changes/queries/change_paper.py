"""What "Why did my bill change" shows of a package change: every amount with its days."""

from decimal import Decimal
from typing import Any

from billing.changes.rules.package_change import Quote
from billing.invoices.models import CreditNote, SellerText
from billing.invoices.queries.invoice_paper import style_of
from billing.invoices.rules import credit_words, document_words, line_words
from billing.pricing.models import PackageChange
from ispbill.core import formats, phones
from ispbill.core.formats import Style


def context(change_id: int, language: str) -> dict[str, object]:
    """Return the words and amounts of a change carried out. Raises PackageChange.DoesNotExist."""
    change = PackageChange.objects.select_related("customer", "invoice__seller").get(
        pk=change_id, status=PackageChange.Status.APPLIED
    )
    quote, frozen = change.quote, _seller(change)
    style = style_of(frozen, language)
    cause = credit_words.package_changed(
        was=quote["from"], becomes=quote["to"], on=change.effective_on
    )

    def money(key: str, side: str) -> str:
        return formats.money(Decimal(quote[side][key]), style)

    return {
        "language": language,
        "second_language": "en" if language == "bn" else "bn",
        "w": document_words.words(language),
        "seller": frozen,
        "customer": {
            "name": change.customer.name,
            "number": change.customer.number,
            "phone": phones.national(change.customer.phone),
        },
        "sentence": credit_words.sentence(cause, "", language),
        "day": formats.day(change.effective_on, language),
        "credits": [_row(one, quote, "from", language, style) for one in quote["credits"]],
        "charges": [
            _row(one, quote, "from" if one["is_old"] else "to", language, style)
            for one in quote["charges"]
        ],
        "credit": {key: money(key, "credit") for key in ("net", "tax", "total")},
        "charge": {key: money(key, "charge") for key in ("net", "tax", "total")},
        "now": {key: money(key, "now") for key in ("net", "tax", "total")},
        "is_back": Decimal(quote["now"]["total"]) < 0,
        "next_days": _days(quote["next"], language),
        "next_total": money("total", "next"),
        "invoice": change.invoice.number if change.invoice else "",
        "credit_notes": list(change.credit_notes),
    }


def _seller(change: PackageChange) -> dict[str, object]:
    """Return the company as it stands on the change's invoice, a credit note of it, or now."""
    if change.invoice is not None and change.invoice.seller is not None:
        return dict(change.invoice.seller.data)
    notes = CreditNote.objects.filter(number__in=change.credit_notes, customer=change.customer)
    note = notes.select_related("seller").first()
    newest = note.seller if note is not None else SellerText.objects.order_by("-pk").first()
    return dict(newest.data) if newest is not None else {}


def _row(
    one: dict[str, Any], quote: Quote, side: str, language: str, style: Style
) -> dict[str, object]:
    names = quote[side]
    local = names["local_name"] if language == "bn" else ""
    return {
        "name": local or names["name"],
        "days": _days(one, language),
        "reason": line_words.reason(one["explanation"], language, style),
        **{key: formats.money(Decimal(one[key]), style) for key in ("net", "tax", "total")},
    }


def _days(one: dict[str, Any], language: str) -> str:
    return line_words.days_of(one, language)
