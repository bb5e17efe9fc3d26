"""What a PPPoE user name and password may be made of."""

import unicodedata

MAX_CHARACTERS = 60


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
