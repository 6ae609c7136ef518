"""Who may decide what somebody proposed or asked for: one answer for the mail, the pages and the actions.

Whoever is asked may decide. Where nobody of the team may, whoever is above is asked, then anybody who may.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.db.models import Q

from cases import permissions
from cases.actions import notices, questions
from cases.errors import NotAllowedError
from cases.mail import links
from cases.models import Approval, AuthorityLimit, Case, Compensation, RestitutionLimit, SeverityChange, User
from cases.permissions import Verb
from cases.reminders.recipients import Recipients
from cases.rules import authority
from cases.rules.authority import Gift, Granter, Limits, SeverityStep
from cases.rules.money import Money
from cases.rules.vocabulary import ApprovalStatus, CompensationNature, CompensationStatus, Holder, Role, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime
    from decimal import Decimal

    from cases.actions.questions import Asked as Question

type Asked = Compensation | Approval

_RELATED = ("asked_to", "case__team", "case__customer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounds:
    """What authority in one case depends on. ``gifts``: by key, of all cases of its customer and incident, because
    two cases of one mistake are one gift."""

    case: Case
    steps: Sequence[SeverityStep]
    gifts: Sequence[tuple[int, Gift]]
    limits: Limits

    def limit(self, user: User, nature: CompensationNature, currency: str) -> Decimal | None:
        """Up to which total of the case; ``None``: no limit."""
        team = self.case.team
        is_lead = team is not None and team.lead_id == user.pk
        granter = Granter(key=user.pk, role=Role(user.role), is_lead=is_lead)
        return authority.limit_of(granter, nature, currency, self.steps, self.limits)

    def beside(self, compensation: Compensation) -> list[Gift]:
        """All but this one."""
        return [gift for key, gift in self.gifts if key != compensation.pk]

    def before(self, compensation: Compensation) -> list[Gift]:
        """What had been proposed earlier."""
        return [gift for key, gift in self.gifts if key < compensation.pk]


def gift_of(compensation: Compensation) -> Gift:
    return Gift(CompensationNature(compensation.nature), compensation.money)


def grounds_of(case: Case) -> Grounds:
    """A fixed number of queries; the case comes with its team."""
    return Grounds(case=case, steps=_severities(case), gifts=_gifts(case), limits=_limits())


def may_decide(user: User, asked: Asked, grounds: Grounds) -> bool:
    """Whether this person may grant or refuse it: for links and buttons, and before anybody is asked."""
    return not _refusal(user, asked, grounds)


def why_not(user: User, asked: Asked) -> str:
    """For the page of the decision: why this person may not take it, and who was asked; empty where they may."""
    refusal = _refusal(user, asked, grounds_of(asked.case))
    return f"{refusal} {asked_in_words(asked)}" if refusal else ""


def check(user: User, asked: Asked, now: datetime) -> None:
    """Refuse a decision to whoever may not take it, and say who may."""
    grounds = grounds_of(asked.case)
    refusal = _refusal(user, asked, grounds)
    if refusal:
        others = next(_reachable(asked, grounds, now), None)
        raise NotAllowedError(f"{refusal} Ask {others or 'somebody with more authority'}.")


def ask(asked: Asked, *, now: datetime) -> User | None:
    """Choose who decides and write to them; ``None``: nobody may. The caller saves what was asked, and says so."""
    return _ask(asked, grounds_of(asked.case), now)


def _ask(asked: Asked, grounds: Grounds, now: datetime) -> User | None:
    asked.asked_to = next(_reachable(asked, grounds, now), None) or next(_at_all(asked, grounds), None)
    if asked.asked_to is not None:
        heading, question, link = _in_words(asked, grounds, now)
        notices.tell([asked.asked_to], asked.case, heading=heading, lines=question.lines, now=now, link=link)
    return asked.asked_to


def ask_again(*cases: Case, now: datetime) -> None:
    """Of what waits in cases that changed, and in others of the same customer and incident, because their gifts are
    one: whom it was asked of may decide no longer, or nobody might so far, so somebody else is asked."""
    one_gift = Q()
    for customer, incident in {(case.customer_id, case.incident_id) for case in cases}:
        one_gift |= Q(case__customer=customer, case__incident=incident)
    if cases:
        _go_over(one_gift, now)


def ask_everywhere(*, now: datetime) -> None:
    """The same of whatever waits, after people, teams or limits changed."""
    _go_over(Q(), now)


def _go_over(which: Q, now: datetime) -> None:
    """A row that is locked is being decided at this moment; waiting for it could end in a deadlock."""
    open_ones = which & Q(case__closed_at__isnull=True, case__is_hidden=False)
    proposed = Compensation.objects.filter(open_ones, status=CompensationStatus.PROPOSED)
    approvals = Approval.objects.filter(open_ones, status=ApprovalStatus.ASKED)
    waiting: list[Asked] = [
        *proposed.select_related("proposed_by", *_RELATED).select_for_update(of=("self",), skip_locked=True),
        *approvals.select_related("asked_by", *_RELATED).select_for_update(of=("self",), skip_locked=True),
    ]
    of_case: dict[int, Grounds] = {}
    for asked in waiting:
        if asked.case_id not in of_case:
            of_case[asked.case_id] = grounds_of(asked.case)
        grounds, before = of_case[asked.case_id], asked.asked_to
        if before is None or not may_decide(before, asked, grounds):
            _ask(asked, grounds, now)
            if asked.asked_to != before:
                asked.save(update_fields=("asked_to",))


def asked_in_words(asked: Asked) -> str:
    """For the person who asked, at once: who was asked, or that nobody may decide it."""
    if asked.asked_to is not None:
        return f"{asked.asked_to} was asked to decide."
    return "Nobody here may decide this yet. Ask an administrator to set a limit, or to give somebody the role."


def question_of(asked: Compensation, reader: User | None, grounds: Grounds | None = None) -> Question:
    """What ``reader`` is asked to decide, with what the case comes to and how much each may give alone. Of a reader who
    may not decide it, ``why_not`` says so."""
    grounds = grounds or grounds_of(asked.case)
    nature = CompensationNature(asked.nature)
    total = authority.total_with(gift_of(asked), grounds.beside(asked))
    limits = [
        f"{asked.proposed_by} may give {_up_to(grounds.limit(asked.proposed_by, nature, asked.currency), asked)} alone"
    ]
    if reader is not None and may_decide(reader, asked, grounds):
        limits.append(f"{reader} may approve {_up_to(grounds.limit(reader, nature, asked.currency), asked)}")
    words = f"The {nature.value} of this case comes to {total} with it. {'; '.join(limits)}."
    question = questions.of_compensation(asked)
    return replace(question, facts=(*question.facts, ("The limit", words)))


def _up_to(limit: Decimal | None, asked: Compensation) -> str:
    if limit is None:
        return "any amount"
    return f"up to {Money(limit, asked.currency)}" if limit else f"nothing in {asked.currency}"


def asker_of(asked: Asked) -> int:
    return asked.proposed_by_id if isinstance(asked, Compensation) else asked.asked_by_id


def _refusal(user: User, asked: Asked, grounds: Grounds) -> str:
    """Why this person may not decide it, in a sentence; empty where they may."""
    verb = Verb.APPROVE_COMPENSATION if isinstance(asked, Compensation) else Verb.APPROVE
    if not permissions.may(user, verb):
        return f"Your role does not let you {verb}."
    if not grounds.case.is_visible_to(user):
        return "This case belongs to another team."
    if asker_of(asked) == user.pk:
        return _OWN[type(asked)]
    return _beyond(user, asked, grounds) if isinstance(asked, Compensation) else ""


_OWN: dict[type, str] = {
    Compensation: "Nobody approves their own proposal.",
    Approval: "Nobody decides what they asked for themselves.",
}


def _beyond(user: User, asked: Compensation, grounds: Grounds) -> str:
    limit = grounds.limit(user, CompensationNature(asked.nature), asked.currency)
    total = authority.total_with(gift_of(asked), grounds.beside(asked))
    if limit is None or total.amount <= limit:
        return ""
    return f"The case would come to {total}, and you may approve {_up_to(limit, asked)}."


def _reachable(asked: Asked, grounds: Grounds, now: datetime) -> Iterator[User]:
    """Who may decide and is here, in the order in which they are asked; for one who is away, who stands in."""
    recipients = Recipients.load(now)
    found = (recipients.reached(key) for key in _in_order(grounds.case, recipients))
    return (user for user in found if user is not None and may_decide(user, asked, grounds))


def _in_order(case: Case, recipients: Recipients) -> Iterable[int]:
    """The team's manager, its other managers, its lead, its members; whoever is above; administrators, managers; and
    then anybody."""
    team = case.team
    if team is None:
        return dict.fromkeys([*recipients.of_all, *recipients.people])
    people = (user for user in recipients.people.values() if not user.is_administrator)
    members = [user.pk for user in people if any(one.pk == team.pk for one in user.teams.all())]
    above = recipients.above.get(team.pk)
    first = [*recipients.of_team.get(team.pk, ()), *_some(team.lead_id), *members, *_some(above)]
    return dict.fromkeys([*first, *recipients.of_all, *recipients.people])


def _some(key: int | None) -> list[int]:
    return [] if key is None else [key]


def _at_all(asked: Asked, grounds: Grounds) -> Iterator[User]:
    """Who may decide, though they are away or mail does not reach them: they find it on their pages."""
    people = User.objects.filter(is_active=True).prefetch_related("teams").order_by("pk")
    managers_first = sorted(people, key=lambda user: not user.is_manager)
    return (user for user in managers_first if may_decide(user, asked, grounds))


def _in_words(asked: Asked, grounds: Grounds, now: datetime) -> tuple[str, Question, str]:
    """The heading of the mail, what it asks, and where it is decided."""
    case = asked.case
    if isinstance(asked, Approval):
        heading = f"A second person is needed: {case.customer}, {case.reference}"
        return heading, questions.of_approval(asked, now=now), links.decision(case, asked)
    heading = f"Approve {asked.money} for {case.customer}, {case.reference}?"
    return heading, question_of(asked, asked.asked_to, grounds), links.approval(case, asked)


def _severities(case: Case) -> list[SeverityStep]:
    changes = list(SeverityChange.objects.filter(case=case).order_by("at", "pk"))
    causers: dict[int, list[int]] = defaultdict(list)
    if any(change.by_rule for change in changes):
        rows = SeverityChange.caused_by.through.objects.filter(severitychange__in=changes)
        for key, user in rows.values_list("severitychange_id", "user_id"):
            causers[key].append(user)
    return [
        SeverityStep(
            severity=Severity(change.severity),
            chosen=Severity(change.severity) if change.by_id is not None else None,
            by=change.by_id,
            by_rule=change.by_rule,
            caused_by=causers[change.pk],
        )
        for change in changes
    ]


def _gifts(case: Case) -> list[tuple[int, Gift]]:
    live = Compensation.objects.live().filter(case__customer=case.customer_id, case__incident=case.incident_id)
    return [(one.pk, gift_of(one)) for one in live.order_by("pk").only("nature", "amount", "currency")]


def _limits() -> Limits:
    goodwill = AuthorityLimit.objects.values_list("role", "severity", "currency", "amount")
    restitution = RestitutionLimit.objects.values_list("holder", "currency", "amount")
    return Limits(
        goodwill={(Role(role), Severity(severity), currency): most for role, severity, currency, most in goodwill},
        restitution={(Holder(holder), currency): most for holder, currency, most in restitution},
    )
