"""A cache that may go away: the pages stay, only slower."""

import logging
import time
from collections.abc import Iterable
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from django.db import connection
from redis.exceptions import RedisError

from ispbill.core.silence import Silence

log = logging.getLogger(__name__)

# What reading or writing the cache raises when Redis cannot be reached.
UNREACHABLE = (RedisError, OSError)


def key_of_database(key: str, prefix: str, version: int) -> str:
    """Return the name a key is kept under: what is remembered is of one database.

    A copy that is proved beside the house neither reads what the house remembers nor leaves it
    something to remember.
    """
    return f"{prefix}:{connection.settings_dict['NAME']}:{version}:{key}"


class KeptClient(RedisCacheClient):
    """One client to read and one to write: making one takes longer than asking Redis.

    A client holds nothing but the pool, which itself is safe among threads and after a fork.
    There is one server; with replicas a kept client would always ask the same one.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._kept: dict[bool, Any] = {}

    def get_client(self, key: Any = None, *, write: bool = False) -> Any:
        if write not in self._kept:
            self._kept[write] = super().get_client(key, write=write)
        return self._kept[write]


class ForgivingRedisCache(RedisCache):
    """Redis, where a lost connection reads as "not there" and a write is forgotten.

    `add`, `incr` and `touch` still raise: code that counts with them must know that nothing was
    counted.
    """

    def __init__(self, server: Any, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = KeptClient

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        if _silence.lasts:
            return default
        try:
            return super().get(key, default, version)
        except UNREACHABLE as error:
            _missed("get", error)
            return default

    def get_many(self, keys: Iterable[Any], version: int | None = None) -> dict[Any, Any]:
        if _silence.lasts:
            return {}
        try:
            return dict(super().get_many(keys, version))
        except UNREACHABLE as error:
            _missed("get_many", error)
            return {}

    def set(
        self,
        key: Any,
        value: Any,
        timeout: float | None = DEFAULT_TIMEOUT,
        version: int | None = None,
    ) -> None:
        if _silence.lasts:
            return
        try:
            super().set(key, value, timeout, version)
        except UNREACHABLE as error:
            _missed("set", error)

    def has_key(self, key: Any, version: int | None = None) -> bool:
        """Tell whether the key is there; a new session asks, and is begun without a cache too."""
        if _silence.lasts:
            return False
        try:
            return bool(super().has_key(key, version))
        except UNREACHABLE as error:
            _missed("has_key", error)
            return False

    def delete(self, key: Any, version: int | None = None) -> bool:
        try:
            return bool(super().delete(key, version))
        except UNREACHABLE as error:
            _missed("delete", error)
            return False

    def set_many(
        self, data: Any, timeout: float | None = DEFAULT_TIMEOUT, version: int | None = None
    ) -> list[Any]:
        if _silence.lasts:
            return list(data)
        try:
            return list(super().set_many(data, timeout, version))
        except UNREACHABLE as error:
            _missed("set_many", error)
            return list(data)

    def delete_many(self, keys: Iterable[Any], version: int | None = None) -> None:
        try:
            super().delete_many(keys, version)
        except UNREACHABLE as error:
            _missed("delete_many", error)


_silence = Silence(2.0)
_QUIET_SECONDS = 10.0
_told = {"at": -_QUIET_SECONDS}


def _missed(operation: str, error: Exception) -> None:
    """Say it, though not at every one of the many times a page asks.

    One that does not answer is not waited for again for a while, since a page asks many times;
    only what is to be forgotten is tried each time.
    """
    _silence.after(error)
    now = time.monotonic()
    if now - _told["at"] < _QUIET_SECONDS:
        return
    _told["at"] = now
    log.warning("cache not reached", extra={"operation": operation, "error": type(error).__name__})
