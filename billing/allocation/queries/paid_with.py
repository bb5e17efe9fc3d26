"""How a payment was made, in words for people: the one place that names it.

Pages, receipts, papers and messages ask here; codes of methods and of gateways go no further.
"""

from django.utils import translation
from django.utils.translation import gettext as _

from billing.allocation.models import Payment
from billing.allocation.rules import instruments


def of(payment: Payment, *, language: str | None = None) -> str:
    """Return it for a payment; one nobody received by hand carries its instrument as its note."""
    instrument = payment.note if payment.received_by_id is None else ""
    return words(payment.method, instrument, language=language)


def words(method: str, instrument: str = "", *, language: str | None = None) -> str:
    """Return `bKash`, `Bank transfer` or `Visa card (Dutch Bangla)`; "" where nothing was paid.

    `method` is of `Payment.Method`, `instrument` as the gateway wrote it; `language` is that of
    the reader, when it is not the page's own.
    """
    if language is not None:
        with translation.override(language):
            return words(method, instrument)
    if method not in Payment.Method.values:
        return ""
    if method not in (Payment.Method.CARD, Payment.Method.WALLET):
        return str(Payment.Method(method).label)
    known = instruments.read(instrument)
    if known.wallet:
        return known.wallet
    if not known.card:
        return str(Payment.Method(method).label)
    card = known.card if "card" in known.card else _("%(brand)s card") % {"brand": known.card}
    return f"{card} ({known.bank})" if known.bank else card
