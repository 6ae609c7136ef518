"""Closing a case as a duplicate on its page, and what both pages show afterwards."""

from datetime import datetime, timedelta
from html import unescape

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cases.actions import closing, contacts, satisfaction
from cases.actions.submissions import new_key
from cases.actions.talk import ask_to_talk
from cases.models import Case, Contact, Customer, Message, User
from cases.rules.vocabulary import Outcome, UpdateReason
from tests.conftest import Log
from tests.reports import recovery

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


@pytest.fixture
def desk(client: Client, agent: User) -> Client:
    client.force_login(agent)
    return client


def form_of(case: Case) -> str:
    return reverse("cases:do", args=(case.reference, "close"))


def page_of(case: Case) -> str:
    return reverse("cases:case", args=(case.reference,))


def typed(case: Case, of: str) -> dict[str, object]:
    return {
        "key": new_key(timezone.now()),
        "version": recovery.fresh(case).version,
        "outcome": Outcome.DUPLICATE,
        "reason": "His wife told us before",
        "duplicate_of": of,
    }


def join(case: Case, original: Case, actor: User, now: datetime) -> None:
    closing.close(case=case, outcome=Outcome.DUPLICATE, reason="The same", actor=actor, now=now, duplicate_of=original)


def test_the_form_offers_the_other_cases_of_the_customer(desk: Client, log: Log, now: datetime) -> None:
    other, case = log(), log()
    stranger = log(whom=Customer.objects.create(name="Bela Tanaka", created_at=now))

    shown = desk.get(form_of(case)).content.decode()

    offers = [f'<option value="{one.reference}">' in shown for one in (other, case, stranger)]
    assert offers == [True, False, False]


@pytest.mark.parametrize("words", ["{}", " {} Parcel sent ", "{} "])
def test_the_case_is_named_by_its_reference(desk: Client, log: Log, words: str) -> None:
    original, case = log(), log()

    answer = desk.post(form_of(case), typed(case, words.format(original.reference.lower())))

    assert answer.status_code == 302
    assert recovery.fresh(case).duplicate_of == original


@pytest.mark.parametrize("of", ["", "SR-9999", "the other one"])
def test_without_a_case_that_is_there_everything_typed_is_given_back(desk: Client, log: Log, of: str) -> None:
    case = log()

    answer = desk.post(form_of(case), typed(case, of))

    assert answer.status_code == 422
    assert "His wife told us before" in answer.content.decode()
    assert recovery.fresh(case).is_open


def test_a_case_that_somebody_may_not_see_is_not_there(client: Client, log: Log, outsider: User) -> None:
    original, case = log(), log(owner=outsider)
    client.force_login(outsider)

    answer = client.post(form_of(case), typed(case, original.reference))

    assert answer.status_code == 422
    assert "among yours" in answer.content.decode()


def test_the_duplicate_leads_to_where_it_goes_on_and_so_does_the_list(
    desk: Client, log: Log, agent: User, now: datetime
) -> None:
    original, case = log(), log()
    join(case, original, agent, now)

    shown = desk.get(page_of(case)).content.decode()

    assert f'It goes on in <a href="{page_of(original)}"' in " ".join(shown.split())
    assert reverse("cases:do", args=(case.reference, "reopen")) not in shown
    listed = " ".join(desk.get(reverse("cases:list"), {"status": "closed"}).content.decode().split())
    assert f'of <a href="{page_of(original)}">' in listed


@pytest.mark.parametrize("name", ["cases:case", "cases:timeline"])
def test_its_events_stand_in_the_timeline_of_the_other_case_marked(
    desk: Client, log: Log, agent: User, now: datetime, name: str
) -> None:
    original, case = log(), log()
    contacts.add_note(case=case, text="The dog was in the parcel", actor=agent, now=now)
    join(case, original, agent, now + HOUR)

    shown = desk.get(reverse(name, args=(original.reference,))).content.decode()

    assert "The dog was in the parcel" in shown
    assert f"from {case.reference}" in shown


def test_the_page_asks_as_much_for_five_duplicates_as_for_one(
    desk: Client, log: Log, agent: User, now: datetime
) -> None:
    original = log()
    join(log(), original, agent, now)
    desk.get(page_of(original))
    with CaptureQueriesContext(connection) as one:
        desk.get(page_of(original))
    for _ in range(4):
        join(log(), original, agent, now)
    with CaptureQueriesContext(connection) as many:
        desk.get(page_of(original))

    assert len(many) == len(one)


def test_a_form_of_the_other_case_that_is_older_meets_the_conflict_page(
    desk: Client, log: Log, agent: User, now: datetime
) -> None:
    original, case = log(), log()
    note = {"key": new_key(timezone.now()), "version": original.version, "text": "Called him"}
    join(case, original, agent, now)

    answer = desk.post(reverse("cases:do", args=(original.reference, "note")), note)

    assert answer.status_code == 409
    assert f"took in {case.reference}" in answer.content.decode()


def test_the_customers_link_to_the_duplicate_shows_where_it_goes_on(client: Client, log: Log, agent: User) -> None:
    now = timezone.now()
    original, case = log(at=now, title="The parcel is lost"), log(at=now)
    token = satisfaction.make_link(case=case, actor=agent, now=now)
    join(case, original, agent, now)

    assert satisfaction.open_link(token, now).case == original
    assert client.get(reverse("cases:made_right", args=(token,))).status_code == 200


def test_the_link_of_somebody_else_of_the_household_stays_with_their_own_case(log: Log, agent: User) -> None:
    now = timezone.now()
    wife = Customer.objects.create(name="Ida Whitlock", phone="+1 555 0100", created_at=now)
    original, case = log(at=now), log(at=now, whom=wife)
    token = satisfaction.make_link(case=case, actor=agent, now=now)
    join(case, original, agent, now)

    assert satisfaction.open_link(token, now).case == case


def call(client: Client, case: Case, who: User) -> HttpResponse:
    client.force_login(who)
    typed = {"direction": "in", "channel": "phone", "reached": "reached", "summary": "It still drips"}
    hidden = {"key": new_key(timezone.now()), "version": recovery.fresh(case).version}
    sent: HttpResponse = client.post(reverse("cases:do", args=(case.reference, "contact")), {**typed, **hidden})  # type: ignore[assignment]
    return sent


def test_a_call_about_a_duplicate_is_kept_where_it_goes_on(client: Client, log: Log, agent: User) -> None:
    now = timezone.now()
    original, between, case = log(at=now), log(at=now), log(at=now)
    recovery.promise(original, agent, now, now + HOUR)
    join(case, between, agent, now)
    join(between, original, agent, now)

    sent = call(client, case, agent)

    assert sent.headers["Location"] == f"{page_of(original)}#timeline"
    assert not case.contacts.exists()
    assert original.contacts.filter(summary="It still drips", is_chase=True).count() == 1
    shown = client.get(page_of(original)).content.decode()
    assert f"in the timeline of {original.reference}, where this goes on" in shown


def test_a_call_about_a_duplicate_of_a_closed_case_is_owed_there(client: Client, log: Log, agent: User) -> None:
    now = timezone.now()
    original, case = log(at=now - 4 * HOUR), log(at=now - 4 * HOUR)
    recovery.close(original, agent, now - 2 * HOUR, Outcome.WITHDRAWN)
    join(case, original, agent, now - HOUR)

    call(client, case, agent)

    assert original.status_updates.unsettled().get().reason == UpdateReason.AFTER_CLOSING
    assert not case.status_updates.unsettled().exists()


def test_who_may_not_see_where_it_goes_on_logs_no_call_there(
    client: Client, log: Log, manager: User, outsider: User
) -> None:
    now = timezone.now()
    original, case = log(at=now), log(at=now, owner=outsider)
    join(case, original, manager, now)

    sent = call(client, case, outsider)

    assert sent.status_code == 403
    assert f"goes on in {original.reference}, which belongs to another team" in unescape(sent.content.decode())
    assert not Contact.objects.filter(summary="It still drips").exists()


def test_what_somebody_of_the_household_says_later_leads_to_where_it_goes_on(
    desk: Client, log: Log, agent: User
) -> None:
    now = timezone.now()
    wife = Customer.objects.create(name="Ida Whitlock", phone="+1 555 0100", created_at=now)
    original, case = log(at=now), log(at=now, whom=wife)
    token = satisfaction.make_link(case=case, actor=agent, now=now)
    join(case, original, agent, now)
    ask_to_talk(link=satisfaction.open_link(token, now), words="It still drips", now=now)

    shown = " ".join(desk.get(page_of(case)).content.decode().split())

    assert f'Go on in <a href="{page_of(original)}">{original.reference}</a>, or <a' in shown
    assert reverse("cases:do", args=(case.reference, "reopen")) not in shown
    form = desk.get(reverse("cases:do", args=(case.reference, "settle-answer"))).content.decode()
    assert f"Then go on in {original.reference}." in form
    mail = Message.objects.get(to_user=agent, subject__contains="would rather talk")
    assert f"Go on in {original.reference} if the same failure still stands" in " ".join(mail.text.split())
