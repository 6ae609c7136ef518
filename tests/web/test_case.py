"""The case page: what it shows, what its forms do, and what they refuse without losing a word."""

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases.actions import contacts, handling, satisfaction
from cases.actions.events import MessageBounced, ReminderSent, Told
from cases.actions.submissions import new_key
from cases.models import Case, Event, User
from cases.reminders.sweep import sweep
from cases.rules.evidence import AnswerEvidence
from cases.rules.vocabulary import (
    Answer,
    Channel,
    CommitmentKind,
    EventKind,
    MessagePurpose,
    Rung,
    Severity,
    StepKind,
    StepStatus,
)
from tests.conftest import Log
from tests.reports import recovery

pytestmark = pytest.mark.django_db

ACKNOWLEDGED = {
    "channel": "phone",
    "reached": "reached",
    "read_back": "The parcel went to your old address",
    "read_back_answer": "agreed",
    "was_only_concern": "yes",
    "ownership": "I am Maya, and I own this.",
}
SPOKEN = {
    "how": "speak",
    "body": "I sent your parcel to the old address, and I am sorry.",
    "explanation_status": "verified",
    "explanation": "The new address was typed into the note and not into the order.",
    "owns_it": "on",
    "channel": "phone",
}

Post = Callable[..., object]


@pytest.fixture
def case(log: Log) -> Case:
    """Logged a quarter of an hour ago, in real time: pages look at the clock."""
    return log(at=timezone.now() - timedelta(minutes=15))


@pytest.fixture
def post(client: Client, case: Case, agent: User) -> Callable[..., int]:
    """Send a form of the case as somebody, from the newest version unless told; answers with the status."""

    def send(name: str, typed: dict[str, str], *, who: User = agent, version: int | None = None, key: str = "") -> int:
        client.force_login(who)
        case.refresh_from_db()
        hidden = {"key": key or new_key(timezone.now()), "version": str(case.version if version is None else version)}
        answer = client.post(reverse("cases:do", args=(case.reference, name)), {**hidden, **typed})
        send.answer = answer  # type: ignore[attr-defined]
        return answer.status_code

    return send


def body(post: Callable[..., int]) -> str:
    text: str = post.answer.content.decode()  # type: ignore[attr-defined]
    return text


def test_the_page_shows_six_steps_and_the_form_of_the_next_one(client: Client, case: Case, agent: User) -> None:
    client.force_login(agent)
    page = client.get(reverse("cases:case", args=(case.reference,)))
    text = page.content.decode()
    assert [mark.kind for mark in page.context["page"].rail] == list(StepKind)
    assert "Record acknowledgement" in text
    assert "Due " in page.context["page"].rail[0].explain


def test_any_step_opens_from_the_rail_and_says_what_it_waits_for(client: Client, case: Case, agent: User) -> None:
    client.force_login(agent)
    page = client.get(reverse("cases:case", args=(case.reference,)), {"step": "follow_up"})
    assert page.context["page"].form is None
    assert "This step waits for" in page.content.decode()


def test_acknowledging_completes_the_step_and_shows_the_next(post: Callable[..., int], case: Case) -> None:
    assert post("acknowledge", ACKNOWLEDGED) == 302
    case.refresh_from_db()
    assert case.current_step == StepKind.APOLOGIZE
    assert case.events.filter(kind=EventKind.STEP_SETTLED).count() == 1


def test_a_voicemail_completes_nothing_and_every_word_stays(post: Callable[..., int], case: Case) -> None:
    assert post("acknowledge", {**ACKNOWLEDGED, "reached": "voicemail"}) == 422
    assert "an attempt and completes nothing" in body(post)
    assert ACKNOWLEDGED["read_back"] in body(post)
    assert case.steps.filter(status=StepStatus.DONE).count() == 0


def test_the_same_form_sent_twice_acts_once(post: Callable[..., int], case: Case) -> None:
    key = new_key(timezone.now())
    assert post("note", {"text": "Called the depot"}, key=key) == 302
    assert post("note", {"text": "Called the depot"}, key=key) == 302
    assert case.events.filter(kind=EventKind.NOTE_ADDED).count() == 1


def test_a_case_changed_meanwhile_says_who_did_what_and_keeps_what_was_typed(
    post: Callable[..., int], case: Case, teammate: User
) -> None:
    seen = case.version
    contacts.add_note(case=case, text="On it", actor=teammate, now=timezone.now())
    assert post("acknowledge", ACKNOWLEDGED, version=seen) == 409
    assert "Tom Reyes added a note" in body(post)
    assert ACKNOWLEDGED["read_back"] in body(post)
    assert f'name="version" value="{seen + 1}"' in body(post)


def test_a_step_out_of_order_is_refused_with_what_comes_first(post: Callable[..., int], case: Case) -> None:
    assert post("apologize", SPOKEN) == 422
    assert "First settle “Acknowledge”" in body(post)
    assert case.apologies.count() == 0


def test_a_stranger_to_the_team_finds_nothing(post: Callable[..., int], outsider: User) -> None:
    assert post("note", {"text": "Hello"}, who=outsider) == 404


def test_nobody_approves_their_own_compensation(post: Callable[..., int], case: Case) -> None:
    gift = {"nature": "goodwill", "form": "voucher", "what": "A gift card", "amount": "80"}
    assert post("propose", gift) == 302
    assert post("approve", {"of": str(case.compensations.get().public_id), "how": "approve"}) == 403
    assert "Nobody approves their own proposal" in body(post)


def test_an_unknown_thing_to_do_is_not_found(post: Callable[..., int]) -> None:
    assert post("explode", {}) == 404


def test_a_promise_of_another_case_is_not_part_of_this_one(post: Callable[..., int]) -> None:
    assert post("keep-promise", {"of": str(uuid4())}) == 422
    assert "This is not part of this case" in body(post)


@pytest.mark.parametrize("amount", ["-5", "1e9", "NaN", "ten", "99999999999999"])
def test_an_amount_that_cannot_be_meant_is_refused_at_its_field(post: Callable[..., int], amount: str) -> None:
    gift = {"nature": "goodwill", "form": "money", "what": "A refund", "amount": amount}
    assert post("propose", gift) == 422
    assert "id_amount_error" in body(post) or "error_1_id_amount" in body(post)


@pytest.mark.parametrize("words", ["\x00", "<script>alert(1)</script>", "=HYPERLINK(1)", "שלום 😀", "a" * 20_001])
def test_odd_words_are_kept_as_they_are_or_refused_with_a_sentence(
    client: Client, post: Callable[..., int], case: Case, words: str
) -> None:
    status = post("note", {"text": words})
    assert status in {302, 422}
    page = client.get(reverse("cases:case", args=(case.reference,))).content.decode()
    assert "<script>alert(1)" not in page


def test_closing_too_early_lists_what_is_open(post: Callable[..., int], case: Case) -> None:
    assert post("close", {"outcome": "satisfied"}) == 422
    assert "“Acknowledge” is still open." in body(post)
    assert "The customer has not said that they are satisfied." in body(post)


def test_the_number_of_queries_is_the_same_for_a_new_case_and_a_busy_one(
    client: Client, case: Case, agent: User, django_assert_max_num_queries: Callable[[int], object]
) -> None:
    client.force_login(agent)
    address = reverse("cases:case", args=(case.reference,))
    client.get(address)
    for number in range(20):
        contacts.add_note(case=case, text=f"Note {number}", actor=agent, now=timezone.now())
        contacts.add_concern(case=case, text=f"Concern {number}", actor=agent, now=timezone.now())
    handling.change_severity(case=case, severity=Severity.MAJOR, reason="Worse", actor=agent, now=timezone.now())
    with django_assert_max_num_queries(15):  # type: ignore[attr-defined]
        assert client.get(address).status_code == 200


def test_the_timeline_says_who_was_reminded_of_what(client: Client, log: Log, agent: User) -> None:
    case = log(at=timezone.now() - timedelta(hours=1), severity=Severity.CRITICAL)
    sweep(timezone.now())
    client.force_login(agent)
    lines = client.get(reverse("cases:case", args=(case.reference,))).context["page"].events
    reminded = [line for line in lines if line.did == "was reminded"]
    assert {line.who for line in reminded} == {agent.name}
    assert any("Acknowledge" in line.texts[0] for line in reminded)


def test_the_timeline_says_that_a_word_to_the_customer_was_what_somebody_was_reminded_of(
    client: Client, case: Case, agent: User
) -> None:
    what = (Told(kind=CommitmentKind.UPDATE, name="asked"), Told(kind=CommitmentKind.PROMISE, name="I will ring"))
    Event.objects.record(case, ReminderSent(what=what, rung=Rung.DUE), at=timezone.now(), actor=agent)
    client.force_login(agent)
    line = client.get(reverse("cases:case", args=(case.reference,))).context["page"].events[0]

    assert line.texts == ("They had to ask, I will ring",)


def test_the_timeline_says_which_mail_did_not_arrive_and_what_is_owed_again(
    client: Client, case: Case, agent: User
) -> None:
    bounced = MessageBounced(
        purpose=MessagePurpose.SATISFACTION, error="It came back: 550", owed_again=StepKind.CONFIRM
    )
    Event.objects.record(case, bounced, at=timezone.now(), actor=None)
    client.force_login(agent)
    line = client.get(reverse("cases:case", args=(case.reference,))).context["page"].events[0]

    assert (line.who, line.did) == ("Amends", "learned that a mail did not arrive")
    assert line.texts == ("It came back: 550",)
    assert line.tags == ("Question to the customer", "“Confirm satisfaction” is owed again")


def test_the_page_of_a_decision_says_what_exactly_is_decided(
    client: Client, post: Callable[..., int], case: Case, manager: User
) -> None:
    assert post("waive", {"step": "acknowledge", "reason": "They asked us not to call"}) == 302
    client.force_login(manager)
    address = reverse("cases:do", args=(case.reference, "decide"))
    text = client.get(address, {"of": str(case.approvals.get().public_id)}).content.decode()
    for said in ("Maya Osei", case.reference, "Leave out the step “Acknowledge”", "They asked us not to call"):
        assert said in text
    assert "Nobody owes “Acknowledge” in this round any more." in text


def test_the_page_that_approves_a_compensation_says_what_is_given_and_why(
    client: Client, post: Callable[..., int], case: Case, manager: User
) -> None:
    gift = {"nature": "goodwill", "form": "voucher", "what": "A gift card", "amount": "80", "reason": "A lost evening"}
    assert post("propose", gift) == 302
    client.force_login(manager)
    address = reverse("cases:do", args=(case.reference, "approve"))
    text = client.get(address, {"of": str(case.compensations.get().public_id)}).content.decode()
    for said in ("Maya Osei", "Give “A gift card” (80 USD) to Grace Whitlock", "A lost evening"):
        assert said in text


def test_could_not_be_satisfied_is_asked_for_in_round_one_and_agreed_on_by_somebody_else(
    post: Callable[..., int], case: Case, manager: User
) -> None:
    for name, typed in (("acknowledge", ACKNOWLEDGED), ("apologize", SPOKEN)):
        assert post(name, typed) == 302
    assert post("unreconciled", {"last_offer": "The price back, by letter", "reason": "They want it undone"}) == 302
    approval = case.approvals.get()
    assert post("decide", {"of": str(approval.public_id), "how": "grant"}, who=manager) == 302
    case.refresh_from_db()
    assert case.outcome == "unreconciled"


@pytest.mark.parametrize(
    ("typed", "status"),
    [
        ({"answer": "satisfied", "score": "1"}, 422),
        ({"answer": "not_satisfied", "score": "5"}, 422),
        ({"score": "5", "words": "Thank you so much"}, 422),
        ({"answer": "satisfied", "score": "3"}, 302),
    ],
)
def test_what_staff_write_down_is_asked_back_where_it_contradicts_itself(
    post: Callable[..., int], case: Case, agent: User, typed: dict[str, str], status: int
) -> None:
    recovery.until_confirm(case, agent, timezone.now() - timedelta(minutes=10))
    assert post("answer", {"channel": "phone", **typed}) == status
    assert case.satisfaction_checks.filter(answer="partly").exists() == (status == 302)


def test_a_worse_answer_after_closing_stands_on_the_page_in_the_list_and_at_the_top_of_my_work(
    client: Client, log: Log, agent: User
) -> None:
    case = recovery.recover(log(at=timezone.now() - timedelta(hours=3)), agent, timezone.now() - timedelta(hours=1))
    said = AnswerEvidence(channel=Channel.PHONE, answer=Answer.NOT_SATISFIED, score=1, words="It broke again")
    satisfaction.record_later_answer(case=case, evidence=said, actor=agent, now=timezone.now())
    client.force_login(agent)
    page = client.get(reverse("cases:case", args=(case.reference,))).content.decode()
    for words in ("Satisfied, later not", "After closing the customer says", "Satisfied, 5 of 5", "“It broke again”"):
        assert words in page
    assert "Satisfied, later not" in client.get(reverse("cases:list")).content.decode()
    customer = client.get(reverse("cases:customer", args=(case.customer.public_id,))).content.decode()
    assert "Satisfied, later not" in customer
    work = client.get(reverse("cases:work")).content.decode()
    assert "1 customer says that it is not right after all." in work
    assert work.index("Not right after all") < work.index("Promises you made")


def test_a_worse_answer_is_dealt_with_by_the_reference_of_another_case(
    client: Client, case: Case, log: Log, agent: User
) -> None:
    closed = recovery.recover(log(at=timezone.now() - timedelta(hours=3)), agent, timezone.now() - timedelta(hours=1))
    said = AnswerEvidence(channel=Channel.PHONE, answer=Answer.NOT_SATISFIED, score=1)
    satisfaction.record_later_answer(case=closed, evidence=said, actor=agent, now=timezone.now())
    client.force_login(agent)
    address = reverse("cases:do", args=(closed.reference, "settle-answer"))
    for linked, status in (("SR-9", 422), (case.reference.lower(), 302)):
        hidden = {"key": new_key(timezone.now()), "version": str(recovery.fresh(closed).version)}
        assert client.post(address, {**hidden, "linked": linked}).status_code == status
    page = client.get(reverse("cases:case", args=(closed.reference,))).content.decode()
    assert f'It goes on in <a href="/cases/{case.reference}/">' in page
