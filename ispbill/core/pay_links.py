"""Links that let somebody pay for an account without signing in: short, unguessable, expiring.

A link names an account, perhaps one bill, where it was given, and its last day; 128 bits of keyed
hash make it impossible to invent one. It lets its holder pay and see what is owed, nothing else.
The same facts give the same link, so that a document made again is the same document.
"""

import base64
import hmac
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.conf import settings
from django.urls import reverse
from django.utils.crypto import salted_hmac

_SALT = "ispbill.pay_link"
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
LONGEST = 80


class Source(StrEnum):
    """Where a link was given; its first letter is part of it."""

    LINK = "LINK"
    PORTAL = "PORTAL"
    PAY_PAGE = "PAY_PAGE"


_BY_LETTER = {"l": Source.LINK, "p": Source.PORTAL, "w": Source.PAY_PAGE}
_LETTERS = {source: letter for letter, source in _BY_LETTER.items()}


@dataclass(frozen=True)
class PayLink:
    """What a link says. `until` is its last day, a company date; `invoice_id` 0: the account."""

    customer_id: int
    until: date
    source: Source = Source.LINK
    invoice_id: int = 0

    def token(self) -> str:
        """Return the word that stands in the address."""
        facts = "-".join(
            [
                _LETTERS[self.source],
                _written(self.customer_id),
                _written(self.invoice_id),
                _written(self.until.toordinal()),
            ]
        )
        return f"{facts}-{_mark(facts)}"

    def url(self) -> str:
        """Return the whole address."""
        return settings.PUBLIC_URL + reverse("public_payments:pay", args=[self.token()])


def read(token: str) -> PayLink | None:
    """Return what a link says, or None when we have not made it. Its day may be over."""
    facts, rest = _split(token)
    if len(token) > LONGEST or not hmac.compare_digest(_mark(facts).encode(), rest.encode()):
        return None
    letter, customer, invoice, day = facts.split("-")
    return PayLink(
        customer_id=int(customer, 36),
        until=date.fromordinal(int(day, 36)),
        source=_BY_LETTER[letter],
        invoice_id=int(invoice, 36),
    )


def _split(token: str) -> tuple[str, str]:
    """Split at the fourth hyphen: the mark itself may hold some."""
    parts = token.split("-", 4)
    return "-".join(parts[:4]), parts[4] if len(parts) == 5 else ""


def _mark(facts: str) -> str:
    digest = salted_hmac(_SALT, facts, algorithm="sha256").digest()[:16]
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _written(number: int) -> str:
    written = ""
    while number:
        number, digit = divmod(number, 36)
        written = _DIGITS[digit] + written
    return written or "0"
