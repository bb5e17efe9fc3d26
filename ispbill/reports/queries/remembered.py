"""Figures that are slow to reckon are kept for a while; quick ones are always fresh.

A small company never sees an old figure; at a million customers a dashboard opened by twenty
people costs one reckoning.
"""

import time
from collections.abc import Callable
from typing import TypeVar

from django.core.cache import cache

Figure = TypeVar("Figure")
SLOW_SECONDS = 0.25
KEPT_PER_SECOND = 120  # a figure that took two seconds is kept for four minutes


def remembered(key: str, reckon: Callable[[], Figure]) -> Figure:
    """Return the figure under `key`, reckoned now unless a slow reckoning of it is at hand."""
    name = f"reports:{key}"
    found: Figure | None = cache.get(name)
    if found is not None:
        return found
    begun = time.monotonic()
    figure = reckon()
    took = time.monotonic() - begun
    if took > SLOW_SECONDS:
        cache.set(name, figure, timeout=int(took * KEPT_PER_SECOND))
    return figure
