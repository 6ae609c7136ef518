"""The rail of six steps: where the case stands, what is due when, and why then."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cases.actions import clocks
from cases.rules import moments, workflow
from cases.rules.explain import explain, in_words
from cases.rules.vocabulary import StepKind, StepStatus
from cases.templatetags.addresses import case_address

if TYPE_CHECKING:
    from datetime import datetime, tzinfo

    from cases.models import Case, Step
    from cases.rules.calendars import WorkingCalendar
    from cases.rules.deadlines import Due
    from cases.web.case_rows import CaseRows


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One step on the rail. ``state``: done, waived, current, late, open, blocked or paused."""

    kind: StepKind
    label: str
    number: int
    state: str
    line: str
    explain: str
    url: str
    iso: str
    is_selected: bool


def selected_step(case: Case, asked: str) -> StepKind:
    """The step whose form is open: the one that was asked for, else the next to do, else the last."""
    if asked in StepKind.values:
        return StepKind(asked)
    return StepKind(case.current_step) if case.current_step else StepKind.FOLLOW_UP


def rail_of(case: Case, rows: CaseRows, *, selected: StepKind, now: datetime, zone: tzinfo) -> list[Mark]:
    """All six, also those that a later round does not have."""
    steps, address = rows.steps, case_address(case.reference)
    dues, calendar = clocks.dues(case, steps, rows.recorded), clocks.calendar_of(case.team)
    statuses = {StepKind(step.kind): StepStatus(step.status) for step in steps}
    current = workflow.current_step(statuses)
    by_kind = {StepKind(step.kind): step for step in steps}
    paused = bool(rows.pauses_at(now))
    marks = []
    for kind in StepKind:
        step, due = by_kind.get(kind), dues.get(kind)
        state = _state(kind, step, statuses, current=current, paused=paused, now=now)
        at = (step.settled_at if step else None) or (due.at if due else None)
        marks.append(
            Mark(
                kind=kind,
                label=str(kind.label),
                number=kind.number,
                state=state,
                line=_line(step, due, now=now, zone=zone),
                explain=_explain(kind, due if statuses.get(kind) == StepStatus.PENDING else None, calendar, zone),
                url=f"{address}?step={kind}",
                iso=at.isoformat() if at else "",
                is_selected=kind is selected,
            )
        )
    return marks


def _state(
    kind: StepKind,
    step: Step | None,
    statuses: workflow.Statuses,
    *,
    current: StepKind | None,
    paused: bool,
    now: datetime,
) -> str:
    if step is None or step.status == StepStatus.DONE:
        return "done"
    if step.status == StepStatus.WAIVED:
        return "waived"
    if step.due_at is not None and step.due_at < now:
        return "late"
    if paused and workflow.STEPS[kind].pauses:
        return "paused"
    if kind is current:
        return "current"
    return "blocked" if workflow.waiting_for(kind, statuses) else "open"


def _line(step: Step | None, due: Due | None, *, now: datetime, zone: tzinfo) -> str:
    if step is None:
        return "in an earlier round"
    if step.settled_at is not None:
        return _settled(step, zone, now)
    if due is None or due.at is None:
        return "waiting" if due else "not timed"
    if due.projected:
        return f"about {moments.said(due.at, now, zone)}"
    if due.at < now:
        return moments.due_in_words(due.at, now, zone)
    return f"due {moments.said(due.at, now, zone)}"


def _settled(step: Step, zone: tzinfo, now: datetime) -> str:
    if step.settled_at is None:
        return ""
    if step.status == StepStatus.WAIVED:
        is_late = step.waived_because in workflow.STAYS_LATE and step.is_late(now)
        return "late, and not owed any more" if is_late else "not needed"
    if step.says_nothing_is_due:
        return f"nothing is due, decided {moments.said(step.settled_at, now, zone)}"
    if step.kind == StepKind.ACKNOWLEDGE and step.settled_at >= step.started_at:
        return f"done in {in_words(step.settled_at - step.started_at)}"
    late = " late" if step.due_at is not None and step.settled_at > step.due_at else ""
    return f"done{late} {moments.said(step.settled_at, now, zone)}"


def _explain(kind: StepKind, due: Due | None, calendar: WorkingCalendar, zone: tzinfo) -> str:
    """What completes the step, and while it is owed why it is due then."""
    completes = workflow.STEPS[kind].completes
    return f"{explain(due, calendar, zone=str(zone))} Done when: {completes}" if due is not None else completes
