"""How many parts a text message has, and so what it costs.

Sources: 3GPP TS 23.038 (7-bit default alphabet and its extension table), TS 23.040 (the six-octet
concatenation header leaves 153 septets or 67 UCS-2 units for each part).
"""

from dataclasses import dataclass
from typing import Literal

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("\f^{}\\[~]|€")  # an escape before each: two septets

_GSM_SINGLE, _GSM_PART = 160, 153
_UCS_SINGLE, _UCS_PART = 70, 67


@dataclass(frozen=True)
class Parts:
    """What a text is made of when it is sent as SMS."""

    encoding: Literal["GSM-7", "UCS-2"]
    characters: int
    """Units that count: septets, or UTF-16 code units (an emoji is two)."""
    parts: int


def parts(text: str) -> Parts:
    """Count the parts of an SMS; an empty text has none. One Bangla letter makes it UCS-2."""
    if all(letter in _BASIC or letter in _EXTENDED for letter in text):
        widths = [2 if letter in _EXTENDED else 1 for letter in text]
        return Parts("GSM-7", sum(widths), _packed(widths, _GSM_SINGLE, _GSM_PART))
    widths = [2 if ord(letter) > 0xFFFF else 1 for letter in text]
    return Parts("UCS-2", sum(widths), _packed(widths, _UCS_SINGLE, _UCS_PART))


def foreign_letters(text: str) -> str:
    """Return the letters outside the 7-bit alphabet, once each in order of appearance."""
    return "".join(dict.fromkeys(c for c in text if c not in _BASIC and c not in _EXTENDED))


def _packed(widths: list[int], single: int, part: int) -> int:
    """Fill part after part; a letter of two units is never cut in half."""
    if sum(widths) <= single:
        return 1 if widths else 0
    count, room = 1, part
    for width in widths:
        if width > room:
            count, room = count + 1, part
        room -= width
    return count
