"""The speed a queue on a router sells, in whole Mbit/s."""

from network.rules import rate_limit

_MEGABIT = 1_000_000


def speed_of(limit: str) -> tuple[int, int] | None:
    """Return (upload, download) of a queue's limit; None for none and for odd ones."""
    try:
        upload, download = rate_limit.both(limit)
    except ValueError:
        return None
    if not (upload and download) or upload % _MEGABIT or download % _MEGABIT:
        return None
    return upload // _MEGABIT, download // _MEGABIT
