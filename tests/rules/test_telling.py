"""A follow-up letter claims what the record says, and its facts stand above the signature."""

from datetime import date

import pytest

from cases.rules import telling
from cases.rules.evidence import ChangeTold
from cases.rules.vocabulary import FollowUpSays, PreventionStatus

TODAY = date(2026, 3, 2)
DONE = ChangeTold(change="The fields have other colors", status=PreventionStatus.DONE, due=None)
PLANNED = ChangeTold(change="Packers count twice", status=PreventionStatus.PLANNED, due=date(2026, 4, 3))
NO_DAY = ChangeTold(change="Packers count twice", status=PreventionStatus.PLANNED, due=None)
OVERDUE = ChangeTold(change="Packers count twice", status=PreventionStatus.PLANNED, due=date(2026, 2, 3))
REASON = "We are still looking for the cause."


@pytest.mark.parametrize(
    ("changes", "subject"),
    [
        ((), "What we found, and why nothing has changed yet: A lost parcel"),
        ((DONE,), "What we changed because of you: A lost parcel"),
        ((PLANNED, DONE), "What we changed because of you: A lost parcel"),
        ((PLANNED,), "What we will change because of you by April 3: A lost parcel"),
        ((PLANNED, NO_DAY), "What we plan to change because of you: A lost parcel"),
        ((OVERDUE,), "What we plan to change because of you: A lost parcel"),
    ],
)
def test_the_subject_follows_the_record(changes: tuple[ChangeTold, ...], subject: str) -> None:
    assert telling.subject(changes, "A lost parcel", today=TODAY) == subject


@pytest.mark.parametrize(
    "signature",
    ["Maya Osei", "Kind regards,\nMaya", "Kind regards,\n\nMaya Osei\nSupport, Kettle & Sons", "Yours, Maya Osei."],
)
def test_the_reason_stands_above_the_signature(signature: str) -> None:
    body = f"Dear Grace,\n\nthank you for your patience.\n\n{signature}"
    letter = telling.letter(body, (), REASON, names=("Maya Osei", "Maya"))
    assert letter == f"Dear Grace,\n\nthank you for your patience.\n\n{REASON}\n\n{signature}"


WORDS = "Dear Grace,\n\nthank you for your patience."
SEVEN = (
    "Maya Osei\nCustomer Care\nKettle & Sons\n12 Mill Lane\nPortland, OR 97201\nTel. +1 503 555 0100\nkettle.example"
)


@pytest.mark.parametrize(
    "closing",
    [
        "Kind regards\n\nMaya Osei",
        "Kind regards,\nThe team of Acme Inc.",
        "Kind regards,\nAcme Corp.\nMaya",
        "Kind regards,\nM. O.",
        "Kind regards,\nMaya Osei, Head of Customer Relations, Acme International, 12 Main Street",
        "-Maya",
        "Warmly,\nMaya\nP.S. Thank you for the photo!",
        "Üdvözlettel:\nMaya Osei",
        "Mit freundlichen Grüßen\n\nMaya Osei\nKundendienst",
        "Viele Grüße aus Portland!\n\nMaya",
        "Best,\nMaya\n\nP.S. The kettle is on us.",
        "Maya\n\nPS: it may take a day.\nOr two.",
        "-- \nMaya Osei\nWe answer within a day. Always.",
        "Sincerely\nMaya\n-- \nKettle & Sons. Since 1921.",
        f"Yours faithfully\n\n{SEVEN}",
        f"Ystävällisin terveisin\n\n{SEVEN}",
        "此致\n敬礼\n\n欧赛",
        "此致\n\n敬礼\uff01\n\nMaya",
        "Many thanks\n\nMaya Osei\n\nKettle & Sons\n12 Mill Lane",
        "Cordialement\n\nMaya Osei\n\nThis letter is meant for its reader alone.",
        "Üdvözlettel\n\nSomebody Else",
    ],
)
def test_the_reason_stands_above_however_a_letter_closes(closing: str) -> None:
    letter = telling.letter(f"{WORDS}\n\n{closing}", (), REASON, names=("Maya Osei", "Maya"))
    assert letter == f"{WORDS}\n\n{REASON}\n\n{closing}"


@pytest.mark.parametrize(
    "body",
    [
        "Dear Grace,\n\nYours was the third parcel that day.\n\nWe looked at each of them again.",
        "Dear Grace,\n\nBest wishes were not enough, we know that\n\nWe looked at each of them again.",
        "Dear Grace,\n\nPS5 consoles are sent by another carrier.",
    ],
)
def test_words_of_the_letter_are_no_closing(body: str) -> None:
    assert telling.letter(body, (), REASON, names=("Maya",)) == f"{body}\n\n{REASON}"


def test_a_letter_without_a_signature_ends_with_the_facts() -> None:
    body = "Dear Grace,\n\nWe looked at:\n- the label\n- the list"
    assert telling.letter(body, (), REASON, names=("Maya",)).endswith(f"- the list\n\n{REASON}")
    assert telling.letter("Dear Grace", (), REASON, names=("Maya",)) == f"Dear Grace\n\n{REASON}"


def test_what_is_done_and_what_is_planned_stand_apart() -> None:
    letter = telling.letter("Dear Grace,\n\nthank you.\n\nMaya", (PLANNED, DONE), REASON, names=("Maya",))
    assert "What is different now:\n- Done: The fields have other colors." in letter
    assert "What we will change:\n- Not done yet, by April 3: Packers count twice." in letter
    assert letter.endswith("\n\nMaya")
    assert REASON not in letter


def test_a_reason_stays_beside_plans_alone() -> None:
    letter = telling.letter("Dear Grace,\n\nthank you.\n\nMaya", (PLANNED,), REASON, names=("Maya",))
    assert "What is different now" not in letter
    assert letter.endswith(f"{REASON}\n\nMaya")


def test_what_a_letter_says() -> None:
    assert telling.says([PreventionStatus.VERIFIED]) is FollowUpSays.CHANGED
    assert telling.says([PreventionStatus.PLANNED]) is FollowUpSays.PLANNED
    assert telling.says([]) is FollowUpSays.NOTHING
