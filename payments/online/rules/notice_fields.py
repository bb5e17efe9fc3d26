"""What may be shown of a message somebody sent to a gateway's address: no secrets, no long text."""

from __future__ import annotations

import re
from collections.abc import Mapping

from billing.allocation.rules.masking import masked_number

HIDDEN = "•••"
LONGEST = 120
MOST = 40
_SECRET = re.compile(
    r"sign|pass|secret|token|key|pin$|otp|cvv|cvc|hash|auth|sensitive|challenge", re.IGNORECASE
)
_CARD = re.compile(r"(?:\d[ -]?){13,19}")


def shown(fields: Mapping[str, object]) -> list[tuple[str, str]]:
    """Return names and values of a message, in order of name, secrets and card numbers hidden.

    >>> shown({"tran_id": "ORDER1", "verify_sign": "abc", "card": "4111 1111 1111 1111"})
    [('card', '***1111'), ('tran_id', 'ORDER1'), ('verify_sign', '•••')]
    """
    rows = [(name, _value(name, value)) for name, value in sorted(fields.items())[:MOST]]
    return [(name[:LONGEST], value) for name, value in rows if value]


def _value(name: str, value: object) -> str:
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    if not text.strip():
        return ""
    if _SECRET.search(name):
        return HIDDEN
    text = _CARD.sub(lambda found: masked_number(found[0]), text)
    return text if len(text) <= LONGEST else text[:LONGEST] + "…"
