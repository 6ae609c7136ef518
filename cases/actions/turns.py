"""One turn at a case: every action begins and finishes through here, so that lock, permission, derived moments, version
and timeline are never forgotten. Also the guard of every form: once only, and not on a case that changed meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction

from cases import permissions
from cases.actions import clocks
from cases.errors import ConflictError, RuleError
from cases.models import Case, Event, Submission
from cases.rules.vocabulary import EventKind, StepKind, StepStatus

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from uuid import UUID

    from cases.models import User
    from cases.permissions import Verb


def begin(case: Case, actor: User | None, verb: Verb, *, may_be_closed: bool = False) -> Case:
    """Lock the case, then permit. No actor: the customer on their page, or the clock, whose door has let them in."""
    locked = Case.objects.lock(case)
    if actor is not None:
        permissions.require(actor, verb, locked)
    if not locked.is_open and not may_be_closed:
        raise RuleError("This case is closed. Reopen it first, with a reason.")
    return locked


def finish(case: Case, kind: EventKind, *, at: datetime, actor: User | None, **facts: Any) -> Event:
    """Derive the moments anew, save the case as a new version, and write down what happened."""
    clocks.derive(case)
    case.version += 1
    case.save()
    return Event.objects.record(case, kind, at=at, actor=actor, **facts)


def statuses(case: Case) -> dict[StepKind, StepStatus]:
    """The statuses of the present round."""
    rows = case.steps.filter(round=case.round).values_list("kind", "status")
    return {StepKind(kind): StepStatus(status) for kind, status in rows}


def submit[T](
    verb: Callable[[], T],
    *,
    key: UUID,
    actor: User | None,
    now: datetime,
    case: Case | None = None,
    version: int | None = None,
) -> T | None:
    """Run ``verb`` once for the form with this key. ``None``: it ran before, and nothing was done again.

    Raises ``ConflictError`` when the case has a newer version than the form was drawn from; nothing is written then,
    the key included, so that the form can be sent again.
    """
    try:
        with transaction.atomic():
            Submission.objects.create(key=key, actor=actor, at=now)
            if case is not None and version is not None:
                check_version(case, version, actor)
            return verb()
    except IntegrityError:
        if Submission.objects.filter(key=key).exists():
            return None
        raise


def check_version(case: Case, version: int, actor: User | None) -> None:
    """Refuse to act on a newer case than the person has seen, and say who changed what meanwhile."""
    locked = Case.objects.lock(case)
    if locked.version == version:
        return
    changes = [_in_words(event) for event in locked.events.filter(version__gt=version).select_related("actor")]
    if all(event.actor_id == (actor and actor.pk) for event in locked.events.filter(version__gt=version)):
        sentence = "You have changed this case meanwhile, perhaps in another window."
    else:
        sentence = "Somebody changed this case while you were typing."
    raise ConflictError(
        f"{sentence} What you typed is still here: look at the changes, then send it again.", changes=changes
    )


def _in_words(event: Event) -> str:
    who = str(event.actor) if event.actor else "Amends"
    return f"{who} {EventKind(event.kind).label}"


def is_pending(case: Case, kind: StepKind) -> bool:
    """Whether the present round still owes this step."""
    return case.steps.filter(round=case.round, kind=kind, status=StepStatus.PENDING).exists()
