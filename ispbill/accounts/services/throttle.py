"""How often somebody may try: five failures per login and twenty per address in fifteen minutes.

An attempt is counted before it is judged, so rivals at the same instant cannot share one count,
and given back when it succeeds. The counters live in the cache and end with their window; while
the cache cannot be reached, the failures in the audit log are counted instead.
"""

import math
import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta

from django.core.cache import cache
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import ngettext

from ispbill.audit.models import AuditEvent
from ispbill.core import crypto
from ispbill.core.cache import UNREACHABLE
from ispbill.core.errors import DomainError

LOGIN_LIMIT = 5
ADDRESS_LIMIT = 20
WINDOW = timedelta(minutes=15)
FAILED = "user.sign_in_failed"

_SECONDS = int(WINDOW.total_seconds())


class TooManyTries(DomainError):
    """The limit is reached; `wait_seconds` says when the next try will be looked at."""

    def __init__(self, wait_seconds: int) -> None:
        self.wait_seconds = max(wait_seconds, 1)
        minutes = math.ceil(self.wait_seconds / 60)
        super().__init__(
            ngettext(
                "Too many attempts. Please try again in %(minutes)d minute.",
                "Too many attempts. Please try again in %(minutes)d minutes.",
                minutes,
            )
            % {"minutes": minutes}
        )


def mark(login: str) -> str:
    """Return the keyed hash under which a login is counted (40 characters)."""
    return crypto.fingerprint(login, purpose="sign-in")[:40]


def count(*, login: str, ip: str, failed: str = FAILED) -> None:
    """Count an attempt; raise TooManyTries when the login or the address has had its share.

    `failed` is the audit action that stands for a failure while the cache cannot be reached.
    """
    try:
        counts = [_bump(key, limit) for key, limit in _keys(login, ip)]
    except UNREACHABLE:
        _count_in_audit_log(login, ip, failed)
        return
    waits = [wait for wait in counts if wait]
    if waits:
        raise TooManyTries(max(waits))


def count_in(limits: Sequence[tuple[str, int]], *, seconds: int | None = None) -> None:
    """Count an attempt under keys of one's own, each with its most in the same time.

    `seconds`: how long that is; a quarter of an hour when it is not said. Raises TooManyTries.
    While the cache cannot be reached nothing is counted or refused.
    """
    try:
        waits = [_bump(f"tries:{key}", limit, seconds) for key, limit in limits]
    except UNREACHABLE:
        return
    if any(waits):
        raise TooManyTries(max(waits))


def take_back(key: str) -> None:
    """Take the last attempt under a key of `count_in` back: it was no failure."""
    with suppress(*UNREACHABLE, ValueError):  # away, or the window has just ended
        cache.decr(f"tries:{key}")


def forgive(*, login: str, ip: str) -> None:
    """Forget the login's failures and take back the address's last attempt: it was the owner."""
    try:
        for key, limit in _keys(login, ip):
            if limit == LOGIN_LIMIT:
                cache.delete_many([key, f"{key}:until"])
            else:
                cache.decr(key)
    except (*UNREACHABLE, ValueError):  # away, or the window has just ended
        return


def is_last(*, login: str) -> bool:
    """Tell whether the attempt just counted was the login's last one (it locks from here)."""
    tries: int | None = cache.get(_keys(login, "")[0][0])
    return tries == LOGIN_LIMIT


def _keys(login: str, ip: str) -> list[tuple[str, int]]:
    keys = [(f"sign-in:login:{mark(login)}", LOGIN_LIMIT)]
    if ip:
        keys.append((f"sign-in:address:{ip}", ADDRESS_LIMIT))
    return keys


def _bump(key: str, limit: int, seconds: int | None = None) -> int:
    """Count one; return 0, or the seconds to wait when that was one too many."""
    seconds = seconds or _SECONDS
    cache.add(key, 0, seconds)
    cache.add(f"{key}:until", time.time() + seconds, seconds)
    try:
        tries = cache.incr(key)
    except ValueError:  # the window ended between the two lines
        cache.set(key, 1, seconds)
        return 0
    if tries <= limit:
        return 0
    until = cache.get(f"{key}:until") or time.time()
    return max(int(until - time.time()), 1)


def _count_in_audit_log(login: str, ip: str, failed: str) -> None:
    recent = AuditEvent.objects.filter(action=failed, recorded_at__gt=Now() - WINDOW)
    with transaction.atomic():
        by_login = recent.filter(target_type="login", target_id=mark(login)).count()
        by_address = recent.filter(Q(ip=ip)).count() if ip else 0
    if by_login >= LOGIN_LIMIT or by_address >= ADDRESS_LIMIT:
        raise TooManyTries(_SECONDS)
