"""My work: whose work it shows, how urgent, and where its buttons lead."""

from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases.actions import handling, learning
from cases.actions.learning import Plan
from cases.models import Case, User
from cases.reports.work import Scope, Urgency
from cases.rules.vocabulary import PauseKind, PreventionKind, Severity
from cases.web.views.work import greeting
from tests.conftest import Log
from tests.reports.recovery import DAY, HOUR, another_customer, promise
from tests.web.looking import MOST_STATEMENTS, look, statements, status

pytestmark = pytest.mark.django_db

WORK = "/"


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    """Monday, 10:00 in New York, for every page as well."""
    monkeypatch.setattr(timezone, "now", lambda: now)


def of(scope: Scope) -> str:
    return f"{reverse('cases:work')}?scope={scope}"


@pytest.mark.parametrize(
    ("hour", "words"), [(4, "Good evening"), (5, "Good morning"), (12, "Good afternoon"), (18, "Good evening")]
)
def test_the_greeting_goes_by_the_persons_own_time_of_day(hour: int, words: str, agent: User) -> None:
    assert greeting(datetime(2025, 9, 15, hour, tzinfo=agent.zone), agent.zone) == words


def test_the_greeting_in_one_zone_is_not_the_greeting_in_another(agent: User) -> None:
    assert greeting(datetime(2025, 9, 15, 20, tzinfo=UTC), agent.zone) == "Good afternoon"


def test_nobody_works_without_signing_in(client: Client, team: object) -> None:
    answer = client.get(WORK)
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(reverse("account_login"))


def test_what_is_late_stands_first_and_says_so(client: Client, log: Log, agent: User, now: datetime) -> None:
    log(at=now - 3 * DAY, title="Call-back not made")
    log(title="Parcel lost", severity=Severity.CRITICAL, whom=another_customer("Ada", now))
    page = look(client, agent, WORK)
    assert "1 thing is overdue, and 1 more is due today." in page
    assert page.index('id="overdue"') < page.index("Call-back not made") < page.index('id="today"')
    assert page.index('id="today"') < page.index("Parcel lost")
    assert " late</time>" in page


def test_the_button_of_a_row_leads_straight_to_the_form_of_the_step(client: Client, log: Log, agent: User) -> None:
    case = log()
    page = look(client, agent, WORK)
    assert f'href="/cases/{case.reference}/?step=acknowledge">Acknowledge' in page
    assert 'name="read_back"' in look(client, agent, f"/cases/{case.reference}/?step=acknowledge")


def test_the_header_tells_who_is_told_and_when(
    client: Client, log: Log, agent: User, manager: User, now: datetime
) -> None:
    friday_afternoon = now - 3 * DAY + 6.5 * HOUR
    log(at=friday_afternoon, severity=Severity.MAJOR, whom=another_customer("Ada", now))
    assert "Priya Shah is told" in look(client, agent, WORK)


def test_mine_my_team_and_unassigned_are_three_lists(
    client: Client, log: Log, agent: User, teammate: User, now: datetime
) -> None:
    log(title="Mine")
    log(title="A colleague's", owner=teammate, whom=another_customer("Ada", now))
    log(title="Nobody's", owner=None, whom=another_customer("Bela", now))
    shown = {
        scope: {title for title in ("Mine", "A colleague&#x27;s", "Nobody&#x27;s") if f"{title}</span>" in page}
        for scope, page in {scope: look(client, agent, of(scope)) for scope in Scope}.items()
    }
    assert shown[Scope.MINE] == {"Mine"}
    assert shown[Scope.TEAM] == {"Mine", "A colleague&#x27;s", "Nobody&#x27;s"}
    assert shown[Scope.UNASSIGNED] == {"Nobody&#x27;s"}


@pytest.mark.parametrize("scope", Scope)
def test_every_role_has_its_work(
    scope: Scope, client: Client, log: Log, manager: User, administrator: User, outsider: User
) -> None:
    log(owner=manager)
    log(owner=None)
    for user in (manager, administrator, outsider):
        client.force_login(user)
        counts = client.get(of(scope)).context["work"].counts
        assert [counts[one] for one in Scope] == {manager: [1, 2, 1], administrator: [0, 2, 1], outsider: [0, 0, 0]}[
            user
        ]


def test_a_scope_that_does_not_exist_is_mine(client: Client, log: Log, agent: User) -> None:
    log()
    client.force_login(agent)
    assert client.get(f"{WORK}?scope=everything\x00").context["work"].scope is Scope.MINE


@pytest.mark.parametrize("scope", Scope)
def test_another_team_sees_nothing_of_it(
    scope: Scope, client: Client, log: Log, agent: User, outsider: User, now: datetime
) -> None:
    case = log(at=now - 3 * DAY, title="Harbour alarm", owner=None)
    promise(case, agent, now - DAY, now + DAY)
    handling.pause(case=case, question="Which hour?", until=now + DAY, actor=agent, now=now, kind=PauseKind.CUSTOMER)
    page = look(client, outsider, of(scope))
    assert case.reference not in page
    assert "Grace Whitlock" not in page


def test_an_empty_page_teaches_and_offers_the_button_that_fills_it(client: Client, agent: User) -> None:
    page = look(client, agent, WORK)
    assert "You owe nobody anything right now" in page
    assert f'<a class="btn btn-primary" href="{reverse("cases:log")}">Log a mistake</a>' in page


def test_the_open_cases_of_the_sentence_are_those_of_the_list_behind_it(
    client: Client, log: Log, agent: User, teammate: User, now: datetime
) -> None:
    for number in range(3):
        log(whom=another_customer(f"Customer {number}", now))
    log(owner=teammate, whom=another_customer("Ada", now))
    client.force_login(agent)
    mine = client.get(WORK).context
    assert mine["open_cases"] == "You own 3 open cases."
    assert client.get(mine["list_url"]).context["found"].total == 3


def test_promises_stand_beside_with_a_way_to_keep_them(client: Client, log: Log, agent: User, now: datetime) -> None:
    case = log()
    pledge = promise(case, agent, now, now + HOUR)
    page = look(client, agent, WORK)
    assert "We call you back" in page
    assert f"/cases/{case.reference}/do/keep-promise/?of={pledge.public_id}" in page


def test_a_case_that_waits_for_the_customer_says_for_what(client: Client, log: Log, agent: User, now: datetime) -> None:
    case = log()
    handling.pause(
        case=case, question="Which hour suits?", until=now + DAY, actor=agent, now=now, kind=PauseKind.CUSTOMER
    )
    assert "Which hour suits?" in look(client, agent, WORK)


def test_a_change_that_was_taken_on_is_work_too(client: Client, log: Log, agent: User, now: datetime) -> None:
    case = log()
    plan = Plan(kind=PreventionKind.TOOL, change="Addresses are read back", owner=agent, due_at=now + HOUR)
    action = learning.plan_prevention(incident=case.incident, plan=plan, actor=agent, now=now)
    url = f"{reverse('cases:learn', args=(case.incident.reference, 'done'))}?of={action.public_id}"
    assert f'href="{url}">Record change' in look(client, agent, WORK)
    assert status(client, agent, url) == 200


def test_a_name_with_markup_is_only_a_name(client: Client, log: Log, agent: User, now: datetime) -> None:
    log(title='"><script>alert(1)</script>', whom=another_customer("<b>Ada</b> \u202e🙂", now))
    page = look(client, agent, WORK)
    assert "<script>alert" not in page
    assert "&lt;b&gt;Ada&lt;/b&gt; 🙂" in page


def test_twenty_rows_cost_as_many_statements_as_one(client: Client, log: Log, agent: User, now: datetime) -> None:
    with_everything(log(at=now - 3 * DAY), agent, now)
    one = statements(client, agent, of(Scope.TEAM))
    for number in range(19):
        with_everything(log(at=now - 3 * DAY, whom=another_customer(f"Customer {number}", now)), agent, now)
    client.force_login(agent)
    assert client.get(WORK).context["work"].group(Urgency.OVERDUE).total == 20
    assert statements(client, agent, of(Scope.TEAM)) == one <= MOST_STATEMENTS


def with_everything(case: Case, agent: User, now: datetime) -> None:
    """A promise, a change and a question to the customer."""
    promise(case, agent, now - DAY, now + HOUR)
    plan = Plan(kind=PreventionKind.TOOL, change="Addresses are read back", owner=agent, due_at=now + DAY)
    learning.plan_prevention(incident=case.incident, plan=plan, actor=agent, now=now)
    handling.pause(case=case, question="Which hour?", until=now + DAY, actor=agent, now=now, kind=PauseKind.CUSTOMER)
