"""Logging a mistake in one screen: customers found or new, moments, steps done in the same call, and refusals."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cases.actions.submissions import new_key
from cases.models import Case, Category, Customer, Incident, User
from cases.rules.vocabulary import Severity, StepKind
from tests.conftest import Log
from tests.web.mistakes import ACKNOWLEDGED, LOG, Send, said, send, sentence_at, wall

NOBODYS_KEY = "0c31fd04-dd2b-4980-93a8-7995415a96de"

pytestmark = pytest.mark.django_db
__all__ = ["send"]


def test_one_post_logs_the_case_and_leads_to_its_page(send: Send, agent: User, customer: Customer) -> None:
    answer = send(description="It never came.", wants="A new parcel", team="", owner=str(agent.public_id))
    case = Case.objects.get()
    assert answer.headers["Location"] == f"/cases/{case.reference}/"
    assert (case.customer, case.owner, case.wants) == (customer, agent, "A new parcel")
    assert timezone.now() - case.known_at < timedelta(minutes=2)
    assert said(answer) == [f"{case.reference} is logged."]


def test_the_form_begins_with_me_and_my_team_and_an_empty_moment(
    client: Client, agent: User, customer: Customer
) -> None:
    client.force_login(agent)
    page = client.get(LOG)
    form = page.context["form"]
    assert (form["owner"].value(), form["team"].value()) == (agent.public_id, agent.teams.get().public_id)
    assert "Maya" in form["ownership"].value()
    assert form["known_at"].value() is None


def test_raised_severity_is_told_with_its_reason(send: Send, log: Log) -> None:
    log(at=timezone.now() - timedelta(days=30))
    answer = send()
    assert said(answer)[1] == (
        "Severity is raised from moderate to major. Second failure for this customer within a year."
    )


def test_a_second_attempt_raises_and_a_need_caps_the_fix_and_raises_nothing(send: Send) -> None:
    soon = timezone.now() + timedelta(hours=1)
    send(attempt="2", needed_by=wall(soon))
    case = Case.objects.get()
    assert (case.attempt, case.severity) == (2, Severity.MAJOR)
    assert case.steps.get(kind=StepKind.CORRECT).due_at == case.needed_by == soon.replace(second=0, microsecond=0)


def test_a_moment_that_is_left_untouched_is_the_moment_of_sending_or_of_what_was_done(send: Send) -> None:
    done = (timezone.now() - timedelta(hours=3)).replace(second=0, microsecond=0)
    happened = done - timedelta(days=3)
    send(**ACKNOWLEDGED, at=wall(done), happened_at=wall(happened))
    assert Case.objects.get().known_at == done


def test_critical_asks_what_is_at_stake(send: Send) -> None:
    assert "Say why it is critical" in sentence_at(send(severity="critical"), "critical_because")
    send(severity="critical", critical_because="safety")
    assert Case.objects.get().severity == Severity.CRITICAL


def test_an_hour_that_comes_twice_is_said_to_be_the_first(send: Send) -> None:
    assert any("01:30 came twice" in words for words in said(send(known_at="2025-11-02T01:30")))


def test_a_new_customer_is_written_down_with_the_case(send: Send) -> None:
    send(customer="new", name="Zoë 🎻 نور", email="zoe@example.org", phone="+1 555 0177")
    case = Case.objects.get()
    assert (case.customer.name, case.customer.email) == ("Zoë 🎻 نور", "zoe@example.org")


def test_a_new_customer_needs_a_name(send: Send) -> None:
    assert "Give the customer a name" in sentence_at(send(customer="new", name=" "), "name")


def test_a_customer_with_the_same_mail_address_is_offered_and_never_merged(send: Send, customer: Customer) -> None:
    new = {"customer": "new", "name": "Graham Whitlock", "email": "Grace@Example.org"}
    answer = send(**new)
    assert "One customer has this mail address already" in sentence_at(answer, "customer")
    assert str(customer.public_id) in answer.content.decode()
    send(**new, is_somebody_else="on")
    assert Customer.objects.filter(email__iexact="grace@example.org").count() == 2
    assert Case.objects.get().customer.name == "Graham Whitlock"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"name": "Graham", "phone": "(212) 555-0100 ext. 7"}, "One customer has this phone number already"),
        ({"name": "Graham", "phone": "212 555 0100 Grace"}, "One customer has this phone number already"),
        ({"name": "Graham", "phone": "212 555 0199 / 212 555 0100"}, "One customer has this phone number already"),
        ({"name": "WHITLOCK, Grace\u200b"}, "One customer has this name already"),
        ({"name": "Grace Whitlock", "phone": "001 212 555 0100"}, "has this phone number or name already"),
        ({"name": "Graham", "email": "\u200bGRACE@example.org"}, "One customer has this mail address already"),
    ],
)
def test_who_may_be_known_already_is_offered_with_their_cases_and_may_be_somebody_else(
    send: Send, log: Log, customer: Customer, typed: dict[str, str], sentence: str
) -> None:
    customer.phone = "+1 212-555-0100"
    customer.save()
    before = log(at=timezone.now() - timedelta(days=3))
    page = send(customer="new", **typed).content.decode()
    for words in (sentence, before.reference, "1 open, 0 earlier", "Has the same", 'name="is_somebody_else"'):
        assert words in page
    send(customer="new", **typed, is_somebody_else="on")
    assert Customer.objects.count() == 2


def test_a_customer_who_shares_nothing_is_written_down_at_once(send: Send, customer: Customer) -> None:
    send(
        customer="new",
        name="Grace\u00a0\u200bWhitlow ",
        email="gracie@example.org",
        phone="\u202a+1 212 555 0199\u202c",
    )
    new = Case.objects.get().customer
    assert (new.name, new.phone, new.phone_key) == ("Grace Whitlow", "+1 212 555 0199", "+12125550199")


@pytest.mark.parametrize(
    ("field", "typed"), [("name", "Ines Duarte"), ("email", "ines@example.org"), ("phone", "+1 212 555 0142")]
)
def test_what_is_written_of_somebody_new_is_asked_back_where_a_known_customer_is_chosen(
    send: Send, field: str, typed: str
) -> None:
    answer = send(**{field: typed})
    assert f"You wrote “{typed}” of somebody new, and Grace Whitlock is chosen." in sentence_at(answer, field)
    assert typed in answer.content.decode()


def test_what_is_known_of_the_chosen_customer_is_not_asked_back(send: Send) -> None:
    assert send(name="grace whitlock", email="Grace@Example.org", phone="+1 (555) 0100").status_code == 302


def test_the_same_post_twice_logs_once_and_leads_to_the_same_case(send: Send) -> None:
    once = {"key": new_key(timezone.now()), "customer": "new", "name": "Graham", "email": "graham@example.org"}
    first, second = send(**once), send(**once)
    assert first.headers["Location"] == second.headers["Location"]
    assert (Case.objects.count(), Customer.objects.filter(name="Graham").count()) == (1, 1)
    assert "nothing was done twice" in said(second)[-1]


def test_somebody_elses_form_key_leads_nowhere(send: Send, teammate: User) -> None:
    key = new_key(timezone.now())
    send(key=key)
    answer = send(key=key, who=teammate)
    assert answer.status_code == 409
    assert "data-resent" not in answer.content.decode()


@pytest.mark.parametrize("chosen", ["", "nobody", "\x00", NOBODYS_KEY, "1"])
def test_a_customer_that_is_not_there_is_asked_for_again(send: Send, chosen: str) -> None:
    assert "Null" in (sentence := sentence_at(send(customer=chosen), "customer")) or "Choose the customer" in sentence


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("title", "", "Say in a few words what went wrong."),
        ("title", "  \t ", "Say in a few words what went wrong."),
        ("title", "x" * 201, "please keep it to 200"),
        ("title", "a\x00b", "Null characters"),
        ("description", "x" * 20_001, "at most 20000"),
        ("wants", "x" * 301, "please keep it to 300"),
        ("severity", "", "Choose how bad it is"),
        ("severity", "terrible", "Select a valid choice"),
        ("channel", "telepathy", "Select a valid choice"),
        ("attempt", "0", "Write 1 for the first attempt."),
        ("attempt", "-3", "Write 1 for the first attempt."),
        ("attempt", "100", "Write a number up to 99."),
        ("attempt", "two", "Write a number: 1 for the first."),
        ("owner", NOBODYS_KEY, "Select a valid choice"),
        ("owner", "1", "Select a valid choice"),
        ("team", NOBODYS_KEY, "Select a valid choice"),
        ("incident", "IN-9999", "There is no incident “IN-9999” among your cases."),
        ("category", "Nonsense", "There is no category “Nonsense”."),
    ],
)
def test_what_cannot_be_is_said_at_its_field(send: Send, field: str, typed: str, sentence: str) -> None:
    assert sentence in sentence_at(send(**{field: typed}), field)


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("known_at", "2099-01-01T10:00", "in the future"),
        ("known_at", "1999-01-01T10:00", "more than 20 years ago"),
        ("known_at", "0001-01-01T00:00", "Check the year"),
        ("known_at", "2026-02-30T10:00", "Write a date and a time"),
        ("known_at", "yesterday", "Write a date and a time"),
        ("known_at", "2026-03-08T02:30", "so it did not exist"),
        ("happened_at", "2099-01-01T10:00", "after we learned of it"),
        ("happened_at", "1901-01-01T10:00", "more than 60 years ago"),
        ("needed_by", "2020-01-01T10:00", "cannot need it before we knew"),
        ("needed_by", "9999-12-31T23:59", "Check the year"),
    ],
)
def test_a_moment_that_cannot_be_is_said_at_its_field(send: Send, field: str, typed: str, sentence: str) -> None:
    assert sentence in sentence_at(send(**{field: typed}), field)


def test_of_an_hour_that_comes_twice_the_first_is_meant(send: Send) -> None:
    send(known_at="2025-11-02T01:30")
    assert Case.objects.get().known_at == datetime(2025, 11, 2, 5, 30, tzinfo=UTC)


def test_moments_are_read_in_the_zone_of_who_types_them(send: Send, agent: User) -> None:
    User.objects.filter(pk=agent.pk).update(time_zone="Asia/Tokyo")
    send(known_at="2025-11-03T09:00", happened_at="2025-11-02T18:30", who=User.objects.get(pk=agent.pk))
    case = Case.objects.get()
    assert case.known_at == datetime(2025, 11, 3, 0, 0, tzinfo=UTC)
    assert case.happened_at == datetime(2025, 11, 2, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize("words", ["🙃 שלום עליכם", "<script>alert(1)</script>", '=HYPERLINK("x")', "{{ 7|add:7 }}"])
def test_words_of_every_kind_are_kept_as_they_are(send: Send, words: str) -> None:
    send(title=words, description=words, wants=words)
    case = Case.objects.get()
    assert (case.title, case.description, case.wants) == (words, words, words)


def test_everything_typed_is_still_there_after_a_refusal(send: Send) -> None:
    answer = send(
        title="",
        description="In <b>their</b> words",
        severity="major",
        attempt="3",
        **{**ACKNOWLEDGED, "at": "nonsense"},
    )
    page = answer.content.decode()
    assert "In &lt;b&gt;their&lt;/b&gt; words" in page
    assert "Your parcel went to the old address" in page
    assert "nonsense" in page
    form = answer.context["form"]  # type: ignore[attr-defined]
    assert (form["severity"].value(), form["attempt"].value(), form["already"].value()) == (
        "major",
        "3",
        ["acknowledge"],
    )
    assert '<details class="folded" open>' in page


def test_a_known_incident_takes_another_customer(send: Send, log: Log) -> None:
    incident = log(at=timezone.now() - timedelta(days=1)).incident
    new = {"customer": "new", "name": "Graham"}
    send(**new, incident=f"{incident.reference.lower()} and so on")
    assert incident.cases.count() == 2


def test_an_incident_of_another_team_is_not_there(send: Send, log: Log, outsider: User) -> None:
    incident = log(at=timezone.now() - timedelta(days=1), title="The server burned down").incident
    answer = send(who=outsider, incident=incident.reference)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert f"There is no incident “{incident.reference}” among your cases" in page
    assert incident.title not in page
    assert Incident.objects.count() == 1


def test_a_category_is_found_whatever_its_letters_and_an_incident_keeps_its_own(send: Send, log: Log) -> None:
    Category.objects.create(name="Delivery › Late")
    incident = log(at=timezone.now() - timedelta(days=1)).incident
    both = send(category="delivery › late", incident=incident.reference)
    assert "leave this empty" in " ".join(both.context["form"].errors["category"])  # type: ignore[attr-defined]
    send(category="delivery › late")
    assert Case.objects.first().incident.category.name == "Delivery › Late"  # type: ignore[union-attr]


def test_searching_without_a_script_logs_nothing_and_keeps_what_was_typed(send: Send, customer: Customer) -> None:
    answer = send(find="1", q="whit", customer="", title="Half a ti", already=["acknowledge"])
    page = answer.content.decode()
    assert answer.status_code == 200
    assert str(customer.public_id) in page
    assert "Half a ti" in page
    assert "is-invalid" not in page
    assert not Case.objects.exists()


def test_a_customer_of_the_address_is_chosen_already(client: Client, agent: User, customer: Customer) -> None:
    client.force_login(agent)
    page = client.get(LOG, {"customer": str(customer.public_id)}).content.decode()
    assert f'value="{customer.public_id}"\n             checked' in page


def test_looking_at_the_form_writes_nothing_in_at_most_15_statements(client: Client, agent: User, log: Log) -> None:
    log(at=timezone.now())
    client.force_login(agent)
    with CaptureQueriesContext(connection) as queries:
        client.get(LOG, {"q": "whit"})
    assert len(queries) <= 15
    assert not [one for one in queries if one["sql"].split()[0] in {"INSERT", "UPDATE", "DELETE"}]


def test_who_is_not_signed_in_is_led_to_the_sign_in(client: Client, customer: Customer) -> None:
    answer = client.post(LOG, {"title": "x"})
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(reverse("account_login"))


def test_a_name_typed_over_somebody_chosen_logs_nothing_on_them(send: Send, customer: Customer) -> None:
    answer = send(q="Bob Miller", searched="Grace")
    assert "You search for “Bob Miller”, and Grace Whitlock is chosen" in sentence_at(answer, "customer")
    assert send(q="Bob Miller", searched="Bob Miller").status_code == 302


def test_a_name_typed_over_somebody_new_logs_nothing_on_them(send: Send) -> None:
    carla = {"customer": "new", "name": "Carla Diaz", "email": "carla@example.org", "searched": "Carla"}
    assert "and Carla Diaz is chosen" in sentence_at(send(**carla, q="Bob"), "customer")
    assert not Customer.objects.filter(email="carla@example.org").exists()


def test_looking_for_somebody_else_without_a_script_takes_the_former_customer_out(send: Send) -> None:
    carla = {"customer": "new", "name": "Carla Diaz", "email": "carla@example.org", "phone": "", "searched": "Carla"}
    page = send(**carla, find="1", q="Bob").content.decode()
    assert "carla@example.org" not in page
    assert "Carla Diaz" not in page
    assert 'name="searched" value="Bob"' in page


def test_looking_again_for_the_same_customer_keeps_what_was_typed_of_them(send: Send) -> None:
    carla = {"customer": "new", "name": "Carla Diaz", "email": "carla@example.org", "phone": "", "searched": "Carla"}
    page = send(**carla, find="1", q="Diaz").content.decode()
    assert 'value="carla@example.org"' in page


def test_looking_for_somebody_else_without_a_script_chooses_the_former_no_more(send: Send, customer: Customer) -> None:
    page = send(find="1", q="Bob", searched="Grace", title="Bob's boiler").content.decode()
    assert f'value="{customer.public_id}"' not in page
    assert "Bob&#x27;s boiler" in page
