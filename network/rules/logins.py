"""What a user name, a password and the address of a customer's equipment may be made of."""

import re
import unicodedata

MAX_CHARACTERS = 60
_NO_HEX = re.compile(r"[:.\-\s]")
_MAC = re.compile(r"[0-9A-F]{12}")


def has_control_characters(text: str) -> bool:
    """Tell whether a text holds line breaks or other control characters (or half characters).

    Sent to something that is no router, a line break could begin a command of its own.
    """
    return any(unicodedata.category(character) in ("Cc", "Cs") for character in text)


def is_username(text: str) -> bool:
    """Tell whether a router would take it: 1 to 60 characters, no control ones, no outer blanks."""
    return (
        0 < len(text) <= MAX_CHARACTERS
        and text == text.strip()
        and not has_control_characters(text)
    )


def mac_of(text: str) -> str:
    """Return a hardware address as routers write it, however it was typed; "" for none."""
    digits = _NO_HEX.sub("", text).upper()
    if not _MAC.fullmatch(digits):
        return ""
    return ":".join(digits[place : place + 2] for place in range(0, 12, 2))
