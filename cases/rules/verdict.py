"""What a customer's answer and their number say together. Their free text is never read for it (domain.md, C5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cases.errors import RuleError
from cases.rules.vocabulary import Answer

if TYPE_CHECKING:
    from collections.abc import Mapping

_MEANT: Mapping[tuple[Answer, int], Answer | None] = {
    (Answer.SATISFIED, 3): Answer.PARTLY,
    (Answer.SATISFIED, 2): None,
    (Answer.SATISFIED, 1): None,
    (Answer.NOT_SATISFIED, 5): None,
    (Answer.NOT_SATISFIED, 4): None,
}
"""Where the number changes the answer; none where the two contradict each other. All others stand as given."""


def answer_of(said: Answer, score: int | None, *, wants_more: bool = False) -> Answer:
    """The answer that counts. ``wants_more``: they asked for something else beside it.

    Raises ``RuleError`` where answer and number contradict each other: then they are asked which of the two is right.
    """
    meant = said if score is None else _MEANT.get((said, score), said)
    if meant is None:
        raise RuleError(
            f"“{said.label}” and {score} of 5 do not go together. Ask which of the two is right, and change the other.",
            field="answer",
        )
    return Answer.WANTS_MORE if wants_more and meant is not Answer.NOT_SATISFIED else meant
