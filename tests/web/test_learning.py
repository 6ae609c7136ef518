"""Incidents and what is learned from them: who sees them, and what their forms do and refuse."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases.actions import learning
from cases.actions.learning import Plan
from cases.actions.submissions import new_key
from cases.models import Case, Cause, Incident, PreventionAction, User
from cases.rules.vocabulary import CauseStatus, FaultParty, PreventionKind, PreventionStatus
from tests.conftest import Log
from tests.reports.recovery import DAY, HOUR, another_customer, recover
from tests.web.looking import MOST_STATEMENTS, look, statements, status

NOBODYS_KEY = "0c31fd04-dd2b-4980-93a8-7995415a96de"
pytestmark = pytest.mark.django_db

LEARNING = "/learning/"
CAUSE = {"cause": "", "new_cause": "", "cause_status": "confirmed", "fault_party": "us", "note": ""}
CHANGE = {"change": "Addresses are read back", "kind": "process", "due_at": "2025-09-22T17:00"}

Send = Callable[..., HttpResponse]


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    """Monday, 10:00 in New York, for every page as well."""
    monkeypatch.setattr(timezone, "now", lambda: now)


@pytest.fixture
def case(log: Log, now: datetime) -> Case:
    return log(at=now - DAY)


@pytest.fixture
def action(case: Case, agent: User, now: datetime) -> PreventionAction:
    return planned(case, agent, now)


def planned(case: Case, owner: User, now: datetime) -> PreventionAction:
    plan = Plan(kind=PreventionKind.PROCESS, change="Addresses are read back", owner=owner, due_at=now + DAY)
    return learning.plan_prevention(incident=case.incident, plan=plan, actor=owner, now=now)


@pytest.fixture
def send(client: Client, case: Case, agent: User) -> Send:
    """Send a form of the incident as somebody."""

    def post(name: str, typed: dict[str, str], *, who: User = agent, of: object = "", key: str = "") -> HttpResponse:
        client.force_login(who)
        url = reverse("cases:learn", args=(case.incident.reference, name))
        record = of if isinstance(of, PreventionAction) else Incident.objects.get(pk=case.incident.pk)
        record.refresh_from_db()
        hidden = {"key": key or new_key(timezone.now()), "version": str(record.version)}
        hidden["of"] = str(getattr(of, "public_id", of))
        answer: HttpResponse = client.post(url, {**hidden, **typed})  # type: ignore[assignment]
        return answer

    return post


def page(case: Case) -> str:
    return reverse("cases:incident", args=(case.incident.reference,))


def test_an_incident_tells_how_far_everybody_has_been_taken(
    client: Client, log: Log, case: Case, agent: User, now: datetime
) -> None:
    recover(case, agent, now - HOUR)
    log(incident=case.incident, whom=another_customer("Ada", now))
    client.force_login(agent)
    shown = client.get(page(case)).context["page"]
    assert [(stage.name, stage.number) for stage in shown.coverage][:3] == [
        ("Affected", 2),
        ("Told", 1),
        ("Corrected", 1),
    ]
    assert client.get(f"/cases/{shown.cases.address}").context["found"].total == 2


@pytest.mark.parametrize(
    "address", ["", "?q=parcel", "?q=in-1001", "?q=stock", "?show=changing", "?q=parcel&show=evil"]
)
def test_the_list_finds_an_incident_by_word_reference_cause_and_kind(
    address: str, client: Client, case: Case, action: PreventionAction, send: Send, agent: User
) -> None:
    send("cause", {**CAUSE, "new_cause": "Stock count"})
    assert "Parcel sent to the old address" in look(client, agent, f"{LEARNING}{address}")


@pytest.mark.parametrize("address", ["?q=alarm", "?show=many", "?show=changing", "?q=%25", "?q='\"🙂", "?q=\u202e"])
def test_the_list_leaves_out_what_is_not_like_that(address: str, client: Client, case: Case, agent: User) -> None:
    page = look(client, agent, f"{LEARNING}{address}")
    assert "Parcel sent to the old address" not in page
    assert "No incident is like that" in page


@pytest.mark.parametrize("page", ["999", "0", "-1", "many", "%00", "9" * 5000])
def test_a_page_that_there_is_not_shows_one_that_there_is(page: str, client: Client, case: Case, agent: User) -> None:
    assert "Parcel sent to the old address" in look(client, agent, f"{LEARNING}?page={page}")


def test_an_empty_list_teaches_and_offers_the_button_that_fills_it(client: Client, agent: User) -> None:
    assert "Nothing to learn from yet" in look(client, agent, LEARNING)


def test_another_team_finds_no_trace_of_it(
    client: Client, case: Case, action: PreventionAction, outsider: User
) -> None:
    assert case.incident.reference not in look(client, outsider, LEARNING)
    assert status(client, outsider, page(case)) == 404
    for name in ("cause", "plan", f"done/?of={action.public_id}"):
        assert status(client, outsider, f"{page(case)}do/{name}{'' if '?' in name else '/'}") == 404


def test_another_team_changes_nothing(send: Send, action: PreventionAction, outsider: User) -> None:
    assert send("drop", {"reason": "Because"}, of=action, who=outsider).status_code == 404
    action.refresh_from_db()
    assert action.status == PreventionStatus.PLANNED


def test_nobody_learns_without_signing_in(client: Client, case: Case) -> None:
    assert client.get(LEARNING).status_code == client.get(page(case)).status_code == 302


def test_a_cause_of_the_list_is_set(send: Send, case: Case) -> None:
    cause = Cause.objects.create(name="Stock count")
    assert send("cause", {**CAUSE, "cause": str(cause.public_id), "note": "Counted once"}).status_code == 302
    case.incident.refresh_from_db()
    assert (case.incident.cause, case.incident.cause_status) == (cause, CauseStatus.CONFIRMED)
    assert (case.incident.fault_party, case.incident.cause_note) == (FaultParty.US, "Counted once")


def test_a_new_cause_is_added_to_the_list_once(send: Send, case: Case) -> None:
    for name in ("Call-back list is on paper", "call-back LIST is on paper"):
        assert send("cause", {**CAUSE, "new_cause": name}).status_code == 302
    case.incident.refresh_from_db()
    assert Cause.objects.get() == case.incident.cause


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"cause": "chosen", "new_cause": "Another"}, "Both is one too many."),
        ({"new_cause": "Another", "cause_status": "unknown"}, "Say whether the cause is suspected or confirmed."),
        ({}, "Choose a cause, or leave it as not known yet."),
        ({"cause": "7"}, "This cause is not in the list any more."),
        ({"cause_status": ""}, "Choose one of these."),
    ],
)
def test_a_cause_that_makes_no_sense_is_refused_in_words(
    typed: dict[str, str], sentence: str, send: Send, case: Case
) -> None:
    chosen = Cause.objects.create(name="Stock count")
    typed = {**CAUSE, "note": "Counted once", **typed}
    typed["cause"] = typed["cause"].replace("chosen", str(chosen.public_id))
    answer = send("cause", typed)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert "Counted once" in answer.content.decode()
    assert Incident.objects.get().cause is None


def test_a_change_is_planned_once_however_often_it_is_sent(send: Send, case: Case, agent: User) -> None:
    key = new_key(timezone.now())
    for _ in range(2):
        assert send("plan", {**CHANGE, "owner": str(agent.public_id)}, key=key).status_code == 302
    action = case.incident.prevention_actions.get()
    assert (action.change, action.owner, action.due_at.isoformat()) == (  # type: ignore[union-attr]
        "Addresses are read back",
        agent,
        "2025-09-22T21:00:00+00:00",
    )


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"due_at": "2025-09-01T10:00"}, "Choose a date in the future."),
        ({"due_at": "2025-02-30T10:00"}, "Write a date and a time"),
        ({"change": "  "}, "Please fill this in."),
        ({"change": "x" * 301}, "at most 300"),
        ({"kind": "magic"}, "magic"),
    ],
)
def test_a_plan_that_makes_no_sense_is_refused_and_kept(
    typed: dict[str, str], sentence: str, send: Send, case: Case, agent: User
) -> None:
    answer = send("plan", {**CHANGE, "owner": str(agent.public_id), **typed})
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert case.incident.prevention_actions.count() == 0


def test_whoever_sees_to_it_must_be_able_to_open_it(send: Send, outsider: User, manager: User) -> None:
    answer = send("plan", {**CHANGE, "owner": str(outsider.public_id)})
    assert answer.status_code == 422
    assert "Omar Haddad is in none of the teams of these cases." in answer.content.decode()
    assert send("plan", {**CHANGE, "owner": str(manager.public_id)}).status_code == 302


def test_a_change_is_made_and_then_verified_by_somebody_else(
    send: Send, action: PreventionAction, manager: User, now: datetime
) -> None:
    assert send("done", {}, of=action).status_code == 302
    assert send("verify", {"proof": "30 orders looked at"}, of=action, who=manager).status_code == 302
    action.refresh_from_db()
    assert (action.status, action.settled_at, action.proof) == (PreventionStatus.VERIFIED, now, "30 orders looked at")


def test_nobody_verifies_their_own_change(send: Send, case: Case, manager: User, now: datetime) -> None:
    own = planned(case, manager, now)
    learning.finish_prevention(action=own, actor=manager, now=now)
    answer = send("verify", {"proof": "I looked"}, of=own, who=manager)
    assert answer.status_code == 403
    assert "Nobody verifies their own change." in answer.content.decode()


def test_whoever_did_it_for_its_owner_is_named_and_does_not_verify_it(
    client: Client, send: Send, case: Case, agent: User, manager: User, now: datetime
) -> None:
    owed = planned(case, agent, now - 3 * DAY)
    learning.finish_prevention(action=owed, actor=manager, now=now)
    shown = look(client, manager, page(case))
    assert "done by Priya Shah, late" in shown
    assert "/verify?" not in shown
    answer = send("verify", {"proof": "I looked"}, of=owed, who=manager)
    assert (answer.status_code, "Nobody verifies their own change." in answer.text) == (403, True)


def test_an_agent_does_not_verify(send: Send, action: PreventionAction, teammate: User) -> None:
    send("done", {}, of=action)
    assert send("verify", {"proof": "I looked"}, of=action, who=teammate).status_code == 403


def test_a_date_moves_once_and_the_first_is_kept(
    client: Client, send: Send, case: Case, action: PreventionAction, agent: User
) -> None:
    moved = {"due_at": "2025-10-01T12:00", "reason": "The tool arrives later"}
    assert send("move", moved, of=action).status_code == 302
    again = send("move", {**moved, "due_at": "2025-11-01T12:00"}, of=action)
    assert again.status_code == 422
    assert "Its date was moved once already." in again.content.decode()
    shown = look(client, agent, page(case))
    assert "first promised for" in shown
    assert "The tool arrives later" in shown


def test_a_change_is_dropped_only_with_a_reason(send: Send, action: PreventionAction) -> None:
    assert send("drop", {"reason": ""}, of=action).status_code == 422
    assert send("drop", {"reason": "The tool is replaced"}, of=action).status_code == 302
    action.refresh_from_db()
    assert (action.status, action.moved_because) == (PreventionStatus.DROPPED, "The tool is replaced")


@pytest.mark.parametrize("of", ["", "7", "\x00", NOBODYS_KEY])
def test_a_form_about_no_change_of_this_incident_is_not_found(of: str, send: Send, client: Client, case: Case) -> None:
    assert send("done", {}, of=of).status_code == 404
    assert client.get(f"{page(case)}do/done/", {"of": of}).status_code == 404


def test_a_change_of_another_incident_is_not_found(send: Send, log: Log, agent: User, now: datetime) -> None:
    other = planned(log(whom=another_customer("Ada", now)), agent, now)
    assert send("done", {}, of=other.public_id).status_code == 404


def test_what_cannot_be_done_has_no_form(send: Send, client: Client, case: Case) -> None:
    assert send("forget", {}).status_code == 404
    assert client.get(f"{page(case)}do/forget/").status_code == 404
    assert client.get("/learning/IN-9/").status_code == 404


def test_the_ways_of_a_change_are_those_that_are_open(
    client: Client, case: Case, action: PreventionAction, agent: User, manager: User, now: datetime
) -> None:
    def ways(user: User) -> list[str]:
        client.force_login(user)
        return [way.name for line in client.get(page(case)).context["changes"] for way in line.ways]

    assert ways(agent) == ["done", "move", "drop"]
    learning.finish_prevention(action=action, actor=agent, now=now)
    assert (ways(agent), ways(manager)) == ([], ["verify"])


def test_words_with_markup_are_only_words(client: Client, send: Send, case: Case, agent: User) -> None:
    change = "<img src=x onerror=alert(1)> \u202e🙂"
    assert send("plan", {**CHANGE, "change": change, "owner": str(agent.public_id)}).status_code == 302
    shown = look(client, agent, page(case))
    assert "<img" not in shown
    assert "&lt;img src=x onerror=alert(1)&gt; \u202e🙂" in shown


def test_twenty_rows_cost_as_many_statements_as_one(
    client: Client, log: Log, case: Case, agent: User, now: datetime
) -> None:
    planned(case, agent, now)
    one = [statements(client, agent, url) for url in (LEARNING, page(case))]
    for number in range(19):
        planned(log(whom=another_customer(f"Customer {number}", now)), agent, now)
        planned(log(incident=case.incident, whom=another_customer(f"Also {number}", now)), agent, now)
    assert [statements(client, agent, url) for url in (LEARNING, page(case))] == one
    assert max(one) <= MOST_STATEMENTS
