"""What a user may cause. Each error is a sentence that says what to do next; doors catch ``AmendsError``, bugs stay
bugs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID


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


class NoLinkError(RuleError):
    """The address of a customer's page is none of ours. The door answers 404."""


class GuardError(RuleError):
    """Several things stand in the way at once; each is a sentence in ``missing``."""

    def __init__(self, sentence: str, missing: Sequence[str]) -> None:
        super().__init__(f"{sentence} {' '.join(missing)}".strip())
        self.missing = tuple(missing)


class NotAllowedError(AmendsError):
    """The role of this person does not include the verb. Doors answer 403."""


class ConflictError(AmendsError):
    """Something changed since the form was drawn; nothing was written. ``changes``: a sentence for each."""

    def __init__(self, sentence: str, *, changes: Sequence[str] = ()) -> None:
        super().__init__(sentence)
        self.changes = tuple(changes)


class LapsedLinkError(RuleError):
    """The link was ours, and its time is over. Doors answer 410."""


class AlreadyDoneError(RuleError):
    """The thing was done before; doing it again would do it twice."""


class SentBeforeError(AmendsError):
    """This form was sent before with the same content; nothing was done again. ``address``: of what it made."""

    def __init__(self, *, key: UUID, at: datetime, address: str) -> None:
        super().__init__("This was recorded before.")
        self.key = key
        self.at = at
        self.address = address


class ResentError(ConflictError):
    """This form was sent before with other content; nothing was written now. ``address``: of what it made then."""

    def __init__(self, *, key: UUID, at: datetime, address: str) -> None:
        super().__init__("This form was sent before, with other words. What you typed now is not recorded yet.")
        self.key = key
        self.at = at
        self.address = address


class UnknownKeyError(ConflictError):
    """The form was opened too long ago, or by somebody else."""

    def __init__(self) -> None:
        super().__init__(
            "This form was opened more than seven days ago, or by somebody else. Nothing is recorded yet, and what you "
            "typed is still here: look at it again, then send it."
        )
