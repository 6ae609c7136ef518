"""A form acts once, and its key stands for one content."""

from datetime import datetime, timedelta
from threading import Barrier, Thread
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection

from cases.actions import contacts, submissions
from cases.actions.submissions import FORMS_LAST, Sent, digest_of, new_key
from cases.errors import ConflictError, ResentError, RuleError, SentBeforeError, UnknownKeyError
from cases.models import Case, Event, Submission, User
from cases.rules.vocabulary import EventKind
from tests.conftest import Log


@pytest.fixture
def case(log: Log) -> Case:
    return log()


def note(case: Case, actor: User, now: datetime, text: str = "Called, no answer") -> Event:
    return contacts.add_note(case=case, text=text, actor=actor, now=now)


def notes() -> int:
    return len(Event.objects.filter(kind=EventKind.NOTE_ADDED))


def sent(actor: User, key: str, text: str = "Called, no answer") -> Sent:
    return Sent(key=key, digest=digest_of([("text", [text])], about="note"), actor=actor)


def send(case: Case, actor: User, key: str, now: datetime, text: str = "Called, no answer") -> Event:
    form = sent(actor, key, text)
    return submissions.once(lambda: note(case, actor, now, text), sent=form, now=now, address=lambda _: "/there/")


@pytest.mark.django_db
def test_the_same_content_is_recorded_once_and_told_with_its_moment(case: Case, agent: User, now: datetime) -> None:
    key = new_key(now)
    send(case, agent, key, now)
    with pytest.raises(SentBeforeError) as caught:
        send(case, agent, key, now + timedelta(hours=1))
    assert (caught.value.at, caught.value.address, notes()) == (now, "/there/", 1)


@pytest.mark.django_db
def test_other_content_with_the_same_key_is_refused_and_acts_with_a_fresh_one(
    case: Case, agent: User, now: datetime
) -> None:
    key = new_key(now)
    send(case, agent, key, now)
    with pytest.raises(ResentError) as caught:
        send(case, agent, key, now, "She called back")
    assert (caught.value.at, caught.value.address, notes()) == (now, "/there/", 1)
    send(case, agent, new_key(now), now, "She called back")
    assert notes() == 2


@pytest.mark.django_db
def test_a_form_that_was_refused_can_be_sent_again(case: Case, agent: User, now: datetime) -> None:
    key = new_key(now)
    with pytest.raises(RuleError, match="Write the note first"):
        send(case, agent, key, now, " ")
    assert not Submission.objects.exists()
    send(case, agent, key, now)
    assert notes() == 1


@pytest.mark.django_db
def test_somebody_elses_key_a_forged_one_and_an_old_one_are_told_alike(
    case: Case, agent: User, teammate: User, now: datetime
) -> None:
    key = new_key(now)
    send(case, teammate, key, now)
    for wrong in (key, f"{key}x", str(uuid4()), "", new_key(now - FORMS_LAST - timedelta(seconds=1))):
        with pytest.raises(UnknownKeyError, match="more than seven days ago, or by somebody else"):
            send(case, agent, wrong, now)
    assert notes() == 1


@pytest.mark.django_db
def test_a_form_lasts_seven_days(case: Case, agent: User, now: datetime) -> None:
    send(case, agent, new_key(now - FORMS_LAST), now)
    assert notes() == 1


@pytest.mark.django_db
def test_an_old_form_that_was_recorded_is_told_so_as_long_as_that_is_remembered(
    case: Case, agent: User, now: datetime
) -> None:
    key = new_key(now - FORMS_LAST)
    send(case, agent, key, now)
    with pytest.raises(SentBeforeError):
        send(case, agent, key, now + timedelta(hours=1))


@pytest.mark.django_db
def test_a_submission_of_an_earlier_release_is_known_by_its_key(case: Case, agent: User, now: datetime) -> None:
    key = uuid4()
    Submission.objects.create(key=key, actor=agent, at=now)
    with pytest.raises(ResentError):
        send(case, agent, str(key), now)
    assert notes() == 0


@pytest.mark.django_db
def test_a_bug_is_not_mistaken_for_a_form_that_was_sent_before(agent: User, now: datetime) -> None:
    def breaks_a_constraint() -> None:
        Submission.objects.create(key=taken, at=now)

    taken = uuid4()
    Submission.objects.create(key=taken, at=now)
    with pytest.raises(IntegrityError):
        submissions.once(breaks_a_constraint, sent=sent(agent, new_key(now)), now=now)
    assert Submission.objects.count() == 1


@pytest.mark.django_db
def test_nothing_is_written_and_no_key_used_up_where_the_check_refuses(case: Case, agent: User, now: datetime) -> None:
    def refuse() -> None:
        raise ConflictError("Somebody was faster.")

    with pytest.raises(ConflictError, match="faster"):
        submissions.once(lambda: note(case, agent, now), sent=sent(agent, new_key(now)), now=now, check=refuse)
    assert (notes(), Submission.objects.count()) == (0, 0)


def test_content_is_compared_without_token_key_and_version_and_whatever_a_line_break_is() -> None:
    first = digest_of([("key", ["1"]), ("version", ["1"]), ("text", ["a\r\nb"])], about="note")
    second = digest_of([("text", ["a\nb"]), ("csrfmiddlewaretoken", ["x"]), ("key", ["2"])], about="note")
    assert first == second


@pytest.mark.parametrize("other", [[("text", ["a b"])], [("text", ["a"]), ("how", ["send"])], [("text", ["a", "b"])]])
def test_a_word_a_button_or_a_tick_makes_other_content(other: list[tuple[str, list[str]]]) -> None:
    assert digest_of(other, about="note") != digest_of([("text", ["a"])], about="note")


def test_the_same_words_about_another_record_are_other_content() -> None:
    assert digest_of([("text", ["a"])], about="SR-1001") != digest_of([("text", ["a"])], about="SR-1002")


@pytest.mark.django_db(transaction=True)
def test_two_posts_at_once_act_once(case: Case, agent: User, now: datetime) -> None:
    key, start, ends = new_key(now), Barrier(2), list[str]()

    def post() -> None:
        start.wait()
        try:
            send(case, agent, key, now)
            ends.append("recorded")
        except SentBeforeError:
            ends.append("sent before")
        finally:
            connection.close()

    threads = [Thread(target=post) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (sorted(ends), notes()) == (["recorded", "sent before"], 1)
