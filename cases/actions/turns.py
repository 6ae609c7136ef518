"""One turn at a case: every action begins and finishes through here, so that lock, permission, derived moments, version
and timeline are never forgotten. Also refuses to act on a case that is newer than a form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cases import permissions
from cases.actions import clocks, findable
from cases.actions.events import told
from cases.errors import ConflictError, RuleError
from cases.models import Case, Event
from cases.rules.vocabulary import StepKind, StepStatus

if TYPE_CHECKING:
    from datetime import datetime

    from cases.actions.events import Facts
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


def finish(case: Case, happened: Facts, *, at: datetime, actor: User | None, now: datetime | None = None) -> Event:
    """Derive the moments anew, save the case as a new version, and write down what happened and what it is found by.
    ``at``: when it happened; ``now``: when it is recorded, if that is another moment."""
    clocks.derive(case, now=now or at)
    case.version += 1
    case.save()
    event: Event = Event.objects.record(case, happened, at=at, actor=actor, now=now)
    findable.refresh(case)
    return event


def statuses(case: Case) -> dict[StepKind, StepStatus]:
    """The statuses of the present round."""
    rows = case.steps.filter(round=case.round).values_list("kind", "status")
    return {StepKind(kind): StepStatus(status) for kind, status in rows}


def check_version(case: Case, version: int, actor: User | None) -> None:
    """Refuse to act on a newer case than the person has seen, and say who changed what meanwhile."""
    locked = Case.objects.lock(case)
    if locked.version == version:
        return
    changes = changes_since(locked, version)
    if all(event.actor_id == (actor and actor.pk) for event in locked.events.filter(version__gt=version)):
        sentence = "You have changed this case meanwhile, perhaps in another window."
    else:
        sentence = "Somebody changed this case while you were typing."
    raise ConflictError(
        f"{sentence} What you typed is still here: look at the changes, then send it again.", changes=changes
    )


def changes_since(case: Case, version: int) -> list[str]:
    """Who did what since the case had this version, in order."""
    since = case.events.filter(version__gt=version).select_related("actor")
    return [_in_words(event, case) for event in since]


def _in_words(event: Event, case: Case) -> str:
    sentence = told(event, customer=case.customer.name)
    return f"{sentence.who} {sentence.did}"


def is_pending(case: Case, kind: StepKind) -> bool:
    """Whether the present round still owes this step."""
    return case.steps.filter(round=case.round, kind=kind, status=StepStatus.PENDING).exists()
