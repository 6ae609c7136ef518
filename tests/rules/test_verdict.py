"""What a customer's answer and their number say together: every combination."""

import pytest

from cases.errors import RuleError
from cases.rules.verdict import answer_of
from cases.rules.vocabulary import Answer

S, P, M, N, W = Answer.SATISFIED, Answer.PARTLY, Answer.WANTS_MORE, Answer.NOT_SATISFIED, Answer.WONT_SAY
NUMBERS = (None, 5, 4, 3, 2, 1)
TABLE = {
    S: (S, S, S, P, None, None),
    P: (P, P, P, P, P, P),
    M: (M, M, M, M, M, M),
    N: (N, None, None, N, N, N),
    W: (W, W, W, W, W, W),
}
"""By the numbers above; none is asked back."""
CLEAR = [(said, NUMBERS[at], meant) for said, row in TABLE.items() for at, meant in enumerate(row) if meant is not None]
UNCLEAR = [(said, NUMBERS[at]) for said, row in TABLE.items() for at, meant in enumerate(row) if meant is None]


@pytest.mark.parametrize(("said", "score", "meant"), CLEAR)
def test_an_answer_and_a_number_that_go_together_stand_for_one_answer(
    said: Answer, score: int | None, meant: Answer
) -> None:
    assert answer_of(said, score) is meant


@pytest.mark.parametrize(("said", "score"), UNCLEAR)
@pytest.mark.parametrize("wants_more", [True, False])
def test_an_answer_and_a_number_that_contradict_each_other_are_asked_back(
    said: Answer, score: int | None, *, wants_more: bool
) -> None:
    with pytest.raises(RuleError, match="do not go together") as caught:
        answer_of(said, score, wants_more=wants_more)
    assert caught.value.field == "answer"


@pytest.mark.parametrize(("said", "score", "meant"), CLEAR)
def test_who_asks_for_more_beside_it_wants_more_unless_they_are_not_satisfied(
    said: Answer, score: int | None, meant: Answer
) -> None:
    assert answer_of(said, score, wants_more=True) is (N if meant is N else M)
