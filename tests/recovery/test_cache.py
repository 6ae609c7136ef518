"""A cache whose Redis is gone holds nobody up and forgets nothing of what is told it meanwhile."""

import socket
import time
from collections.abc import Iterator

import pytest
from redis.exceptions import ConnectionError as UnreachableError

from recovery.cache import Cache

NOBODY = "redis://127.0.0.1:1/0"


@pytest.fixture(autouse=True)
def awake(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Cache, "rests_until", 0.0)


@pytest.fixture
def alone() -> Iterator[Cache]:
    cache = Cache(NOBODY, {})
    yield cache
    cache.clear()


def test_it_goes_on_in_the_memory_of_the_process(alone: Cache) -> None:
    alone.set("answer", {"is": 42}, 60)
    assert alone.get("answer") == {"is": 42}
    assert alone.get("question", "none") == "none"
    assert alone.delete("answer")
    assert "answer" not in alone


def test_attempts_are_counted_on(alone: Cache) -> None:
    assert alone.add("tries", 1, 60)
    assert not alone.add("tries", 1, 60)
    assert alone.incr("tries") == 2


def test_many_at_once_are_kept_too(alone: Cache) -> None:
    alone.set_many({"one": 1, "two": 2}, 60)
    assert alone.get_many(["one", "two", "three"]) == {"one": 1, "two": 2}


def test_what_is_not_to_be_kept_is_not(alone: Cache) -> None:
    alone.set("answer", 42, 0)
    assert alone.get("answer") is None


def test_another_instance_of_the_process_knows_it_as_well(alone: Cache) -> None:
    alone.set("answer", 42, 60)
    assert Cache(NOBODY, {}).get("answer") == 42


def test_a_redis_that_does_not_answer_is_waited_for_once() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        cache = Cache(f"redis://127.0.0.1:{silent.getsockname()[1]}/0", {"OPTIONS": {"socket_timeout": 0.2}})
        begun = time.monotonic()
        for _ in range(20):
            cache.get("answer")
    assert time.monotonic() - begun < 2


def test_a_ping_tells_what_pages_do_not_notice(alone: Cache) -> None:
    with pytest.raises(UnreachableError):
        alone.ping()


def test_after_a_rest_redis_is_asked_again(alone: Cache, caplog: pytest.LogCaptureFixture) -> None:
    alone.get("answer")
    alone.get("answer")
    Cache.rests_until = time.monotonic()
    alone.get("answer")
    assert caplog.text.count("Redis cannot be reached") == 2
