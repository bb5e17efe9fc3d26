"""When two accounts look like the same household or person; pure."""

from __future__ import annotations

import re

from customers.rules import spelling

_NOISE = {"md", "mohammad", "mohammed", "muhammad", "mr", "mrs", "ms", "dr", "house", "road",
          "flat", "block", "sector", "h", "r", "no"}  # fmt: skip


def name_key(name: str) -> str:
    """Return a name without titles, marks and order: the words sorted, lower case."""
    words = re.findall(r"\w+", name.lower())
    return " ".join(sorted(word for word in words if word not in _NOISE)) or name.lower().strip()


def address_key(address: str) -> str:
    """Return an address without punctuation and filler words: `House 12, Road 3` → `12 3`."""
    return " ".join(word for word in re.findall(r"\w+", address.lower()) if word not in _NOISE)


def same_name(first: str, second: str) -> bool:
    """Tell whether two names differ by no more than spelling."""
    one, other = name_key(first), name_key(second)
    return one == other or spelling.distance(one, other) <= spelling.tolerance(
        min(one, other, key=len)
    )
