"""What decides when a step is due, as a code for ``rules.explain``."""

from enum import StrEnum


class DueReason(StrEnum):
    """What decided a due moment."""

    TARGET = "target"
    RAISE_GRACE = "raise_grace"
    """The severity was raised late, and some time is always left after that."""
    LEARNED_LATE = "learned_late"
    """It was learned late that somebody knew before, and some time is always left after that."""
    EARLIER_SEVERITY = "earlier_severity"
    """A change of severity came that did not move it."""
    PROMISE = "promise"
    NEED = "need"
    """The customer needs it by then."""
    AGREED = "agreed"
    """The customer chose that moment."""
    WAITING = "waiting"
    """There is none: something that it depends on waits with no end in sight."""
