"""A sentence with words that stand out: split where they are, so that a template can draw them."""

import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from customers.queries.page_sources import Part

_PLACE = re.compile(r"%\((\w+)\)s")


def parts(sentence: str, values: Mapping[str, Any]) -> list[Part | str]:
    """Return the sentence's words in order; a `Part` stands out, a list is several of them."""
    found: list[Part | str] = []
    for place, piece in enumerate(_PLACE.split(sentence)):
        value: Any = values.get(piece, "") if place % 2 else piece
        if isinstance(value, list):
            found += value
        elif value:
            found.append(value)
    return found


def plain(words: list[Part | str]) -> str:
    """Return the words without what stands out, for comparing two of them."""
    return "".join(one.text if isinstance(one, Part) else str(one) for one in words)


def by(words: list[Part | str], who: str) -> list[Part | str]:
    """Return a sentence with the person who did it; what the system does needs no name."""
    if who in ("", "system"):
        return [*words, "."]
    return parts(_("%(what)s by %(who)s."), {"what": words, "who": Part(who)})
