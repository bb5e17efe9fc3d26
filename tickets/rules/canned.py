"""Replies kept for use again: `{name}` and the like are filled in, the rest is as written."""

import re
from collections.abc import Mapping

PLACEHOLDERS = ("name", "number", "ticket", "company", "agent")
_PLACE = re.compile(r"\{([a-z_]+)\}")


def filled(text: str, values: Mapping[str, str]) -> str:
    """Return the text with what is known filled in; what is unknown or empty stays to be seen."""
    return _PLACE.sub(lambda found: values.get(found[1]) or found[0], text)


def empty_places(text: str) -> list[str]:
    """Return the placeholders a text still has: such a text is not sent."""
    return [name for name in _PLACE.findall(text) if name in PLACEHOLDERS]
