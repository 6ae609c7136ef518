"""Every form that is sent twice with one key: the same content acts once, other content is given back."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django import forms
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases.actions import contacts, handling
from cases.actions.submissions import FORMS_LAST, new_key
from cases.models import Absence, Case, Customer, Event, Submission, User
from cases.rules.vocabulary import PauseKind
from cases.web.case_verbs import VERBS
from cases.web.forms.base import CaseForm, ThingForm
from cases.web.forms.fields import Moment
from tests.conftest import Log
from tests.web.hidden import hidden_of

pytestmark = pytest.mark.django_db

Clock = Callable[[datetime], None]
Sheets = dict[str, tuple[str, dict[str, str]]]
"""The address of a form, and what it takes."""
MORNING = datetime.fromisoformat("2026-03-02T15:31:00+00:00")
"""10:31 in New York."""


@pytest.fixture
def case(log: Log) -> Case:
    return log(at=MORNING - timedelta(minutes=15))


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The time as the site sees it: call it with another to let it pass."""
    now = [MORNING]
    monkeypatch.setattr(timezone, "now", lambda: now[0])
    return lambda later: now.__setitem__(0, later)


@pytest.fixture(autouse=True)
def signed_in(client: Client, agent: User, clock: Clock) -> None:
    client.force_login(agent)


def typed_into(field: forms.Field) -> str:
    """Something that the field takes."""
    if isinstance(field, Moment):
        return "2026-03-02T10:20"
    if isinstance(field, forms.BooleanField):
        return "on"
    if isinstance(field, forms.ModelChoiceField | forms.ModelMultipleChoiceField):
        row = field.queryset.first() if field.queryset is not None else None
        return str(row.public_id) if row else ""
    if isinstance(field, forms.ChoiceField):
        return next(str(value) for value, _ in field.widget.choices if value)
    return "7" if isinstance(field, forms.DecimalField | forms.IntegerField) else "Words"


EMPTY = ("linked", "duplicate_of", "q", "incident", "category")
"""What names another record."""


def typed_into_all(form: CaseForm) -> dict[str, str]:
    """But for what the first button does not use, which is asked back."""
    unused = form.unused.get(form.buttons[0].value, {})
    shown = {field.name: typed_into(field.field) for field in form.visible_fields() if field.name not in unused}
    unseen = {"step": "acknowledge", "currency": "USD", **dict.fromkeys(EMPTY, "")}
    return {name: value for name, value in {**shown, **unseen}.items() if value}


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every form of a case writes a note instead of what it is for, and is noted here."""
    noted: list[str] = []

    def run(form: CaseForm, now: datetime) -> Event:
        noted.append(type(form).__name__)
        return contacts.add_note(case=form.case, text="Done", actor=form.staff, now=now)

    for verb in VERBS.values():
        monkeypatch.setattr(verb.form, "run", run)
    monkeypatch.setattr(ThingForm, "clean_of", lambda form: form.cleaned_data["of"])
    return noted


def opened(client: Client, case: Case, name: str, agent: User) -> tuple[str, dict[str, str]]:
    if name == "resume":
        until, begun = MORNING + timedelta(days=1), MORNING - timedelta(minutes=5)
        handling.pause(
            case=case, kind=PauseKind.CUSTOMER, question="Is Friday good?", until=until, actor=agent, now=begun
        )
        case.refresh_from_db()
    form = VERBS[name].form(case=case, actor=agent)
    hidden = {"key": new_key(timezone.now()), "version": str(case.version), "of": str(case.public_id)}
    return reverse("cases:do", args=(case.reference, name)), {**hidden, **typed_into_all(form)}


@pytest.mark.parametrize("name", VERBS)
def test_the_same_content_acts_once_and_says_when_it_was_recorded(
    client: Client, case: Case, agent: User, clock: Clock, ran: list[str], name: str
) -> None:
    case.refresh_from_db()
    address, form = opened(client, case, name, agent)
    assert client.post(address, form).status_code == 302
    clock(MORNING + timedelta(minutes=20))
    again = client.post(address, form, follow=True)
    assert len(ran) == 1
    assert "This was recorded at 10:31 already, and nothing was done twice." in again.content.decode()


@pytest.mark.parametrize("name", VERBS)
def test_other_content_is_given_back_and_acts_when_it_is_sent_as_new(
    client: Client, case: Case, agent: User, clock: Clock, ran: list[str], name: str
) -> None:
    case.refresh_from_db()
    address, form = opened(client, case, name, agent)
    client.post(address, form)
    clock(MORNING + timedelta(minutes=20))
    refused = client.post(address, {**form, "text": "Quite other words", "summary": "Quite other words"})
    page = refused.content.decode()
    assert (refused.status_code, len(ran)) == (409, 1)
    assert "Send as new" in page
    assert ">10:31</time> with other words" in page
    assert f'href="/cases/{case.reference}/' in page
    new = {**form, "text": "Quite other words", "summary": "Quite other words", **hidden_of(refused)}
    assert client.post(address, new).status_code == 302
    assert len(ran) == 2


def test_a_note_with_other_words_is_kept_on_the_page_with_what_happened_meanwhile(client: Client, case: Case) -> None:
    case.refresh_from_db()
    address = reverse("cases:do", args=(case.reference, "note"))
    form = {"key": new_key(MORNING), "version": str(case.version), "text": "Called the depot"}
    client.post(address, form)
    refused = client.post(address, {**form, "text": "The depot has called back"})
    page = refused.content.decode()
    assert "The depot has called back</textarea>" in page
    assert "Maya Osei added a note" in page
    client.post(address, {"text": "The depot has called back", **hidden_of(refused)})
    timeline = client.get(reverse("cases:timeline", args=(case.reference,))).content.decode()
    assert timeline.count("Called the depot") == timeline.count("The depot has called back") == 1


@pytest.mark.parametrize("one", ["a\nb", "a\r\nb"])
def test_a_line_break_is_the_same_however_it_is_sent(client: Client, case: Case, one: str) -> None:
    case.refresh_from_db()
    address = reverse("cases:do", args=(case.reference, "note"))
    form = {"key": new_key(MORNING), "version": str(case.version)}
    statuses = [client.post(address, {**form, "text": text}).status_code for text in ("a\r\nb", one)]
    assert statuses == [302, 302]


def test_a_form_that_is_older_than_seven_days_is_given_back_with_a_key_that_acts(
    client: Client, case: Case, clock: Clock
) -> None:
    case.refresh_from_db()
    address = reverse("cases:do", args=(case.reference, "note"))
    form = {"key": new_key(MORNING), "version": str(case.version), "text": "Called the depot"}
    clock(MORNING + FORMS_LAST + timedelta(seconds=1))
    refused = client.post(address, form)
    assert refused.status_code == 409
    assert "Called the depot</textarea>" in refused.content.decode()
    assert client.post(address, {**form, **hidden_of(refused)}).status_code == 302


def test_a_colleague_who_sends_the_same_key_is_refused_and_learns_nothing(
    client: Client, case: Case, teammate: User, customer: Customer
) -> None:
    address = reverse("cases:profile")
    key = new_key(MORNING)
    form = {"key": key, "name": "Maya O.", "zone": "UTC", "most_reminders": "20"}
    client.post(address, {**form, "version": "1"})
    client.force_login(teammate)
    refused = client.post(address, {**form, "version": "1"})
    assert refused.status_code == 409
    assert "10:31" not in refused.content.decode()
    teammate.refresh_from_db()
    assert teammate.name == "Tom Reyes"


def log_form(customer: Customer) -> tuple[str, dict[str, str]]:
    form = {"customer": str(customer.public_id), "title": "Parcel lost", "severity": "minor"}
    return reverse("cases:log"), {**form, "origin": "customer", "channel": "phone"}


def absence_form() -> tuple[str, dict[str, str]]:
    return reverse("cases:absences"), {"start": "2026-04-01T09:00", "end": "2026-04-03T09:00"}


def customer_form(customer: Customer) -> tuple[str, dict[str, str]]:
    return reverse("cases:change_customer", args=(customer.public_id,)), {"name": "Grace W.", "version": "1"}


def profile_form() -> tuple[str, dict[str, str]]:
    return reverse("cases:profile"), {
        "name": "M. Osei",
        "zone": "America/New_York",
        "most_reminders": "9",
        "version": "1",
    }


def plan_form(case: Case) -> tuple[str, dict[str, str]]:
    owner = str(case.owner.public_id) if case.owner else ""
    form = {"change": "Read back", "kind": "process", "owner": owner, "due_at": "2026-05-01T10:00"}
    return reverse("cases:learn", args=(case.incident.reference, "plan")), form


def cause_form(case: Case) -> tuple[str, dict[str, str]]:
    form = {"new_cause": "Typed wrong", "cause_status": "suspected", "fault_party": "us", "version": "1"}
    return reverse("cases:learn", args=(case.incident.reference, "cause")), form


CHANGED = {
    "log": {"title": "Boiler broke"},
    "absence": {"start": "2026-05-01T09:00", "end": "2026-05-03T09:00"},
    "customer": {"name": "Grace Other"},
    "profile": {"name": "Maya Other"},
    "plan": {"change": "Other words"},
    "cause": {"new_cause": "Other cause"},
}


@pytest.fixture
def sheets(case: Case, customer: Customer) -> Sheets:
    return {
        "log": log_form(customer),
        "absence": absence_form(),
        "customer": customer_form(customer),
        "profile": profile_form(),
        "plan": plan_form(case),
        "cause": cause_form(case),
    }


@pytest.mark.parametrize("name", CHANGED)
def test_a_form_of_any_other_page_acts_once_and_as_new(client: Client, sheets: Sheets, clock: Clock, name: str) -> None:
    address, form = sheets[name]
    form = {"key": new_key(MORNING), **form}
    assert client.post(address, form).status_code == 302
    clock(MORNING + timedelta(days=1))
    again = client.post(address, form, follow=True)
    assert "This was recorded at 10:31 on Mon 2 Mar already" in again.content.decode()
    refused = client.post(address, {**form, **CHANGED[name]})
    page = refused.content.decode()
    assert (refused.status_code, Submission.objects.count()) == (409, 1)
    assert "Send as new" in page
    assert next(iter(CHANGED[name].values())) in page
    assert Submission.objects.get().address in page
    sent = client.post(address, {**form, **CHANGED[name], **hidden_of(refused)})
    assert (sent.status_code, Submission.objects.count()) == (302, 2)


def test_two_absences_of_one_page_are_two(client: Client, sheets: Sheets) -> None:
    address, form = sheets["absence"]
    for changed in ({}, CHANGED["absence"]):
        client.post(address, {"key": new_key(MORNING), **form, **changed})
    assert Absence.objects.count() == 2
