"""Roles x verbs, said once. What may be *seen* is ``Case.objects.visible_to``; what may be *done* is here."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from cases.errors import NotAllowedError
from cases.models import Case
from cases.rules.vocabulary import Role

if TYPE_CHECKING:
    from cases.models import User


class Verb(StrEnum):
    """What somebody may want to do. The value completes the sentence "Your role does not let you …"."""

    LOG_CASE = "log a mistake"
    WORK_CASE = "work on this case"
    ASSIGN_CASE = "hand a case to somebody else"
    TAKE_CASE = "take this case over"
    CHANGE_SEVERITY = "change the severity"
    CORRECT_CLOSED = "correct when we knew, the customer or the incident of a closed case"
    CLOSE_CASE = "close a case"
    REOPEN_CASE = "reopen a case"
    PROPOSE_COMPENSATION = "propose a compensation"
    APPROVE_COMPENSATION = "approve a compensation"
    APPROVE = "decide as the second person"
    PLAN_PREVENTION = "plan a prevention action"
    VERIFY_PREVENTION = "verify a prevention action"
    SEE_DASHBOARD = "see the dashboard"
    PLAN_ABSENCES = "say when a colleague is away"
    IMPORT_CASES = "import cases"
    ADMINISTER = "change the settings"


_AGENT = frozenset(
    {
        Verb.LOG_CASE,
        Verb.WORK_CASE,
        Verb.ASSIGN_CASE,
        Verb.TAKE_CASE,
        Verb.CHANGE_SEVERITY,
        Verb.CLOSE_CASE,
        Verb.REOPEN_CASE,
        Verb.PROPOSE_COMPENSATION,
        Verb.APPROVE_COMPENSATION,
        Verb.PLAN_PREVENTION,
    }
)
_MANAGER = _AGENT | {Verb.APPROVE, Verb.CORRECT_CLOSED, Verb.VERIFY_PREVENTION, Verb.SEE_DASHBOARD, Verb.PLAN_ABSENCES}

ALLOWED = {Role.AGENT: _AGENT, Role.MANAGER: _MANAGER, Role.ADMINISTRATOR: frozenset(Verb)}
"""An agent may approve a colleague's compensation within their own authority; ``rules.authority`` decides how much."""


def may(actor: User, verb: Verb) -> bool:
    """Whether the role includes the verb. Inactive people may nothing."""
    return actor.is_active and verb in ALLOWED[Role(actor.role)]


def require(actor: User, verb: Verb, case: Case | None = None) -> None:
    """Raise ``NotAllowedError`` unless the role includes the verb and, where a case is given, the person may see it."""
    if not may(actor, verb):
        raise NotAllowedError(f"Your role does not let you {verb}. Ask a manager.")
    if case is not None and not Case.objects.visible_to(actor).filter(pk=case.pk).exists():
        raise NotAllowedError("This case belongs to another team.")
