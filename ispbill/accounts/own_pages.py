"""Pages a person keeps at hand: the pinned ones, and those looked at last.

Pins are part of the person's preferences. What was looked at lives in the cache alone: it is a
convenience, never written to the database by reading a page, and gone when the cache is.
"""

from typing import Any

from django.core.cache import cache

MOST_PINNED = 4
MOST_SHOWN = 4
_KEPT = 8
_SECONDS = 14 * 24 * 3600

Page = dict[str, str]


def pinned(user: Any) -> list[Page]:
    """Return the person's pins, oldest first: `label` and `url` each."""
    return list(user.preferences.get("pins", []))


def recent(user: Any) -> list[Page]:
    """Return what the person looked at, latest first."""
    return list(cache.get(_key(user), []))


def looked_at(user: Any, *, label: str, url: str) -> None:
    """Remember that the person opened a page."""
    pages = recent(user)
    page = {"label": label, "url": url}
    if pages[:1] == [page]:
        return
    others = [one for one in pages if one["url"] != url]
    cache.set(_key(user), [page, *others][:_KEPT], _SECONDS)


def _key(user: Any) -> str:
    return f"looked-at:{user.pk}"
