"""What a closed case says of itself once its customer has answered again."""

import pytest

from cases.rules.closing import CHOOSABLE, is_worse, outcome_after
from cases.rules.vocabulary import Answer, Outcome

S, P, M, N, W = Answer.SATISFIED, Answer.PARTLY, Answer.WANTS_MORE, Answer.NOT_SATISFIED, Answer.WONT_SAY
LATER_NOT = Outcome.SATISFIED_LATER_NOT
TABLE = {
    Outcome.SATISFIED: {S: Outcome.SATISFIED, P: LATER_NOT, M: LATER_NOT, N: LATER_NOT},
    Outcome.SATISFIED_AFTER_MORE: {S: Outcome.SATISFIED_AFTER_MORE, P: LATER_NOT, M: LATER_NOT, N: LATER_NOT},
    LATER_NOT: {S: Outcome.SATISFIED, P: LATER_NOT, M: LATER_NOT, N: LATER_NOT},
    Outcome.PARTLY_SATISFIED: {
        S: Outcome.SATISFIED,
        P: Outcome.PARTLY_SATISFIED,
        M: Outcome.NOT_SATISFIED,
        N: Outcome.NOT_SATISFIED,
    },
    Outcome.UNRECONCILED: {
        S: Outcome.SATISFIED,
        P: Outcome.PARTLY_SATISFIED,
        M: Outcome.UNRECONCILED,
        N: Outcome.UNRECONCILED,
    },
    **{
        outcome: {
            S: Outcome.SATISFIED,
            P: Outcome.PARTLY_SATISFIED,
            M: Outcome.NOT_SATISFIED,
            N: Outcome.NOT_SATISFIED,
        }
        for outcome in (
            Outcome.RESOLVED_NO_ANSWER,
            Outcome.NO_CONTACT_POSSIBLE,
            Outcome.NOT_RECORDED,
            Outcome.NOT_SATISFIED,
        )
    },
    **{
        outcome: dict.fromkeys(Answer, outcome)
        for outcome in (Outcome.NOT_UPHELD, Outcome.WITHDRAWN, Outcome.DUPLICATE, Outcome.REFERRED)
    },
}
ROWS = [(outcome, answer, after) for outcome, row in TABLE.items() for answer, after in row.items()]


@pytest.mark.parametrize(("outcome", "answer", "after"), ROWS)
def test_the_last_answer_counts(outcome: Outcome, answer: Answer, after: Outcome) -> None:
    assert outcome_after(outcome, answer, 1) is after


@pytest.mark.parametrize("outcome", Outcome)
def test_who_would_rather_not_say_changes_nothing(outcome: Outcome) -> None:
    assert outcome_after(outcome, W, 1) is outcome
    assert not is_worse(outcome, W)


def test_every_outcome_has_its_row() -> None:
    assert set(TABLE) == set(Outcome)


@pytest.mark.parametrize("outcome", Outcome)
def test_somebody_deals_with_a_worse_answer_whatever_the_case_was_closed_as(outcome: Outcome) -> None:
    assert is_worse(outcome, N)
    assert is_worse(outcome, M)
    assert not is_worse(outcome, S)
    satisfied = (Outcome.SATISFIED, Outcome.SATISFIED_AFTER_MORE, LATER_NOT)
    assert is_worse(outcome, P) == (outcome in satisfied)


def test_after_another_round_who_is_satisfied_is_so_after_more() -> None:
    assert outcome_after(Outcome.RESOLVED_NO_ANSWER, S, 2) is Outcome.SATISFIED_AFTER_MORE


def test_nobody_chooses_what_only_the_customer_can_say() -> None:
    assert not {LATER_NOT, Outcome.NOT_SATISFIED} & set(CHOOSABLE)
