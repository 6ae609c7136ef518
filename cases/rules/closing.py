"""When a case may be closed, and with which outcome. Closing never depends on the customer being calm (domain.md,
section 0)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cases.errors import GuardError, RuleError
from cases.rules.vocabulary import Answer, Outcome, StepKind, StepStatus
from cases.rules.workflow import opens_round

if TYPE_CHECKING:
    from cases.rules.workflow import Statuses

NO_RECOVERY_OWED = frozenset({Outcome.NOT_UPHELD, Outcome.WITHDRAWN, Outcome.DUPLICATE, Outcome.REFERRED})
"""Outcomes that end a case without the six steps: nothing was owed, or it is dealt with elsewhere."""

SATISFIED = frozenset({Outcome.SATISFIED, Outcome.SATISFIED_AFTER_MORE})

NOT_CHOOSABLE = frozenset({Outcome.NOT_RECORDED, Outcome.SATISFIED_LATER_NOT, Outcome.NOT_SATISFIED})
"""Of imported history, or by what the customer said after closing."""

CHOOSABLE = tuple(outcome for outcome in Outcome if outcome not in NOT_CHOOSABLE)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosingFacts:
    """What a case looks like at the moment somebody wants to close it."""

    statuses: Statuses
    open_concerns: int
    open_promises: int
    compensations_under_way: int
    answer: Answer | None
    was_asked: bool
    round: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LastFacts:
    """What a case looks like when its customer cannot be satisfied, over all of its rounds. Promises and compensations
    by their words: those that are still open, and those that were approved and not issued. ``answer``: the last one of
    the present round."""

    is_acknowledged: bool
    is_apologized: bool
    is_out_of_reach: bool
    answer: Answer | None = None
    open_promises: tuple[str, ...] = ()
    unissued: tuple[str, ...] = ()


def suggested_outcome(answer: Answer | None, round_number: int) -> Outcome | None:
    """The outcome that the customer's last answer stands for; none when it must be chosen."""
    if answer is Answer.SATISFIED:
        return Outcome.SATISFIED if round_number == 1 else Outcome.SATISFIED_AFTER_MORE
    return {Answer.PARTLY: Outcome.PARTLY_SATISFIED, Answer.WONT_SAY: Outcome.RESOLVED_NO_ANSWER}.get(
        answer or Answer.SATISFIED
    )


def is_worse(outcome: Outcome, answer: Answer) -> bool:
    """Whether somebody has to deal with an answer that comes after closing."""
    was_satisfied = outcome in SATISFIED or outcome is Outcome.SATISFIED_LATER_NOT
    return opens_round(answer) or (answer is Answer.PARTLY and was_satisfied)


def outcome_after(outcome: Outcome, answer: Answer, round_number: int) -> Outcome:
    """What a closed case says of itself once its customer has answered again: the last answer counts (domain.md, F).

    Where no recovery was owed, and where they would rather not say, it stays as it was.
    """
    if outcome in NO_RECOVERY_OWED or answer is Answer.WONT_SAY:
        return outcome
    if answer is Answer.SATISFIED and outcome in SATISFIED:
        return outcome
    if is_worse(outcome, answer):
        return _WORSENED.get(outcome, Outcome.NOT_SATISFIED)
    return suggested_outcome(answer, round_number) or outcome


_WORSENED = {
    Outcome.SATISFIED: Outcome.SATISFIED_LATER_NOT,
    Outcome.SATISFIED_AFTER_MORE: Outcome.SATISFIED_LATER_NOT,
    Outcome.SATISFIED_LATER_NOT: Outcome.SATISFIED_LATER_NOT,
    Outcome.UNRECONCILED: Outcome.UNRECONCILED,
}


def missing_to_close(facts: ClosingFacts, outcome: Outcome) -> tuple[str, ...]:
    """What still stands in the way, each as a sentence; empty when the case may be closed so."""
    missing: list[str] = []
    if outcome not in NO_RECOVERY_OWED:
        missing += [
            f"“{kind.label}” is still open." for kind in StepKind if facts.statuses.get(kind) == StepStatus.PENDING
        ]
        if facts.open_concerns:
            missing.append(
                f"{_count(facts.open_concerns, 'concern')} still open: resolve or refuse each with a reason."
            )
    if facts.compensations_under_way and (outcome not in NO_RECOVERY_OWED or outcome is Outcome.DUPLICATE):
        missing.append(f"{_count(facts.compensations_under_way, 'compensation')} not decided or not delivered yet.")
    if facts.open_promises:
        missing.append(f"{_count(facts.open_promises, 'promise')} still open: keep each, or agree on something else.")
    missing += _missing_for(outcome, facts)
    return tuple(missing)


def missing_to_give_up(facts: LastFacts) -> tuple[str, ...]:
    """What a customer is owed even where nothing will satisfy them (domain.md, F); all else is settled by the
    decision."""
    missing: list[str] = []
    if not facts.is_acknowledged:
        missing.append("Nobody has acknowledged the mistake yet.")
    if not facts.is_apologized and not facts.is_out_of_reach:
        missing.append("No apology has left or was spoken, and it is not shown that the customer cannot be reached.")
    missing += [
        f"The promise “{words}” is open: keep it, or have the customer release us from it."
        for words in facts.open_promises
    ]
    missing += [f"“{what}” is approved and not issued: issue it, or withdraw it." for what in facts.unissued]
    return tuple(missing)


def check_give_up(facts: LastFacts, *, last_offer: str, reason: str) -> None:
    """Refuse "could not be satisfied" without a last written offer, a reason, and what is always owed."""
    if not last_offer.strip():
        raise RuleError("Write the last offer as the customer has it in writing.", field="last_offer")
    if not reason.strip():
        raise RuleError("Say what was tried and why it does not satisfy.", field="reason")
    if facts.answer is Answer.SATISFIED:
        raise RuleError("The customer says that they are satisfied. Close the case as satisfied instead.")
    missing = missing_to_give_up(facts)
    if missing:
        raise GuardError("Some things are owed to every customer.", missing)


def check_close(facts: ClosingFacts, outcome: Outcome, reason: str) -> None:
    """Refuse to close while something is owed, or as something the customer did not say."""
    missing = missing_to_close(facts, outcome)
    if missing:
        raise GuardError("This case cannot be closed yet.", missing)
    if outcome not in SATISFIED and not reason.strip():
        raise RuleError("Say how it ended; the reason stays with the case.", field="reason")


def _missing_for(outcome: Outcome, facts: ClosingFacts) -> list[str]:
    if outcome in SATISFIED and facts.answer is not Answer.SATISFIED:
        return ["The customer has not said that they are satisfied."]
    if outcome is Outcome.PARTLY_SATISFIED and facts.answer not in {Answer.PARTLY, Answer.SATISFIED}:
        return ["The customer has not said that they are partly satisfied."]
    if outcome is Outcome.NO_CONTACT_POSSIBLE and facts.answer is not None:
        return ["The customer has answered, so contact was possible."]
    if outcome is Outcome.RESOLVED_NO_ANSWER and facts.answer not in {None, Answer.WONT_SAY}:
        return ["The customer has answered."]
    if outcome is Outcome.RESOLVED_NO_ANSWER and _silence_is_said(facts) and not facts.was_asked:
        return ["Nothing that asks the customer has left, so their silence says nothing."]
    return []


def _silence_is_said(facts: ClosingFacts) -> bool:
    """The question was not left out with a reason, and nobody has answered it."""
    return facts.answer is None and facts.statuses.get(StepKind.CONFIRM) == StepStatus.DONE


def _count(number: int, noun: str) -> str:
    return f"{number} {noun} is" if number == 1 else f"{number} {noun}s are"
