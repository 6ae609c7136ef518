"""Every kind of event reads as a sentence: in words and never in codes, of whoever did it, in whatever version."""

import json
import re

import pytest
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import TextChoices

from cases.actions.events import Facts, Sentence, Setting, facts_of, told
from cases.models import Event, User
from cases.rules import vocabulary
from cases.rules.vocabulary import EventKind
from tests.actions.events.older import ACTOR, CUSTOMER, OLDER
from tests.actions.events.samples import AT, recorded, samples

CODES = {
    code
    for each in vars(vocabulary).values()
    if isinstance(each, type) and issubclass(each, TextChoices) and each is not TextChoices
    for code in each.values
}
CODE = re.compile(r"\b[a-z]+[_.][a-z_]+\b")
KINDS = recorded()


def shown(sentence: Sentence) -> list[str]:
    """All that is ours: somebody's own words are left out."""
    named = (*(name for name, _at in sentence.moments), *(change.name for change in sentence.changes))
    return [sentence.who, sentence.did, *sentence.tags, *named]


def sides(sentence: Sentence) -> list[str]:
    pairs = [(sentence.before, sentence.after), *((change.before, change.after) for change in sentence.changes)]
    return [side for pair in pairs for side in pair if isinstance(side, str)]


def row(kind: str, facts: dict[str, object], *, by_person: bool, version: int = 0) -> Event:
    event = Event(kind=kind, facts=facts, facts_version=version, at=AT)
    event.actor = User(name=ACTOR) if by_person else None
    return event


def assert_in_words(sentence: Sentence) -> None:
    ours = [*shown(sentence), *sides(sentence)]
    assert [text for text in ours if CODE.search(text) or text in CODES - {"open"}] == []
    assert sentence.did


def test_every_kind_has_typed_facts() -> None:
    assert {str(kind.kind) for kind in KINDS} == set(EventKind.values)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("actor", [ACTOR, ""])
def test_no_code_shows_whatever_the_facts_are(kind: type[Facts], actor: str) -> None:
    for facts in samples(kind):
        assert_in_words(facts.sentence(Setting(actor=actor, customer=CUSTOMER)))


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_facts_that_were_stored_are_read_as_they_were(kind: type[Facts]) -> None:
    for facts in samples(kind):
        stored = json.loads(json.dumps(facts.as_json(), cls=DjangoJSONEncoder))

        assert facts_of(row(kind.kind, stored, by_person=True, version=kind.version)) == facts


@pytest.mark.parametrize(("kind", "facts", "by_person", "expected"), OLDER)
def test_what_was_recorded_before_facts_had_types_reads_in_sensible_words(
    kind: str,
    facts: dict[str, object],
    by_person: bool,  # noqa: FBT001
    expected: str,
) -> None:
    sentence = told(row(kind, facts, by_person=by_person), customer=CUSTOMER)

    assert f"{sentence.who} {sentence.did}" == expected
    assert_in_words(sentence)


@pytest.mark.parametrize("facts", [{}, {"words": None, "due": 7, "before": [], "after": {}}, {"text": ["x"]}, [], "x"])
@pytest.mark.parametrize("version", [0, 1, 99])
def test_reading_never_fails_whatever_is_stored(facts: dict[str, object], version: int) -> None:
    for kind in [*EventKind.values, "no.such_kind"]:
        assert_in_words(told(row(kind, facts, by_person=False, version=version), customer=CUSTOMER))


def test_somebody_s_words_are_shown_even_where_the_rest_cannot_be_read() -> None:
    event = row(EventKind.CASE_CLOSED, {"outcome": "made_up", "reason": "They moved away"}, by_person=True)

    assert told(event, customer=CUSTOMER).texts == ("They moved away",)


def test_every_kind_was_recorded_before_but_those_that_are_new() -> None:
    older = {kind for kind, *_rest in OLDER}

    assert set(EventKind.values) - older <= {str(kind) for kind in NEW}


NEW = (
    EventKind.IMPORT_UNDONE,
    EventKind.FACTS_CORRECTED,
    EventKind.CASE_MOVED,
    EventKind.CATEGORY_CHANGED,
    EventKind.CASE_MADE_SAFE,
    EventKind.ESCALATION_DEALT_WITH,
    EventKind.CLOCKS_STARTED,
    EventKind.HOURS_CHANGED,
    EventKind.CALL_ASKED,
    EventKind.PRIORITY_LOWERED,
    EventKind.PROMISE_KEPT_LATE,
    EventKind.PROMISE_GIVEN_UP,
    EventKind.CUSTOMER_CHANGED,
    EventKind.CUSTOMERS_MERGED,
    EventKind.CASE_JOINED,
    EventKind.LATER_ANSWER_SETTLED,
    EventKind.APPROVAL_WITHDRAWN,
    EventKind.QUESTION_QUEUED,
    EventKind.PREVENTION_MOVED,
    EventKind.LINKS_REVOKED,
    EventKind.MAIL_MOVED,
    EventKind.MAIL_TAKEN_BACK,
    EventKind.ADDRESS_ASKED,
    EventKind.ADDRESS_CONFIRMED,
)
