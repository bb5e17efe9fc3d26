"""Who has an item of the inbox open: a hint in the cache for less than a minute, and no lock.

Two people may still decide at once; the room that owns the item refuses the second. With the
cache away everybody is told that nobody else is there.
"""

import time
from contextlib import suppress

from django.core.cache import cache

from ispbill.accounts.models import User
from ispbill.core.cache import UNREACHABLE

SECONDS = 40
"""So long somebody is taken to look on after asking last; pages ask every fifteen."""

_Open = dict[int, tuple[str, float, float]]  # by user: name, since when, until when


def look(*, kind: str, item_id: int, user: User) -> str:
    """Note that somebody has an item open; return who had it open before them, "" for nobody."""
    with suppress(*UNREACHABLE):
        now = time.time()
        key, place = f"inbox:open:{kind}:{item_id}", f"inbox:at:{user.pk}"
        _leave(user, cache.get(place), key)
        found = _still(cache.get(key) or {}, now)
        since = found[user.pk][1] if user.pk in found else now
        found[user.pk] = (user.name, since, now + SECONDS)
        cache.set(key, found, SECONDS)
        cache.set(place, key, SECONDS)
        earlier = [(one[1], one[0]) for pk, one in found.items() if pk != user.pk]
        return min(earlier)[1] if earlier and min(earlier)[0] < since else ""
    return ""


def _leave(user: User, before: str | None, key: str) -> None:
    """Take somebody away from the item they had open before this one."""
    if before is None or before == key:
        return
    found = cache.get(before) or {}
    if found.pop(user.pk, None) is not None:
        cache.set(before, found, SECONDS)


def _still(found: _Open, now: float) -> _Open:
    return {pk: one for pk, one in found.items() if one[2] > now}
