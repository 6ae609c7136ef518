"""The cache in Redis, and the memory of the process for as long as Redis is gone.

Nobody shall notice on a page, nor at the sign-in, that a Redis is being restarted. What is lost meanwhile is what a
cache may lose, and rate limits are counted by each process alone.
"""

import logging
import time
from collections.abc import Callable
from functools import cached_property
from typing import Any, override

from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis.exceptions import ConnectionError as UnreachableError
from redis.exceptions import TimeoutError as TooSlowError

logger = logging.getLogger(__name__)

RESTS_FOR = 15.0
"""Seconds in which Redis is not asked again after it did not answer: who looks at a page waits for it once, if at
all."""


class _Either:
    """Every question of a ``RedisCacheClient``, answered by Redis or else by the memory, which takes the same ones."""

    def __init__(self, redis: RedisCacheClient, memory: LocMemCache) -> None:
        self._redis, self._memory = redis, memory

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def ask(*args: Any, **options: Any) -> Any:  # noqa: ANN401  (whatever is kept)
            if time.monotonic() >= Cache.rests_until:
                try:
                    return getattr(self._redis, name)(*args, **options)
                except (UnreachableError, TooSlowError) as error:
                    Cache.rests_until = time.monotonic() + RESTS_FOR
                    logger.warning("Redis cannot be reached, so the cache is this process alone: %s", error)
            return getattr(self._memory, name)(*args, **options)

        return ask


class Cache(RedisCache):
    """Django's, with ``ping`` to find out whether Redis answers."""

    rests_until = 0.0
    """For the whole process: each of its threads has a cache of its own."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._client = RedisCacheClient([server], **params.get("OPTIONS", {}))

    @cached_property
    @override
    def _cache(self) -> Any:
        return _Either(self._client, LocMemCache("while Redis is gone", {}))

    def ping(self) -> None:
        """Raises where Redis does not answer."""
        self._client.get_client().ping()
