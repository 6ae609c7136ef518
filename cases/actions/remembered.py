"""What every turn at a case needs and hardly anybody changes, kept ready in the memory of each process.

The cache, which all processes share, holds one word for each such thing. As long as the word stands, what a process has
loaded under it is true; ``forget`` takes it away, and everybody loads anew. Asking for the word takes longer than most
queries, so a process asks every other second only. Limit: another process may therefore hear of a change two seconds
late, and some minutes late where nobody said ``forget``.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django.core.cache import cache
from redis.exceptions import RedisError

if TYPE_CHECKING:
    from collections.abc import Callable

logger = logging.getLogger(__name__)

_KEPT_FOR = 300
_TRUSTED_FOR = 2
"""Seconds."""


@dataclass(slots=True)
class _Kept:
    """A value, the word under which it was loaded, and until when nobody need ask for the word."""

    value: Any
    word: str
    trusted_until: float


_kept: dict[str, _Kept] = {}


def remembered[T](name: str, load: Callable[[], T]) -> T:
    """What ``load`` gave the last time, if nobody has said ``forget`` since.

    The word is there before the loading begins, and is asked for once more after it: whatever is forgotten meanwhile is
    loaded again.
    """
    key, now = cache.make_key(name), monotonic()
    kept = _kept.get(key)
    if kept is None or kept.trusted_until <= now:
        word = _word(name)
        if word is None:
            kept = _kept[key] = _Kept(load(), "", now + _TRUSTED_FOR)
        elif kept is None or kept.word != word:
            kept = _kept[key] = _Kept(load(), word, now)
        else:
            kept.trusted_until = now + _TRUSTED_FOR
    value: T = kept.value
    return value


def forget(name: str) -> None:
    try:
        cache.delete(name)
    except RedisError as error:
        logger.warning("The cache cannot be reached, so others may hear of a change some minutes late: %s", error)
    _kept.pop(cache.make_key(name), None)


def _word(name: str) -> str | None:
    try:
        return str(cache.get_or_set(name, lambda: uuid4().hex, _KEPT_FOR))
    except RedisError as error:
        logger.warning("The cache cannot be reached, so the database is asked instead: %s", error)
        return None
