"""A case is found by whatever was written on it, from the moment at which it was written."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from django.apps import apps
from django.db import connection, models
from django.test.utils import CaptureQueriesContext

from cases.actions import compensations, contacts, findable, handling, promises
from cases.actions.contacts import Exchange
from cases.actions.promises import Pledge
from cases.models import Case, SearchText, User
from cases.rules.vocabulary import Channel, CompensationStatus, Direction
from tests.conftest import Log
from tests.reports import recovery

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

FOUND_ELSEWHERE = {
    "message": "repeats the letters, and holds links of customers",
    "reminder": "names steps and promises of staff",
    "customerlink": "holds a token",
    "searchtext": "is what is searched",
}
NO_WORDS = {
    *("case.search_text", "case.source", "case.reference", "event.kind", "compensation.currency", "statusupdate.lost"),
    *("promiserevision.reason", "severitychange.reason"),
}
"""Names and codes; and what the timeline repeats as a fact of its event."""


def found(words: str) -> list[Case]:
    return list(Case.objects.matching(words))


def note(case: Case, agent: User, now: datetime) -> None:
    contacts.add_note(case=case, text="Ask the quartermaster", actor=agent, now=now)


def call(case: Case, agent: User, now: datetime) -> None:
    exchange = Exchange(
        direction=Direction.IN,
        channel=Channel.PHONE,
        summary="The quartermaster called",
        private_note="Daughter Wilhelmine is ill",
        at=now,
    )
    contacts.log_contact(case=case, exchange=exchange, actor=agent, now=now)


def concern(case: Case, agent: User, now: datetime) -> None:
    contacts.add_concern(case=case, text="The quartermaster was rude", actor=agent, now=now)


def promise(case: Case, agent: User, now: datetime) -> None:
    pledge = Pledge(words="The quartermaster calls back", due_at=now + HOUR, channel=Channel.PHONE)
    promises.make_promise(case=case, pledge=pledge, actor=agent, now=now)


def escalation(case: Case, agent: User, now: datetime) -> None:
    handling.escalate(case=case, reason="The quartermaster insists", actor=agent, now=now)


@pytest.mark.parametrize("write", [note, call, concern, promise, escalation])
def test_a_case_is_found_by_what_was_just_written(
    log: Log, agent: User, now: datetime, write: Callable[[Case, User, datetime], None]
) -> None:
    log()
    case = log()
    assert found("quartermaster") == []

    write(case, agent, now)

    assert found("quartermaster") == found("MASTER") == [case]


@pytest.mark.parametrize(
    "words",
    [
        "wrong place sorry",  # the apology
        "kept the old address",  # its explanation
        "sent again right place",  # the correction
        "how addresses are entered",  # what was examined
        "thank you patience",  # the letter of the follow-up
        "own this maya",  # the acknowledgement
        "customer wants nothing",  # why nothing was given
        "as they said it",  # the answer
        "arrived",  # how the concern ended
    ],
)
def test_a_case_is_found_by_its_letters_and_answers(log: Log, agent: User, now: datetime, words: str) -> None:
    log(title="Another story", whom=recovery.another_customer("Graham", now))
    case = recovery.recover(log(), agent, now + DAY)

    assert found(words) == [case]


def test_a_case_is_found_by_the_receipt_of_what_was_given(log: Log, agent: User, now: datetime) -> None:
    case = log()
    for step in (recovery.acknowledge, recovery.apologize, recovery.correct):
        step(case, agent, now)
    gift = recovery.propose(case, agent, now)
    recovery.move(gift, agent, now, CompensationStatus.OFFERED, CompensationStatus.ACCEPTED)

    compensations.move_compensation(
        compensation=gift, to=CompensationStatus.ISSUED, note="Parcel number ZX-4711", actor=agent, now=now
    )

    assert found("voucher by the receipt") == found("zx4711") == [case]


def test_a_private_note_finds_only_for_who_may_see_the_case(
    log: Log, agent: User, outsider: User, now: datetime
) -> None:
    case = log()

    call(case, agent, now)

    assert list(Case.objects.visible_to(agent).matching("wilhelmine")) == [case]
    assert not Case.objects.visible_to(outsider).matching("wilhelmine").exists()


def test_keeping_in_step_takes_one_statement_where_no_word_has_changed(log: Log, agent: User, now: datetime) -> None:
    case = log()
    note(case, agent, now)
    case = Case.objects.lock(case)

    with CaptureQueriesContext(connection) as statements:
        findable.refresh(case)

    assert len(statements) == 1


def test_a_very_long_case_is_found_by_its_first_words_and_stays_within_its_bound(log: Log) -> None:
    case = log(description=" ".join(f"{'x' * 40}{number}" for number in range(20_000)))

    assert found(case.reference) == [case]
    assert len(SearchText.objects.get(case=case).search_text) <= 300_000


def texts() -> Iterator[tuple[str, str]]:
    """Every column of words of what belongs to a case: table, column."""
    for noun in apps.get_app_config("cases").get_models():
        name = noun._meta.model_name or ""  # noqa: SLF001 - the documented way to a model's fields
        related = {field.related_model for field in noun._meta.fields if field.is_relation}  # noqa: SLF001
        if noun is Case or (Case not in related and name not in {"acknowledgement", "followupchange"}):
            continue
        for field in noun._meta.fields:  # noqa: SLF001
            is_text = isinstance(field, models.CharField | models.TextField) and not field.choices
            if is_text and not isinstance(field, models.EmailField):
                yield noun._meta.db_table, field.name  # noqa: SLF001


def test_every_text_of_a_case_is_searched_or_left_out_for_a_reason() -> None:
    known = {
        f"{table}.{column.split('.')[-1]}" for table, (_, columns) in findable.SOURCES.items() for column in columns
    }
    missing = [
        f"{table}.{column}"
        for table, column in texts()
        if table.removeprefix("cases_") not in FOUND_ELSEWHERE
        and f"{table.removeprefix('cases_')}.{column}" not in NO_WORDS
        and f"{table}.{column}" not in known
    ]

    assert missing == []
