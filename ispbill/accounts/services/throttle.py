"""How often somebody may try: five failures per login and twenty per address in fifteen minutes.

An attempt is counted before it is judged, so rivals at the same instant cannot share one count,
and given back when it succeeds. The counters live in the cache and end with their window; while
the cache cannot be reached, the database counts: failed sign-ins in the audit log, the rest in
`services.attempts`. An address of IPv6 is its /64: whoever has one of its addresses has them all.
"""

import math
import time
from collections.abc import Sequence
from datetime import timedelta
from ipaddress import IPv4Address, IPv6Network, ip_address, ip_network

from django.core.cache import cache
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import ngettext

from ispbill.accounts.services import attempts
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


def network(ip: str) -> str:
    """Return what is counted as one visitor's address: an IPv4 address, or the /64 of an IPv6 one.

    "" stays "": there is no address on a unix socket.
    """
    if not ip:
        return ""
    address = ip_address(ip)
    if isinstance(address, IPv4Address):
        return str(address)
    return str(IPv6Network((int(address), 64), strict=False))


def count(*, login: str, ip: str, failed: str = FAILED) -> None:
    """Count an attempt; raise TooManyTries when the login or the address has had its share.

    `failed` is the audit action of a failure: what has one of its own is counted for itself.
    """
    try:
        waits = [_bump_in_cache(key, limit, _SECONDS)[1] for key, limit in _keys(login, ip, failed)]
    except UNREACHABLE:
        _count_in_audit_log(login, ip, failed)
        return
    if any(waits):
        raise TooManyTries(max(waits))


def count_in(limits: Sequence[tuple[str, int]], *, seconds: int | None = None) -> list[int]:
    """Count an attempt under keys of one's own, each with its most in the same time.

    `seconds`: how long that is; a quarter of an hour when it is not said. Returns how many there
    are now under each key. Raises TooManyTries.
    """
    counts = [_bump(f"tries:{key}", limit, seconds or _SECONDS) for key, limit in limits]
    waits = [wait for _tries, wait in counts]
    if any(waits):
        raise TooManyTries(max(waits))
    return [tries for tries, _wait in counts]


def take_back(key: str) -> None:
    """Take the last attempt under a key of `count_in` back: it was no failure."""
    try:
        cache.decr(f"tries:{key}")
    except ValueError:  # the window has just ended
        return
    except UNREACHABLE:
        attempts.take_back(f"tries:{key}")


def used(key: str) -> int:
    """Return how many attempts are counted now under a key of `count_in`."""
    try:
        return cache.incr(f"tries:{key}", 0)  # `get` would forgive that nobody answers
    except ValueError:
        return 0
    except UNREACHABLE:
        return attempts.used(f"tries:{key}")


def forgive(*, login: str, ip: str, failed: str = FAILED) -> None:
    """Forget the login's failures and take back the address's last attempt: it was the owner."""
    try:
        for key, limit in _keys(login, ip, failed):
            if limit == LOGIN_LIMIT:
                cache.delete_many([key, f"{key}:until"])
            else:
                cache.decr(key)
    except (*UNREACHABLE, ValueError):  # away, or the window has just ended
        return


def is_last(*, login: str) -> bool:
    """Tell whether the attempt just counted was the login's last one (it locks from here)."""
    tries: int | None = cache.get(_keys(login, "", FAILED)[0][0])
    return tries == LOGIN_LIMIT


def _keys(login: str, ip: str, failed: str) -> list[tuple[str, int]]:
    keys = [(f"{failed}:login:{mark(login)}", LOGIN_LIMIT)]
    if ip:
        keys.append((f"{failed}:address:{network(ip)}", ADDRESS_LIMIT))
    return keys


def _bump(key: str, limit: int, seconds: int) -> tuple[int, int]:
    """Count one; return how many there are and, when that is one too many, the seconds to wait."""
    try:
        return _bump_in_cache(key, limit, seconds)
    except UNREACHABLE:
        tries, wait = attempts.count(key, seconds=seconds)
        return tries, wait if tries > limit else 0


def _bump_in_cache(key: str, limit: int, seconds: int) -> tuple[int, int]:
    cache.add(key, 0, seconds)
    cache.add(f"{key}:until", time.time() + seconds, seconds)
    try:
        tries = cache.incr(key)
    except ValueError:  # the window ended between the two lines
        cache.set(key, 1, seconds)
        return 1, 0
    if tries <= limit:
        return tries, 0
    until = cache.get(f"{key}:until") or time.time()
    return tries, max(int(until - time.time()), 1)


def _count_in_audit_log(login: str, ip: str, failed: str) -> None:
    recent = AuditEvent.objects.filter(action=failed, recorded_at__gt=Now() - WINDOW)
    with transaction.atomic():
        by_login = recent.filter(target_type="login", target_id=mark(login)).count()
        by_address = recent.filter(_from(ip)).count() if ip else 0
    if by_login >= LOGIN_LIMIT or by_address >= ADDRESS_LIMIT:
        raise TooManyTries(_SECONDS)


def _from(ip: str) -> Q:
    ends = ip_network(network(ip))
    return Q(ip__gte=str(ends[0]), ip__lte=str(ends[-1]))
