"""After a restore nothing goes out until people have reconciled: staff read, all else waits.

A copy is older than the world: messages were sent, money came, lines were switched since. So no
task runs, portals are closed and writes are refused until `restore reconcile release`.
A restore is only made while nobody else is in the database; a process that has found the house
open once need therefore never ask again, and costs no page a query.
"""

import time

from ispbill.core.models import Restoration

_KEPT_SECONDS = 5.0


class _Known:
    is_open = False
    is_held_until = 0.0  # monotonic: so long "held" is good


def is_held() -> bool:
    """Tell whether this installation was restored and is not released yet."""
    if _Known.is_open:
        return False
    if _Known.is_held_until > time.monotonic():
        return True
    if current() is None:
        _Known.is_open = True
        return False
    _Known.is_held_until = time.monotonic() + _KEPT_SECONDS
    return True


def current() -> Restoration | None:
    """Return the restoration that is not released yet."""
    return Restoration.objects.filter(released_at=None).first()


def forget(*, is_open: bool = False) -> None:
    """Ask anew next time; `is_open`: take it for open (tests)."""
    _Known.is_open, _Known.is_held_until = is_open, 0.0
