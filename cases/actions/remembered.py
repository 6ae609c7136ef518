"""What every turn at a case needs and hardly anybody changes, kept ready in the memory of each process.

The cache, which all processes share, holds one word for each such thing. As long as the word stands, what a process has
loaded under it is true; ``forget`` takes it away, and every process loads anew at its next question. Limit: some
minutes, after which everything is loaded anew in any case.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django.core.cache import cache

if TYPE_CHECKING:
    from collections.abc import Callable

_KEPT_FOR = 300
_kept: dict[str, tuple[str, Any]] = {}


def remembered[T](key: str, load: Callable[[], T]) -> T:
    """What ``load`` gave the last time, if nobody has said ``forget`` since.

    The word is there before the loading begins: whatever is forgotten meanwhile is loaded again.
    """
    word: str | None = cache.get(key)
    kept = _kept.get(key)
    if word is not None and kept is not None and kept[0] == word:
        value: T = kept[1]
        return value
    if word is None:
        word = cache.get_or_set(key, lambda: uuid4().hex, _KEPT_FOR)
    value = load()
    _kept[key] = (str(word), value)
    return value


def forget(key: str) -> None:
    cache.delete(key)
