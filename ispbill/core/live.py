"""What has changed, told to whoever is looking: one stamp in Valkey for each thing that did.

A change tells the accounts (customers' ids) it belongs to and a word for what it is (the first one
of its line in the audit trail: `payment`, `invoice`). Both are published after the commit, together
and once a transaction; pages ask for the stamps of what they show (`ispbill.portals.queries.live`).

Nothing that matters lives here. With Valkey away nothing is published and the write goes on as
ever; pages then read themselves again every minute (docs/adr/0052).
"""

import threading
import time
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.db import connection, transaction

from ispbill.core.cache import UNREACHABLE

KEPT_SECONDS = 3600
"""So long a stamp is known; who asks for older news is told that everything is new."""

_MOST = 200  # accounts of one transaction that are told one by one; more are told as "everybody"
_AWAY_SECONDS = 5.0  # a Valkey that hangs is left alone for a while, not waited for at each write
_EPOCH = "live:epoch"
_EVERY_ACCOUNT = "live:every-account"

_away = {"until": 0.0}
_telling = threading.local()


@dataclass(frozen=True)
class Stamps:
    """Stamps as they are now; another `epoch` means that earlier ones were lost."""

    epoch: str
    by_key: dict[str, int]


def word_key(word: str) -> str:
    """Return the key of a word of the trail."""
    return f"live:{word}"


def account_keys(customer_id: int) -> tuple[str, ...]:
    """Return the keys that tell of one customer's account."""
    return f"live:account:{customer_id}", _EVERY_ACCOUNT


def changed(*words: str, accounts: Iterable[int | None] = ()) -> None:
    """Tell, once the surrounding transaction is safely saved, that these have changed.

    Costs no statement, and never fails or delays the write it tells of.
    """
    telling = _of_this_transaction()
    telling.words.update(words)
    telling.accounts.update(pk for pk in accounts if pk is not None)
    if not connection.in_atomic_block:
        telling()


def stamps(keys: Iterable[str]) -> Stamps | None:
    """Return the stamps of these keys (0: none), in one question; None while Valkey is away."""
    if time.monotonic() < _away["until"]:
        return None
    wanted = list(keys)
    found = cache.get_many([_EPOCH, *wanted])
    epoch = found.get(_EPOCH) or _new_epoch()
    if not epoch:
        return None
    return Stamps(str(epoch), {key: int(found.get(key, 0)) for key in wanted})


class _Telling:
    """What one transaction has changed so far; called by its commit."""

    def __init__(self) -> None:
        self.hooks: list[Any] = connection.run_on_commit
        self.savepoints = list(connection.savepoint_ids)
        self.words: set[str] = set()
        self.accounts: set[int] = set()

    def is_open(self) -> bool:
        """Tell whether more may be added: the same transaction, and the same savepoint of it.

        Django hangs up a new list of hooks with each commit and rollback; a savepoint that is
        undone takes what was told in it along.
        """
        return self.hooks is connection.run_on_commit and self.savepoints == list(
            connection.savepoint_ids
        )

    def __call__(self) -> None:
        _telling.last = None
        _publish(self.words, self.accounts)


def _of_this_transaction() -> _Telling:
    last: _Telling | None = getattr(_telling, "last", None)
    if last is not None and connection.in_atomic_block and last.is_open():
        return last
    telling = _Telling()
    if connection.in_atomic_block:
        transaction.on_commit(telling, robust=True)
        _telling.last = telling
    return telling


def _publish(words: set[str], accounts: set[int]) -> None:
    if time.monotonic() < _away["until"]:
        return
    keys = {word_key(word) for word in words}
    if accounts:
        keys.add(word_key("accounts"))
    if len(accounts) > _MOST:
        keys.add(_EVERY_ACCOUNT)
    else:
        keys.update(account_keys(pk)[0] for pk in accounts)
    if not keys:
        return
    lost = cache.set_many(dict.fromkeys(keys, time.time_ns()), timeout=KEPT_SECONDS)
    if lost:
        _away["until"] = time.monotonic() + _AWAY_SECONDS


def _new_epoch() -> str:
    """Begin a new epoch, or find the one another process has just begun; "" while away."""
    try:
        cache.add(_EPOCH, uuid.uuid4().hex[:12], timeout=None)
        return str(cache.get(_EPOCH, ""))
    except UNREACHABLE:
        _away["until"] = time.monotonic() + _AWAY_SECONDS
        return ""
