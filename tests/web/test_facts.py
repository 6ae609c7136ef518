"""Correcting the facts of a case on a page: what was, what is, who may, and what nobody loses."""

import re
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases.actions import apologies, closing, facts, satisfaction
from cases.actions.follow_ups import send_follow_up
from cases.actions.submissions import new_key
from cases.models import Case, Category, Customer, Message, PersonalChange, Team, User
from cases.rules.facts import FACTS
from cases.rules.vocabulary import Audience, Channel, EventKind, Outcome
from cases.web.forms.facts import FactsForm
from tests.actions.evidence import APOLOGIZED, LETTER
from tests.conftest import Log
from tests.reports import recovery

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def start() -> datetime:
    """Three hours ago, with seconds in it, in real time: pages look at the clock."""
    return timezone.now() - 3 * HOUR


@pytest.fixture
def case(log: Log, agent: User, client: Client, start: datetime) -> Case:
    client.force_login(agent)
    case = log(at=start, description="It never came\nGrace")
    case.refresh_from_db()
    return case


def address(case: Case, name: str = "facts") -> str:
    return reverse("cases:do", args=(case.reference, name))


def shown(case: Case, who: User) -> dict[str, str]:
    """What a browser sends of the form as it is drawn, with a reason."""
    with timezone.override(who.zone):
        form = FactsForm(case=case, actor=who)
        sent = {bound.name: str(bound.value() or "") for bound in form}
    return {**sent, "reason": "The receipt says so", "key": new_key(timezone.now())}


def timeline(client: Client, case: Case) -> str:
    page = client.get(reverse("cases:timeline", args=(case.reference,))).content.decode()
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


TYPED = {
    "title": ("Parcel lost", "What went wrong: Parcel sent to the old address → Parcel lost"),
    "subject": ("the parcel", "What the customer reads: Your case SR-1001 → the parcel"),
    "description": ("It came late", "The customer’s words: It never came Grace → It came late"),
    "origin": ("self_reported", "Who noticed: The customer told us → We noticed it ourselves"),
    "channel": ("letter", "How it reached us: Phone → Letter"),
    "wants": ("A new one", "What the customer would like: A new one"),
    "attempt": ("2", "Which attempt it was: 1 → 2"),
    "business_unit": ("Parcels", "The business unit: Parcels"),
    "contribution": ("An old address", "What the customer did: An old address"),
    "category": ("delivery › lost", "The category: Delivery › Lost"),
    "happened_at": ("2020-03-02T10:20", "When it happened: "),
    "known_at": ("2020-03-02T10:20", "When we first knew: "),
    "needed_by": ("2090-03-02T10:20", "By when the customer needs it: "),
    "incident": ("", ""),
    "team": ("", "The team: Support → nothing"),
    "customer": ("", ""),
}


def test_every_fact_is_tried() -> None:
    assert set(TYPED) == {fact.name for fact in FACTS}


@pytest.mark.parametrize("name", [name for name, (_, told) in TYPED.items() if told])
def test_a_fact_is_corrected_on_the_page_and_told_in_the_timeline(
    client: Client, case: Case, agent: User, name: str
) -> None:
    Category.objects.create(name="Delivery › Lost")
    typed, told = TYPED[name]
    assert client.post(address(case), {**shown(case, agent), name: typed}).status_code == 302
    page = timeline(client, case)
    assert told in page
    assert "Maya Osei corrected the facts" in page
    assert "The receipt says so" in page
    assert page.count("corrected the facts") == 1
    kept = case.events.get(kind=EventKind.FACTS_CORRECTED).facts["corrections"]
    assert len(kept) + PersonalChange.objects.count() == 1


@pytest.mark.parametrize("order", [1, -1])
def test_a_correction_after_joining_leaves_the_contact_of_the_duplicate_as_it_was(
    client: Client, case: Case, log: Log, agent: User, order: int
) -> None:
    """Whichever of the two was logged first."""
    other = log(at=timezone.now() - HOUR, channel=Channel.EMAIL, description="Where is it?")
    duplicate, original = (case, other)[::order]
    theirs, own = duplicate.contacts.get(), original.contacts.get()
    closing.close(
        case=duplicate,
        outcome=Outcome.DUPLICATE,
        reason="Twice",
        actor=agent,
        now=timezone.now(),
        duplicate_of=original,
    )
    original.refresh_from_db()
    sent = {**shown(original, agent), "channel": "letter", "known_at": "2020-03-02T10:20"}
    assert client.post(address(original), sent).status_code == 302
    at, channel = theirs.at, theirs.channel
    theirs.refresh_from_db()
    own.refresh_from_db()
    assert (theirs.at, theirs.channel, own.channel) == (at, channel, "letter")


def test_the_form_shows_the_facts_as_they_are(client: Client, case: Case) -> None:
    page = client.get(address(case)).content.decode()
    for shown_words in (
        'value="Parcel sent to the old address"',
        "It never came",
        'value="IN-1001"',
        "selected>Support",
    ):
        assert shown_words in page
    assert (
        reverse("cases:do", args=(case.reference, "facts")) in client.get(f"/cases/{case.reference}/").content.decode()
    )


def test_a_form_that_changes_nothing_says_so(client: Client, case: Case, agent: User) -> None:
    answer = client.post(address(case), {**shown(case, agent), "description": "It never came\r\nGrace"})
    assert answer.status_code == 422
    assert "Nothing is changed" in answer.content.decode()


def test_without_a_reason_nothing_is_corrected_and_all_is_kept(client: Client, case: Case, agent: User) -> None:
    answer = client.post(address(case), {**shown(case, agent), "title": "Parcel lost", "reason": ""})
    assert answer.status_code == 422
    assert 'value="Parcel lost"' in answer.content.decode()


def test_a_moment_that_cannot_be_is_refused_at_its_field(client: Client, case: Case, agent: User) -> None:
    answer = client.post(address(case), {**shown(case, agent), "known_at": "2090-03-02T10:20"})
    assert answer.status_code == 422
    assert answer.context["form"].errors["known_at"] == ["We cannot have learned of it in the future. Check the date."]


def test_another_customer_is_looked_for_and_chosen(client: Client, case: Case, agent: User, start: datetime) -> None:
    bob = Customer.objects.create(name="Bob Tarn", email="bob@example.org", created_at=start)
    sent = {**shown(case, agent), "q": "tarn"}
    asked = client.post(address(case), sent)
    assert asked.status_code == 422
    assert "Choose whom you mean." in asked.content.decode()
    assert f'value="{bob.public_id}"' in asked.content.decode()
    assert client.post(address(case), {**sent, "customer": str(bob.public_id)}).status_code == 302
    assert "The customer: Grace Whitlock → Bob Tarn" in timeline(client, case)
    for whose, whom in ((case.customer, "somebody else"), (bob, "this customer")):
        page = client.get(reverse("cases:customer", args=(whose.public_id,))).content.decode()
        assert f"corrected that {case.reference} happened to {whom}" in page
    nobody = client.post(address(case), {**shown(case, agent), "version": "9", "q": "Zebulon"})
    assert "Nobody is found by these words" in nobody.content.decode()


def test_a_case_goes_to_an_incident_that_one_may_see(
    client: Client, case: Case, log: Log, agent: User, outsider: User, start: datetime
) -> None:
    other = log(at=start, whom=recovery.another_customer("Bob", start))
    refused = client.post(address(case), {**shown(case, agent), "incident": "IN-9"})
    assert "There is no incident “IN-9” among your cases" in refused.content.decode()
    client.post(address(case), {**shown(case, agent), "incident": other.incident.reference})
    assert f"The incident: IN-1001 → {other.incident.reference}" in timeline(client, case)


def test_a_case_that_goes_to_a_team_of_others_leads_to_ones_work(
    client: Client, case: Case, teammate: User, agent: User
) -> None:
    Case.objects.filter(pk=case.pk).update(owner=teammate, logged_by=teammate)
    other = Team.objects.create(name="Returns", calendar=agent.teams.get().calendar)
    answer = client.post(address(case), {**shown(case, agent), "team": str(other.public_id)})
    assert (answer.status_code, answer["Location"]) == (302, reverse("cases:work"))


def test_a_category_that_a_colleague_changed_meanwhile_is_not_undone(
    client: Client, case: Case, log: Log, agent: User, start: datetime
) -> None:
    lost, late = (Category.objects.create(name=name) for name in ("Lost", "Late"))
    other = log(at=start, whom=recovery.another_customer("Bob", start), incident=case.incident)
    sent = shown(case, agent)
    facts.correct_facts(case=other, facts={"category": lost}, reason="-", actor=agent, now=timezone.now())
    refused = client.post(address(case), {**sent, "category": late.name})
    assert refused.status_code == 409
    assert "category from nothing to “Lost”" in refused.content.decode()


def test_of_a_closed_case_an_agent_is_offered_what_they_may_correct(
    client: Client, case: Case, agent: User, manager: User, start: datetime
) -> None:
    recovery.recover(case, agent, start + HOUR)
    case.refresh_from_db()
    page = client.get(address(case)).context["form"]
    assert {"known_at", "incident", "customer", "q"}.isdisjoint(page.fields)
    assert "title" in page.fields
    sent = {**shown(case, agent), "known_at": "2020-03-02T10:20"}
    assert "Nothing is changed" in client.post(address(case), sent).content.decode()
    client.force_login(manager)
    answer = client.post(address(case), {**shown(case, manager), "known_at": "2020-03-02T10:20"})
    assert answer.status_code == 302


def test_values_that_were_erased_are_not_made_up(client: Client, case: Case, agent: User) -> None:
    client.post(address(case), {**shown(case, agent), "title": "Parcel lost"})
    PersonalChange.objects.all().delete()
    assert "What went wrong: no longer kept" in timeline(client, case)


def test_the_words_of_an_open_concern_are_corrected(client: Client, case: Case) -> None:
    concern = case.concerns.get()
    page = client.get(f"{address(case, 'correct-concern')}?of={concern.public_id}").content.decode()
    assert "Parcel sent to the old address</textarea>" in page
    sent = {"of": str(concern.public_id), "text": "It was opened", "reason": "They said so", "version": case.version}
    client.post(address(case, "correct-concern"), {**sent, "key": new_key(timezone.now())})
    assert "A concern: Parcel sent to the old address → It was opened" in timeline(client, case)


def subjects() -> list[str]:
    return list(Message.objects.filter(audience=Audience.CUSTOMER).order_by("pk").values_list("subject", flat=True))


def test_no_mail_and_no_page_tells_the_customer_what_is_a_note_among_ourselves(
    client: Client, log: Log, agent: User, start: datetime
) -> None:
    case = log(at=start, title="I missed their appointment", subject="the missed appointment")
    recovery.acknowledge(case, agent, start)
    letter = replace(APOLOGIZED, channel=Channel.EMAIL)
    apology = apologies.send_apology(case=case, evidence=letter, actor=agent, now=start)
    apologies.apology_left(apology, at=start)
    for step in (recovery.correct, recovery.give_nothing):
        step(case, agent, start + HOUR)
    satisfaction.ask_by_mail(case=case, words="Dear Grace", actor=agent, now=start + 2 * HOUR)
    assert subjects() == ["We are sorry: the missed appointment", "Did we make it right? the missed appointment"]
    token = satisfaction.make_link(case=case, actor=agent, now=timezone.now())
    page = client.get(reverse("cases:made_right", args=(token,))).content.decode()
    assert "the missed appointment" in page
    assert "I missed" not in page


@pytest.mark.parametrize(("category", "subject"), [("Delivery › Lost", "Lost"), ("", "Your case SR-1001")])
def test_what_nobody_wrote_for_the_customer_is_the_category_or_our_reference(
    log: Log, start: datetime, category: str, subject: str
) -> None:
    found = Category.objects.create(name=category) if category else None
    assert log(at=start, title="Bob broke it", category=found).subject == subject


def test_a_follow_up_has_the_subject_too(log: Log, agent: User, start: datetime) -> None:
    case = log(at=start, subject="the parcel")
    recovery.until_confirm(case, agent, start)
    recovery.answer(case, agent, start + HOUR)
    send_follow_up(case=case, letter=LETTER, actor=agent, now=start + 2 * HOUR)
    assert subjects()[-1].endswith("the parcel")


def test_what_the_customer_reads_is_asked_at_logging(client: Client, agent: User, customer: Customer) -> None:
    client.force_login(agent)
    sent = {"customer": str(customer.public_id), "title": "I broke it", "subject": "the broken chair"}
    words = {"severity": "minor", "origin": "customer", "channel": "phone", "key": new_key(timezone.now())}
    assert client.post(reverse("cases:log"), {**sent, **words}).status_code == 302
    assert Case.objects.get().subject == "the broken chair"
