"""The door through which a mail server hands bounces over: a token, one mail, and no word back."""

from datetime import datetime
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import DjangoAssertNumQueries, Settings

from cases.mail import compose
from cases.models import Message, StrayNotice, User
from cases.rules.vocabulary import MessageStatus, NoticeDoor, NoticeReason
from cases.web.views.bounces import MOST_BYTES
from tests.notices import absence, bounce_of, notice, original, report

pytestmark = pytest.mark.django_db

TOKEN = "a-token-of-more-than-thirty-two-characters"
DOOR = reverse("cases:bounces")


@pytest.fixture(autouse=True)
def opened(settings: Settings) -> None:
    settings.AMENDS_BOUNCE_TOKEN = TOKEN


@pytest.fixture
def mail(agent: User, manager: User, now: datetime) -> Message:
    """One that has left."""
    written = compose.notice(agent, heading="Please look", lines=[], now=now)
    Message.objects.filter(pk=written.pk).update(status=MessageStatus.SENT, sent_at=now)
    return written


def hand_over(raw: bytes, authorization: str = f"Bearer {TOKEN}") -> int:
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post(DOOR, raw, "message/rfc822", headers={"Authorization": authorization})
    assert answer.content == b""
    return answer.status_code


def test_a_bounce_is_noted_and_a_second_time_it_is_nothing_new(mail: Message) -> None:
    assert hand_over(bounce_of(mail)) == 204
    assert Message.objects.get(pk=mail.pk).status == MessageStatus.BOUNCED
    written = Message.objects.count()

    assert hand_over(bounce_of(mail)) == 204
    assert Message.objects.count() == written
    assert not StrayNotice.objects.exists()


def test_what_is_no_bounce_is_taken_without_a_question_to_the_database(
    mail: Message, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        assert hand_over(absence(mail.public_id)) == 204


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", NoticeReason.EMPTY),
        (b"\xff\x00", NoticeReason.NO_REPORT),
        (b"Subject: Hi\r\n\r\nThis is the qmail-send program: http://x.example/key", NoticeReason.NO_REPORT),
        (notice(report(), original(uuid4())), NoticeReason.NOT_OURS),
        (notice(report(action="unheard-of", status="")), NoticeReason.NO_RESULT),
    ],
)
def test_what_is_not_understood_is_listed_with_its_reason_for_administrators(
    raw: bytes, reason: NoticeReason, administrator: User
) -> None:
    assert hand_over(raw) == 204
    listed = StrayNotice.objects.get()
    client = Client()
    client.force_login(administrator)

    assert (listed.reason, listed.door) == (reason, NoticeDoor.HOOK)
    assert "x.example" not in listed.words
    assert reason.label in client.get(reverse("admin:cases_straynotice_changelist")).text
    assert client.get(reverse("admin:cases_straynotice_change", args=(listed.pk,))).status_code == 200


@pytest.mark.parametrize("authorization", ["", TOKEN, f"Basic {TOKEN}", f"Bearer {TOKEN}x", "Bearer ", "Bearer \xe9"])
def test_without_the_token_nothing_is_read(mail: Message, authorization: str) -> None:
    assert hand_over(bounce_of(mail), authorization) == 401
    assert Message.objects.get(pk=mail.pk).status == MessageStatus.SENT


def test_a_mail_that_is_too_large_is_refused(mail: Message) -> None:
    raw = bounce_of(mail).ljust(MOST_BYTES + 1)

    assert hand_over(raw) == 413
    assert hand_over(raw[:-1]) == 204


def test_it_is_for_handing_over_only(client: Client) -> None:
    answer = client.get(DOOR, headers={"Authorization": f"Bearer {TOKEN}"})

    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")


@pytest.mark.ignore_template_errors
def test_without_a_token_in_the_settings_there_is_no_door(client: Client, settings: Settings, mail: Message) -> None:
    settings.AMENDS_BOUNCE_TOKEN = ""

    assert client.get(DOOR).status_code == 404
    assert client.post(DOOR, bounce_of(mail), "message/rfc822", headers={"Authorization": "Bearer "}).status_code == 404
    assert Message.objects.get(pk=mail.pk).status == MessageStatus.SENT
