"""What a user may cause. Each error is a sentence that says what to do next; doors catch ``AmendsError``, bugs stay
bugs."""

from __future__ import annotations

from collections.abc import Sequence


class AmendsError(Exception):
    """Base of everything a user may cause.

    ``field`` names the form field that the sentence belongs to; empty when it concerns the whole form.
    """

    def __init__(self, sentence: str, *, field: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.field = field

    def __str__(self) -> str:
        return self.sentence


class RuleError(AmendsError):
    """A rule says no: something is missing, out of order, or makes no sense."""


class GuardError(RuleError):
    """Several things stand in the way at once; each is a sentence in ``missing``."""

    def __init__(self, sentence: str, missing: Sequence[str]) -> None:
        super().__init__(f"{sentence} {' '.join(missing)}".strip())
        self.missing = tuple(missing)


class NotAllowedError(AmendsError):
    """The role of this person does not include the verb. Doors answer 403."""


class ConflictError(AmendsError):
    """Somebody changed the case since the form was drawn; nothing was written."""

    def __init__(self, sentence: str, *, changes: Sequence[str] = ()) -> None:
        super().__init__(sentence)
        self.changes = tuple(changes)


class AlreadyDoneError(RuleError):
    """The thing was done before; doing it again would do it twice."""
