"""Digits as people type them and as addresses carry them."""

from collections.abc import Iterable

_BANGLA = str.maketrans("০১২৩৪৫৬৭৮৯", "0123456789")
_LARGEST_ID = 2**63 - 1  # of a bigint column
_LONGEST = len(str(_LARGEST_ID))


def latin(text: str) -> str:
    """Return the text with Latin digits for Bangla ones."""
    return text.translate(_BANGLA)


def code(typed: str) -> str:
    """Return a code as it is compared: Latin digits, small letters, no spaces and dashes."""
    return "".join(latin(typed).split()).replace("-", "").lower()


def whole(text: str, *, most: int = 10**9) -> int | None:
    """Return the whole number an address or a hidden field names, 0 to `most`; else None.

    `str.isdigit` alone will not do: it is true of "²", which `int` refuses.
    """
    if not (text.isascii() and text.isdigit() and len(text) <= _LONGEST):
        return None
    number = int(text)
    return number if number <= most else None


def row_ids(texts: Iterable[str]) -> list[int]:
    """Return the ids among what a form or an address names, in its order."""
    return [pk for text in texts if (pk := row_id(text)) is not None]


def row_id(text: str) -> int | None:
    """Return the id of a row that an address or a hidden field names; else None."""
    return whole(text, most=_LARGEST_ID)
