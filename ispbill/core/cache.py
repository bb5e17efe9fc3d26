"""A cache that may go away: the pages stay, only slower."""

import logging
from collections.abc import Iterable
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

log = logging.getLogger(__name__)

# What reading or writing the cache raises when Redis cannot be reached.
UNREACHABLE = (RedisError, OSError)


class ForgivingRedisCache(RedisCache):
    """Redis, where a lost connection reads as "not there" and a write is forgotten.

    `add` and `incr` still raise: who counts with them must know that nothing was counted.
    """

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        try:
            return super().get(key, default, version)
        except UNREACHABLE as error:
            _missed("get", error)
            return default

    def get_many(self, keys: Iterable[Any], version: int | None = None) -> dict[Any, Any]:
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
        try:
            super().set(key, value, timeout, version)
        except UNREACHABLE as error:
            _missed("set", error)

    def delete(self, key: Any, version: int | None = None) -> bool:
        try:
            return bool(super().delete(key, version))
        except UNREACHABLE as error:
            _missed("delete", error)
            return False


def _missed(operation: str, error: Exception) -> None:
    log.warning("cache not reached", extra={"operation": operation, "error": type(error).__name__})
