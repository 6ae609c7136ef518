"""How cases end in these tests, through actions."""

from datetime import datetime

from cases.actions import closing, contacts
from cases.models import Case, User
from cases.rules.vocabulary import ConcernStatus, Outcome


def settle_concerns(case: Case, actor: User, at: datetime, status: ConcernStatus = ConcernStatus.RESOLVED) -> None:
    for concern in case.concerns.filter(status=ConcernStatus.OPEN):
        contacts.settle_concern(concern=concern, status=status, outcome="As they were told", actor=actor, now=at)


def withdraw(case: Case, actor: User, at: datetime) -> Case:
    """Closed without the six steps, because nothing was owed after all."""
    return closing.close(case=case, outcome=Outcome.WITHDRAWN, reason="A mistake", actor=actor, now=at)
