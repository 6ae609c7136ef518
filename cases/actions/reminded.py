"""That somebody was reminded, in the timeline of each case that the mail told of, once it has left.

Limit: who is reminded, and when, is decided by ``cases.reminders``.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from cases.models import Event, PreventionAction, Promise, Step
from cases.rules.vocabulary import CommitmentKind, EventKind

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from cases.models import Case, Incident, Message, Reminder


def note_reminded(message: Message, *, at: datetime) -> None:
    """One event for each case, or incident, and rung. The case's version stays as it is: being reminded must not get
    in the way of somebody who is typing."""
    rows = list(message.reminders.select_related("case").order_by("pk"))
    names, incidents = _names(rows), _incidents(rows)
    by_case: dict[tuple[Case, str], list[dict[str, str]]] = defaultdict(list)
    by_incident: dict[tuple[Incident, str], list[dict[str, str]]] = defaultdict(list)
    for row in rows:
        what = {"kind": row.kind, "name": names[row.kind, row.commitment_id]}
        if row.case is not None:
            by_case[row.case, row.rung].append(what)
        else:
            by_incident[incidents[row.commitment_id], row.rung].append(what)
    who = message.to_user
    for (case, rung), told in by_case.items():
        Event.objects.record(case, EventKind.REMINDER_SENT, at=at, actor=who, who=str(who), rung=rung, what=told)
    for (incident, rung), told in by_incident.items():
        Event.objects.record_incident(
            incident, EventKind.REMINDER_SENT, at=at, actor=who, who=str(who), rung=rung, what=told
        )


def _names(rows: Iterable[Reminder]) -> dict[tuple[str, int], str]:
    """A step's code, a promise's or a prevention action's words."""
    keys: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        keys[row.kind].append(row.commitment_id)
    steps = Step.objects.filter(pk__in=keys[CommitmentKind.STEP]).values_list("pk", "kind")
    promises = Promise.objects.filter(pk__in=keys[CommitmentKind.PROMISE]).values_list("pk", "words")
    actions = PreventionAction.objects.filter(pk__in=keys[CommitmentKind.PREVENTION])
    return {
        **{(CommitmentKind.STEP, pk): name for pk, name in steps},
        **{(CommitmentKind.PROMISE, pk): name for pk, name in promises},
        **{(CommitmentKind.PREVENTION, pk): name for pk, name in actions.values_list("pk", "change")},
    }


def _incidents(rows: Iterable[Reminder]) -> dict[int, Incident]:
    keys = [row.commitment_id for row in rows if row.kind == CommitmentKind.PREVENTION]
    actions = PreventionAction.objects.filter(pk__in=keys).select_related("incident")
    return {action.pk: action.incident for action in actions}
