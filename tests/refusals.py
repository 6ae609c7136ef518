"""How tests say that something was refused: with which sentence, at which field, and nothing was written."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from cases.errors import AmendsError, RuleError
from cases.models import Case, Event


@contextmanager
def refused(words: str, *, field: str = "", by: type[AmendsError] = RuleError) -> Iterator[None]:
    """The block raises ``by`` with ``words`` (a pattern) at ``field``, and leaves no trace in any timeline."""
    before = (Event.objects.count(), list(Case.objects.values_list("pk", "version")))
    with pytest.raises(by, match=words) as caught:
        yield
    assert caught.value.field == field
    assert (Event.objects.count(), list(Case.objects.values_list("pk", "version"))) == before
