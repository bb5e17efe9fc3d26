"""Links that open a receipt without signing in: unguessable, and good for as long as the receipt.

Whoever holds one sees what was paid, never by whom. The same receipt has the same link, so that a
document made again is the same document.
"""

from django.conf import settings
from django.core import signing
from django.urls import reverse

_SALT = "payments.receipt"


def token(receipt_number: str) -> str:
    """Return the word that stands in the address."""
    return signing.Signer(salt=_SALT, sep=".").sign_object(receipt_number)


def url(receipt_number: str) -> str:
    """Return the whole address."""
    return settings.PUBLIC_URL + reverse("public_payments:receipt", args=[token(receipt_number)])


def read(word: str) -> str | None:
    """Return the number of the receipt a word opens, or None for one we have not made."""
    try:
        number = signing.Signer(salt=_SALT, sep=".").unsign_object(word)
    except (signing.BadSignature, ValueError):
        return None
    return str(number)
