"""What the sheets of cards show. The codes are opened for it and nowhere kept in the open."""

from typing import Any

from django.utils import translation

from ispbill.core import crypto, formats
from ispbill.core.models import Company
from payments.prepaid.models import Voucher, VoucherSheet
from payments.prepaid.rules import voucher_codes

PER_PAGE = {10: (2, 5), 12: (2, 6), 24: (3, 8)}
"""Cards a page → columns and rows."""


def place_of(serial: str) -> str:
    """Return what a card's sealed code is bound to."""
    return f"payments.voucher:{serial}:code"


def context(sheet: VoucherSheet) -> dict[str, Any]:
    """Return the pages of a sheet: cards in rows, in the order of their serials."""
    batch, company = sheet.batch, Company.current()
    with translation.override(sheet.language):
        amount = formats.money(batch.value_amount)
        until = formats.day(batch.valid_until, sheet.language)
    cards = [
        {
            "serial": card.serial,
            "code": voucher_codes.written(
                crypto.unseal(card.sealed_code, context=place_of(card.serial))
            ),
        }
        for card in Voucher.objects.filter(batch=batch).order_by("serial").iterator()
    ]
    columns, rows = PER_PAGE[sheet.per_page]
    size = columns * rows
    package = batch.package
    name = ""
    if package is not None:
        is_local = sheet.language == "bn" and package.local_name
        name = package.local_name if is_local else package.name
    return {
        "company": company,
        "batch": batch,
        "amount": amount,
        "until": until,
        "package": name,
        "language": sheet.language,
        "columns": columns,
        "per_page": sheet.per_page,
        "pages": [
            [page[at : at + columns] for at in range(0, len(page), columns)]
            for page in (cards[start : start + size] for start in range(0, len(cards), size))
        ],
    }
