"""Why Amends raises the severity of a case: found at logging, added later, and taken back when a reason is void."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from cases.actions import deciding, handling
from cases.actions.handling import Rule
from cases.models import Case, SeverityChange, SeverityReason
from cases.models.statements import Statement
from cases.rules import severity as rules
from cases.rules.vocabulary import RaiseReason, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from cases.models import Customer, Incident, User

LOOK_BACK = timedelta(days=365)
"""A second failure within this time is a reason (domain.md, "Severity", policy default)."""
ALL_IN_ONE = timedelta(days=1)
"""Cases that one person logs within this time are no proof that it happened before."""
_NO_INCIDENT = 0

_EARLIER = Statement(
    lambda customer, incident, after, until: (
        Case.objects.filter(customer=customer, known_at__gt=after, known_at__lte=until)
        .failures()
        .exclude(incident=incident)
        .only("pk", "reference", "title")[:1]
    ),
    moments=("after", "until"),
)
"""The latest failure of this customer before, of another incident."""


class Found(NamedTuple):
    """One reason, and the earlier failure where there is one."""

    reason: RaiseReason
    earlier: Case | None = None


def found_at_logging(
    *, customer: Customer | None, incident: Incident | None, known_at: datetime, attempt: int
) -> tuple[Found, ...]:
    """The reasons that a new case would have. Reads only, so that a page can show them before the case is logged."""
    found = [Found(RaiseReason.ATTEMPT)] if attempt > 1 else []
    if customer is not None and (earlier := _earlier_failure(customer.pk, incident, known_at)) is not None:
        found.append(Found(RaiseReason.SECOND_FAILURE, earlier))
    return tuple(found)


def causers(case: Case, found: Sequence[Found]) -> tuple[User, ...]:
    """Whoever logged the case, where its only reason is earlier failures that they logged within a day before: it adds
    nothing to what they may grant alone (domain.md, F)."""
    logger = case.logged_by
    if logger is None or [one.reason for one in found] != [RaiseReason.SECOND_FAILURE]:
        return ()
    earlier = Case.objects.filter(
        customer=case.customer_id, known_at__gt=case.known_at - LOOK_BACK, known_at__lte=case.known_at
    ).failures()
    others = earlier.exclude(incident=case.incident_id).exclude(
        logged_by=logger, logged_at__gt=case.logged_at - ALL_IN_ONE
    )
    return () if others.exists() else (logger,)


def add_reason(case: Case, reason: RaiseReason, *, now: datetime, caused_by: Iterable[User] = ()) -> None:
    """For actions that hold the case: raise its severity, unless this reason has done so before and is not void."""
    if not case.is_open or case.severity_reasons.filter(reason=reason, void_at__isnull=True).exists():
        return
    values = {"at": now, "upon": _choice(case), "void_at": None, "raised": None}
    SeverityReason.objects.update_or_create(case=case, reason=reason, defaults=values)
    _derive(case, Rule(reasons=(reason,), caused_by=caused_by), now=now)


def take_back_reason(case: Case, reason: RaiseReason, *, now: datetime) -> None:
    """For actions that hold the case: it turned out not to be so. Its raise is taken back."""
    row = case.severity_reasons.filter(reason=reason, void_at__isnull=True).first()
    if row is None:
        return
    row.void_at = now
    row.save(update_fields=("void_at",))
    _derive(case, Rule(void=(reason,), caused_by=_causers_of(row)), now=now)


def review_later_failures(case: Case, *, now: datetime, actor: User | None) -> None:
    """For actions that hold a case which turned out to be no failure, or to be one after all: look again at the cases
    that were raised because they came after it."""
    for reason in SeverityReason.objects.filter(earlier=case).select_related("case").order_by("pk"):
        later = Case.objects.lock(reason.case)
        earlier = _earlier_failure(later.customer_id, later.incident, later.known_at, but=later)
        was_void, reason.void_at = reason.void_at is not None, None if earlier is not None else now
        reason.earlier = earlier or case
        if was_void == (earlier is None):
            reason.save(update_fields=("earlier",))
            continue
        void = Rule(void=(RaiseReason(reason.reason),), caused_by=_causers_of(reason))
        rule = void if earlier is None else _raised_again(later, earlier, actor)
        reason.at = reason.at if earlier is None else now
        reason.save(update_fields=("at", "earlier", "void_at"))
        _derive(later, rule, now=now)


def review(case: Case, *, now: datetime, actor: User | None) -> None:
    """For actions that hold an open case whose facts were corrected: look anew for the reasons of its logging. One that
    is none any more is void, and its raise is taken back."""
    if not case.is_open:
        return
    earlier = _earlier_failure(case.customer_id, case.incident, case.known_at, but=case)
    found = {RaiseReason.ATTEMPT: case.attempt > 1, RaiseReason.SECOND_FAILURE: earlier is not None}
    changed = [reason for reason, is_so in found.items() if _note(case, reason, earlier, now=now, is_so=is_so)]
    if changed:
        reasons = tuple(reason for reason in changed if found[reason])
        void = tuple(reason for reason in changed if not found[reason])
        caused_by = {actor} if actor is not None and reasons else set()
        caused_by.update(*map(_causers_of, case.severity_reasons.filter(reason__in=void)))
        _derive(case, Rule(reasons=reasons, void=void, caused_by=caused_by), now=now)


def _note(case: Case, reason: RaiseReason, earlier: Case | None, *, now: datetime, is_so: bool) -> bool:
    """Upon what was chosen at logging. Says whether that differs from before."""
    row = case.severity_reasons.filter(reason=reason).first()
    was_so = row is not None and row.void_at is None
    if row is None and is_so:
        first = case.severity_changes.filter(by_rule=False).order_by("at", "pk")[0]
        row = SeverityReason(case=case, reason=reason, at=case.known_at, upon=first)
    if row is not None:
        row.void_at = None if is_so else row.void_at or now
        row.earlier = earlier or row.earlier if reason is RaiseReason.SECOND_FAILURE else None
        row.save()
    return is_so != was_so


def _earlier_failure(
    customer: int, incident: Incident | None, known_at: datetime, *, but: Case | None = None
) -> Case | None:
    """One of the same incident is none. ``but``: the case itself, which has an incident."""
    same = incident.pk if incident is not None else _NO_INCIDENT
    found = _EARLIER(customer=customer, incident=same, after=known_at - LOOK_BACK, until=known_at)
    return next((one for one in found if but is None or one.pk != but.pk), None)


def _choice(case: Case) -> SeverityChange:
    """What a person chose last."""
    return case.severity_changes.filter(by_rule=False).order_by("-at", "-pk")[0]


def _causers_of(reason: SeverityReason) -> Iterable[User]:
    """Whom its raise did not count for. Rows from before it was named are told by their moment."""
    raised = reason.raised or reason.case.severity_changes.filter(by_rule=True, at=reason.at).first()
    return raised.caused_by.all() if raised is not None else ()


def _raised_again(later: Case, earlier: Case, actor: User | None) -> Rule:
    """Whoever opens a failure again brings the raise about, as does whoever logged both."""
    found = Found(RaiseReason.SECOND_FAILURE, earlier)
    opened = (actor,) if actor is not None else ()
    return Rule(reasons=(found.reason,), caused_by=(*causers(later, (found,)), *opened))


def _derive(case: Case, rule: Rule, *, now: datetime) -> None:
    """The rule does it, and no person, whoever brought it about."""
    choice = _choice(case)
    valid = case.severity_reasons.filter(upon=choice, void_at__isnull=True).values_list("reason", flat=True)
    severity = rules.severity_for(Severity(choice.severity), map(RaiseReason, valid))
    if severity != case.severity:
        change = SeverityChange(case=case, at=now, severity=severity, by_rule=True)
        handling.set_severity(case, change, actor=None, now=now, rule=rule)
    elif rule.void and not valid:
        # Nothing was raised, but what may be granted alone counted the reason.
        case.severity_changes.filter(by_rule=True, pk__gt=choice.pk).delete()
        deciding.ask_again(case, now=now)
    if rule.reasons:
        raised = case.severity_changes.filter(by_rule=True, pk__gt=choice.pk).order_by("pk").last()
        case.severity_reasons.filter(reason__in=rule.reasons).update(raised=raised)
