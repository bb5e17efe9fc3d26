"""The public's picture, kept beside the database so that it is there when the database is not."""

from datetime import datetime
from typing import Any

from django.core.cache import cache
from django.db import DatabaseError, transaction

from ispbill.core import statements
from network.outages.queries import public

_KEY, _FRESH = "outages:public", "outages:public:fresh"
FRESH_SECONDS = 30
_KEPT_SECONDS = 7 * 86_400
_PATIENCE_MS = 2_000


def picture(*, at: datetime) -> tuple[dict[str, Any], bool]:
    """Return what is shown, and whether it is older than it should be.

    A fresh one costs no statement. A database that is away or slow is given two seconds; then the
    last picture stays, with its hour.
    """
    kept: dict[str, Any] | None = cache.get(_KEY)
    if kept is not None and cache.get(_FRESH):
        return kept, False
    try:
        return publish(at=at), False
    except DatabaseError:
        if kept is None:
            raise
        return kept, True


def publish(*, at: datetime) -> dict[str, Any]:
    """Take a new picture and keep it; moments are those of the business clock."""
    with transaction.atomic():
        statements.run("SELECT set_config('statement_timeout', %s, true)", [str(_PATIENCE_MS)])
        made = public.snapshot(at=at)
        statements.run("SELECT set_config('statement_timeout', '0', true)")
    cache.set(_KEY, made, timeout=_KEPT_SECONDS)
    cache.set(_FRESH, 1, timeout=FRESH_SECONDS)
    return made


def last() -> dict[str, Any] | None:
    """Return the last picture, however old."""
    kept: dict[str, Any] | None = cache.get(_KEY)
    return kept


def forget() -> None:
    """Let the next visitor see what has just changed; the old picture stays for bad times."""
    cache.delete(_FRESH)
