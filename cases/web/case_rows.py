"""What hangs on a case, for its page: as many questions for fifty rows as for one, and none where there is nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q

from cases.actions.clocks import Recorded
from cases.models import (
    AddressQuestion,
    Apology,
    Approval,
    Case,
    Compensation,
    Concern,
    Contact,
    Correction,
    CustomerLink,
    Event,
    Message,
    Pause,
    PreventionAction,
    Promise,
    SeverityChange,
    Step,
    User,
)
from cases.models.statements import Statement
from cases.rules.vocabulary import ApologyStatus, ApprovalStatus, PreventionStatus, Role

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from django.db.models import Model

MOST_EVENTS = 30
MOST_PRIVATE_NOTES = 3


_BESIDE = {
    "has_promises": Promise.objects.filter(case=OuterRef("pk")),
    "has_pauses": Pause.objects.filter(case=OuterRef("pk")),
    "has_plans": Correction.objects.filter(case=OuterRef("pk"), agreed_for__isnull=False),
    "has_compensations": Compensation.objects.filter(case=OuterRef("pk")),
    "has_approvals": Approval.objects.filter(case=OuterRef("pk"), status=ApprovalStatus.ASKED),
    "has_private_note": Contact.objects.filter(case=OuterRef("pk")).exclude(private_note=""),
    "has_review": Apology.objects.filter(case=OuterRef("pk"), status=ApologyStatus.IN_REVIEW),
    "has_address_question": AddressQuestion.objects.waiting().filter(case=OuterRef("pk")),
    "has_held": Message.objects.held().filter(case=OuterRef("pk")),
    "has_links": CustomerLink.objects.working().filter(case=OuterRef("pk")),
    "has_duplicates": Case.objects.filter(duplicate_of=OuterRef("pk")),
    "has_prevention": PreventionAction.objects.filter(incident=OuterRef("incident")),
}
"""What most cases have nothing of: the case says so when it is fetched, and nobody asks for it then."""


def _seen_by(role: Role) -> Statement[Case]:
    """A case by its reference, as far as somebody of this role may see it, with all that it names but people."""
    return Statement(
        lambda user, reference: (
            Case.objects.visible_to(User(pk=user, role=role))
            .filter(reference=reference)
            .select_related("customer", "incident__cause", "incident__category", "team")
            .annotate(**{name: Exists(rows) for name, rows in _BESIDE.items()})
        )
    )


_SEEN_BY = {role: _seen_by(role) for role in Role}
_STEPS = Statement(lambda case: Step.objects.filter(case=case))
_PROMISES = Statement(lambda case: Promise.objects.filter(case=case))
_SEVERITIES = Statement(lambda case: SeverityChange.objects.filter(case=case))
_PAUSES = Statement(lambda case: Pause.objects.filter(case=case))
_PLANS = Statement(lambda case: Correction.objects.filter(case=case))
_CONCERNS = Statement(lambda case: Concern.objects.filter(case=case))
_COMPENSATIONS = Statement(lambda case: Compensation.objects.filter(case=case))
_APPROVALS = Statement(lambda case: Approval.objects.filter(case=case, status=ApprovalStatus.ASKED))
_REVIEWS = Statement(lambda case: Apology.objects.filter(case=case, status=ApologyStatus.IN_REVIEW))
_PRIVATE_NOTES = Statement(
    lambda case: Contact.objects.filter(case=case).exclude(private_note="").order_by("-at", "-pk")[:MOST_PRIVATE_NOTES]
)
_LINKS = Statement(lambda case: CustomerLink.objects.working().filter(case=case).order_by("-expires_at"))
_LINKS_OF_DUPLICATES = Statement(
    lambda case: CustomerLink.objects.working().of_duplicates(case).order_by("-expires_at")
)
_PREVENTION = Statement(
    lambda incident: PreventionAction.objects.filter(incident=incident).exclude(status=PreventionStatus.DROPPED)
)
_QUESTIONS = Statement(lambda case: AddressQuestion.objects.waiting().filter(case=case))
_HELD = Statement(lambda case: Message.objects.held().filter(case=case).defer("text", "html", "raw"))
_EVENTS = Statement(
    lambda case, incident: Event.objects.filter(Q(case=case) | Q(incident=incident)).order_by("-at", "-pk")[
        : MOST_EVENTS + 1
    ]
)
_EVENTS_OF_ALL = Statement(
    lambda case, incident: Event.objects.filter(
        Q(case=case) | Q(incident=incident) | Q(case__in=Case.objects.filter(duplicate_of=case).values("pk"))
    ).order_by("-at", "-pk")[: MOST_EVENTS + 1]
)
_DUPLICATES = Statement(
    lambda case: (
        Case.objects.filter(duplicate_of=case)
        .select_related("customer")
        .only("reference", "title", "customer__name")
        .order_by("pk")
    )
)
_OTHERS = Statement(lambda customer: Case.objects.filter(customer=customer).failures().only("known_at", "incident"))


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRows:
    """``steps``: of the present round; ``before``: of earlier ones. ``approvals``: those that wait.

    ``question``: whether a changed mail address is theirs. ``held``: mails that may not leave. ``earlier``: how many
    failures the customer had before. ``ask_after``: contacts with a private note, newest first. ``events``: the newest
    first, one more than are shown, those of ``duplicates`` among them.
    """

    steps: Sequence[Step]
    before: Sequence[Step]
    recorded: Recorded
    concerns: Sequence[Concern]
    compensations: Sequence[Compensation]
    approvals: Sequence[Approval]
    review: Apology | None
    ask_after: Sequence[Contact]
    links: Sequence[CustomerLink]
    prevention: Sequence[PreventionAction]
    question: AddressQuestion | None
    held: Sequence[Message]
    events: Sequence[Event]
    duplicates: Sequence[Case]
    earlier: int

    def pauses_at(self, now: datetime) -> tuple[Pause, ...]:
        """The pauses that the case is in. One whose date has passed has ended by itself."""
        return tuple(one for one in self.recorded.pauses if one.ended_at is None and one.until > now)


def seen_case(user: User, reference: str) -> Case | None:
    """The case with this reference; none where this person may not see it."""
    return next(iter(_SEEN_BY[Role(user.role)](user=user.pk, reference=reference)), None)


def rows_of(case: Case) -> CaseRows:
    """``case``: as ``seen_case`` has found it."""
    key, incident = case.pk, case.incident_id
    steps = _STEPS(case=key)
    rows = CaseRows(
        steps=[step for step in steps if step.round == case.round],
        before=[step for step in steps if step.round < case.round],
        recorded=Recorded(
            promises=_PROMISES(case=key) if _has(case, "promises") else [],
            severity_changes=_SEVERITIES(case=key),
            pauses=_PAUSES(case=key) if _has(case, "pauses") else [],
            corrections=[one for one in _PLANS(case=key) if one.round == case.round] if _has(case, "plans") else [],
        ),
        concerns=_CONCERNS(case=key),
        compensations=_COMPENSATIONS(case=key) if _has(case, "compensations") else [],
        approvals=_APPROVALS(case=key) if _has(case, "approvals") else [],
        review=_REVIEWS(case=key)[0] if _has(case, "review") else None,
        ask_after=private_notes(case),
        links=[
            *(_LINKS(case=key) if _has(case, "links") else ()),
            *(_LINKS_OF_DUPLICATES(case=key) if _has(case, "duplicates") else ()),
        ],
        prevention=_PREVENTION(incident=incident) if _has(case, "prevention") else [],
        question=_QUESTIONS(case=key)[0] if _has(case, "address_question") else None,
        held=_HELD(case=key) if _has(case, "held") else [],
        events=(_EVENTS_OF_ALL if _has(case, "duplicates") else _EVENTS)(case=key, incident=incident),
        duplicates=_DUPLICATES(case=key) if _has(case, "duplicates") else [],
        earlier=sum(
            other.known_at < case.known_at and other.incident_id != incident
            for other in _OTHERS(customer=case.customer_id)
        ),
    )
    _introduce(
        {
            ("owner", "logged_by", "closed_by"): [case],
            ("settled_by", "approved_by", "owed_by"): steps,
            ("owner", "owed_by", "settled_by"): rows.recorded.promises,
            ("started_by",): rows.recorded.pauses,
            ("proposed_by", "asked_to", "approved_by"): rows.compensations,
            ("asked_by", "asked_to"): rows.approvals,
            ("by",): rows.ask_after,
            ("created_by",): rows.links,
            ("changed_by", "asked_to"): [rows.question] if rows.question else [],
            ("actor",): rows.events,
        }
    )
    return rows


def private_notes(case: Case) -> Sequence[Contact]:
    """What to ask after at the next contact. ``case``: as ``seen_case`` has found it."""
    return _PRIVATE_NOTES(case=case.pk) if _has(case, "private_note") else []


def _introduce(naming: Mapping[tuple[str, ...], Iterable[Model]]) -> None:
    """Whom these rows name, in one question: they are few, and the same ones again and again. Joined to each, they cost
    more than the rows do: PostgreSQL takes longer to plan eight joins than to read them."""
    named = [
        (row, name, getattr(row, f"{name}_id")) for names, rows in naming.items() for row in rows for name in names
    ]
    people = User.objects.in_bulk({key for _row, _name, key in named if key is not None})
    for row, name, key in named:
        setattr(row, name, people.get(key))


def _has(case: Case, what: str) -> bool:
    return bool(getattr(case, f"has_{what}"))
