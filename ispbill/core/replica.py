"""Pages that only read a lot may be answered by a replica of the database.

Where `DATABASE_REPLICA_URL` names one, a view under `may_serve` reads from it while it is fresh:
its last transaction is at most LAG_SECONDS old, and the person has changed nothing for as long
(or would miss what they just did). Otherwise, and when it does not answer, the primary is read.
A primary on which nothing happens makes its replica look old; then it has time to answer itself.
Who has just changed something is known by the cache: while that is away, a report may be as old as
the lag that is allowed.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from django.conf import settings
from django.core.cache import cache
from django.db import Error, connections
from django.http import HttpResponseBase

LAG_SECONDS = 30
_LOOK_EVERY = 5.0  # seconds
_ALIAS = "replica"
_LAG = "SELECT extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp())"
_looked: dict[str, tuple[float, bool]] = {}  # when it was looked at (monotonic), and what was found

P = ParamSpec("P")
_View = Callable[Concatenate[Any, P], HttpResponseBase]


def may_serve(view: _View[P]) -> _View[P]:
    """Let a view that writes nothing read from the replica. Stands below the guard."""

    @wraps(view)
    def served(request: Any, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if request.method not in {"GET", "HEAD"} or _wrote_lately(request):
            return view(request, *args, **kwargs)
        with reading():
            return view(request, *args, **kwargs)

    return cast(_View[P], served)


@contextmanager
def reading() -> Iterator[bool]:
    """Read from the replica in the block, if there is a fresh one; yield whether it is so.

    Everything of this thread that asks the usual connection asks the replica then, raw statements
    too. Nothing may be written: the replica refuses.
    """
    primary = connections["default"]
    if _ALIAS not in settings.DATABASES or primary.in_atomic_block or not is_fresh():
        yield False
        return
    connections["default"] = connections[_ALIAS]
    try:
        yield True
    finally:
        connections["default"] = primary


def is_fresh() -> bool:
    """Tell whether the replica answers and is not far behind; known for some seconds."""
    at, found = _looked.get(_ALIAS, (0.0, False))
    if time.monotonic() - at > _LOOK_EVERY:
        seconds = lag()
        found = seconds is not None and seconds <= LAG_SECONDS
        _looked[_ALIAS] = (time.monotonic(), found)
    return found


def lag() -> float | None:
    """Return how many seconds the replica is behind; None when it does not answer or is none."""
    try:
        with connections[_ALIAS].cursor() as cursor:
            cursor.execute(_LAG)
            (seconds,) = cursor.fetchone()
    except Error:
        connections[_ALIAS].close()
        return None
    return None if seconds is None else float(seconds)


def wrote(user_id: int) -> None:
    """Note that somebody has changed something: their next pages are the primary's."""
    if _ALIAS in settings.DATABASES:
        cache.set(_key(user_id), True, timeout=LAG_SECONDS)


def _wrote_lately(request: Any) -> bool:
    if _ALIAS not in settings.DATABASES:
        return True
    return bool(cache.get(_key(request.user.pk), False))


def _key(user_id: Any) -> str:
    return f"replica:wrote:{user_id}"
