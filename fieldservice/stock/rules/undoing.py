"""Which moves of stock may be undone by one that runs back."""

from __future__ import annotations

# Sales and replacements are charged: a credit note, then a return. A count has its own approval,
# and what is on the way is accepted or goes back.
CAN_BE_UNDONE = frozenset(
    {"RECEIVED", "MOVED", "LENT", "INCLUDED", "FREE", "USED", "RETURNED", "SCRAPPED", "FOUND"}
)


def may_be(why: str, *, source: str, target: str) -> bool:
    """Tell whether a move of this kind, between places of these kinds, may be undone."""
    return why in CAN_BE_UNDONE and "TRANSIT" not in {source, target}
