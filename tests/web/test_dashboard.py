"""The dashboard: who may see it, that its numbers are those of the lists behind them, and what its filters do."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cases.actions import handling, learning, steps
from cases.actions.learning import Finding, Plan
from cases.models import Case, Cause, Compensation, Team, User
from cases.reports import board, standing
from cases.reports.filters import Number
from cases.reports.kept import KEPT_FOR
from cases.rules.vocabulary import (
    Answer,
    CauseStatus,
    CompensationNature,
    CompensationStatus,
    FaultParty,
    Outcome,
    PreventionKind,
    StepKind,
)
from tests.conftest import Log
from tests.reports.recovery import (
    DAY,
    HOUR,
    acknowledge,
    another_customer,
    answer,
    apologize,
    correct,
    move,
    promise,
    propose,
    recover,
    until_confirm,
)
from tests.web.looking import MOST_STATEMENTS, look, statements, status

pytestmark = pytest.mark.django_db

BOARD = "/dashboard/"
CAUSES = "/dashboard/causes/"


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    """Monday, 10:00 in New York, for every page as well."""
    monkeypatch.setattr(timezone, "now", lambda: now)


@pytest.fixture
def a_quarter(log: Log, agent: User, teammate: User, manager: User, now: datetime) -> None:
    """Something of everything: late, escalated, waiting for approval, not satisfied, recovered, given, broken."""
    log(at=now - 3 * DAY, owner=None, whom=another_customer("Ada", now))
    handling.escalate(case=of("Bela", log, now), reason="Third call", actor=agent, now=now - HOUR)
    propose(of("Clara", log, now, until=apologize), agent, now - HOUR, 90)
    answer(until_confirm(of("Dora", log, now), agent, now - DAY), agent, now - HOUR, 2, Answer.NOT_SATISFIED)
    promise(of("Emil", log, now, owner=teammate), agent, now - 2 * DAY, now - DAY)
    steps.waive(case=of("Fritz", log, now), kind=StepKind.ACKNOWLEDGE, reason="No number", actor=agent, now=now - HOUR)
    for number, score in enumerate((5, 4, 1)):
        case = recover(
            of(f"Gone {number}", log, now, days=9 + 50 * number), agent, now - (2 + 50 * number) * DAY, score
        )
        say_why(case, agent, "Stock count" if number else "Call-back not made", now)


def of(name: str, log: Log, now: datetime, *, days: int = 4, until: object = None, owner: User | None = None) -> Case:
    case = log(at=now - days * DAY, whom=another_customer(name, now), **({"owner": owner} if owner else {}))
    if until is apologize:
        acknowledge(case, case.logged_by, now - days * DAY + HOUR)  # type: ignore[arg-type]
        apologize(case, case.logged_by, now - days * DAY + 2 * HOUR)  # type: ignore[arg-type]
    return case


def say_why(case: Case, actor: User, name: str, now: datetime) -> None:
    cause, _ = Cause.objects.get_or_create(name=name)
    finding = Finding(cause=cause, status=CauseStatus.CONFIRMED, fault_party=FaultParty.US)
    learning.set_cause(incident=case.incident, finding=finding, actor=actor, now=now)


def numbers(answer: object) -> Iterator[Number]:
    """Every number of cases in an answer, however deep."""
    if isinstance(answer, Number):
        yield answer
    elif isinstance(answer, dict):
        yield from numbers(tuple(answer.values()))
    elif isinstance(answer, tuple):
        for part in answer:
            yield from numbers(part)
    elif is_dataclass(answer) and not isinstance(answer, type):
        for field in fields(answer):
            yield from numbers(getattr(answer, field.name))


@pytest.mark.parametrize("url", [BOARD, CAUSES])
def test_it_is_for_managers_and_administrators(
    url: str, client: Client, agent: User, outsider: User, manager: User, administrator: User
) -> None:
    assert client.get(url).status_code == 302
    assert [status(client, user, url) for user in (agent, outsider)] == [403, 403]
    assert [status(client, user, url) for user in (manager, administrator)] == [200, 200]


def test_who_may_not_see_it_is_told_what_to_do(client: Client, agent: User) -> None:
    client.force_login(agent)
    assert "does not let you see the dashboard" in client.get(BOARD).content.decode()
    assert BOARD not in look(client, agent, "/")


@pytest.mark.parametrize("address", ["", "?days=30"])
def test_every_number_opens_a_list_of_as_many_cases(
    address: str, a_quarter: None, client: Client, manager: User
) -> None:
    client.force_login(manager)
    shown = client.get(f"{BOARD}{address}").context["dashboard"]
    found = {number.address: number.value for number in numbers(shown)}
    assert len(found) > 40
    assert found == {url: client.get(f"/cases/{url}").context["found"].total for url in found}


def test_the_tiles_say_what_they_were_taken_from(a_quarter: None, client: Client, manager: User) -> None:
    client.force_login(manager)
    tiles = {tile.label: tile for tile in client.get(BOARD).context["tiles"]}
    assert tiles["Open cases"].number == "6"
    assert tiles["Open cases"].note == "5 more than a week ago"
    assert (tiles["Promises kept"].number, tiles["Promises kept"].note) == ("0%", "of 1 promise")
    assert tiles["Satisfied after recovery"].note == "of 2 answers, up 100 points"
    assert tiles["Satisfied after recovery"].opens == "0 cases not satisfied"
    assert (tiles["Goodwill given"].number, tiles["Losses returned"].number) == ("–", "–")


def test_goodwill_and_losses_returned_are_two_sums(
    client: Client, log: Log, agent: User, manager: User, now: datetime
) -> None:
    for nature, amount in ((CompensationNature.GOODWILL, 20), (CompensationNature.RESTITUTION, 30)):
        case = of(nature.name, log, now, until=apologize)
        move(propose(case, agent, now - 2 * DAY, amount, nature), agent, now - DAY, CompensationStatus.ISSUED)
        Case.objects.filter(pk=case.pk).update(closed_at=now - HOUR, outcome=Outcome.SATISFIED)
    client.force_login(manager)
    tiles = {tile.label: tile for tile in client.get(BOARD).context["tiles"]}
    assert (tiles["Goodwill given"].number, tiles["Losses returned"].number) == ("20 USD", "30 USD")
    assert tiles["Goodwill given"].note == "in 1 case, 10 USD a closed case"


def test_what_needs_a_manager_has_the_button_to_its_form(a_quarter: None, client: Client, manager: User) -> None:
    client.force_login(manager)
    lines = {line.row.customer: line for line in client.get(BOARD).context["needs"]}
    assert lines["Bela"].says == "escalated: Third call"
    assert lines["Clara"].says == "approve 90 USD, Voucher? Proposed by Maya Osei"
    assert lines["Dora"].says == "answered “not satisfied”"
    assert lines["Ada"].says == "late, and nobody owns it"
    assert lines["Fritz"].says.startswith("waive a step? Asked by Maya Osei: “No number")
    forms = {
        name: [button.url.split("?")[0].rsplit("/", 2)[1] for button in line.buttons] for name, line in lines.items()
    }
    assert (forms["Ada"], forms["Bela"], forms["Clara"], forms["Fritz"]) == (
        ["assign"],
        ["take-over"],
        ["approve"],
        ["decide"],
    )
    assert all(client.get(button.url).status_code == 200 for line in lines.values() for button in line.buttons)


def test_nobody_is_asked_to_decide_what_they_proposed_themselves(
    client: Client, log: Log, manager: User, administrator: User, now: datetime
) -> None:
    propose(of("Clara", log, now, until=apologize), manager, now - HOUR, 5_000)
    said = {}
    for person in (manager, administrator):
        client.force_login(person)
        (line,) = client.get(BOARD).context["needs"]
        said[person] = (line.says.rpartition("Proposed ")[2], [button.label for button in line.buttons])
    assert said == {
        manager: ("by you, so somebody else has to decide", ["Open"]),
        administrator: (f"by {manager}", ["Decide"]),
    }


def test_a_table_of_owners_that_is_cut_says_so(
    a_quarter: None, client: Client, manager: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standing, "MOST_OWNERS", 2)
    monkeypatch.setattr(board, "standing", standing.standing.__wrapped__)  # not the one that is kept
    page = look(client, manager, BOARD)
    assert "2 of 3 owners. Choose a team to see the others." in " ".join(page.split())
    assert "Nobody yet" in page


def test_who_is_satisfied_by_now_is_not_called_dissatisfied(
    client: Client, log: Log, agent: User, manager: User, now: datetime
) -> None:
    case = until_confirm(of("Dora", log, now), agent, now - 2 * DAY)
    answer(case, agent, now - DAY, 2, Answer.NOT_SATISFIED)
    answer(until_confirm(case, agent, now - DAY + HOUR), agent, now - HOUR, 5)
    client.force_login(manager)
    assert [line.says for line in client.get(BOARD).context["needs"]] == ["not made right the first time"]


def test_the_picture_has_a_finding_and_a_table_of_every_week(a_quarter: None, client: Client, manager: User) -> None:
    page = look(client, manager, BOARD)
    assert "100% of the answers were a four or five, up 100 points on the 90 days before" in page
    assert page.count('<circle class="chart-dot"') == 2
    assert page.count('<th scope="row">') == 14
    assert "style=" not in page


def test_an_empty_dashboard_teaches_and_offers_the_button_that_fills_it(client: Client, manager: User) -> None:
    page = look(client, manager, BOARD)
    assert "There is nothing to count yet" in page
    assert "Where open cases stand" not in page


def test_without_an_answer_the_picture_says_how_it_begins(client: Client, log: Log, manager: User) -> None:
    log()
    page = look(client, manager, BOARD)
    assert "No customer has answered in this period" in page
    assert "<circle" not in page
    assert "Nothing waits for you." in page


def test_owners_stand_in_the_order_of_their_names(
    client: Client, log: Log, agent: User, teammate: User, manager: User, now: datetime
) -> None:
    for owner in (teammate, teammate, agent):
        log(owner=owner, whom=another_customer("Somebody", now))
    client.force_login(manager)
    owners = client.get(BOARD).context["dashboard"].owners
    assert [row.standing.name for row in owners] == ["Maya Osei", "Tom Reyes"]


def test_a_team_shows_its_own_cases_only(
    client: Client, log: Log, manager: User, outsider: User, now: datetime
) -> None:
    warehouse = Team.objects.get(name="Warehouse")
    log()
    log(team=warehouse, owner=outsider, whom=another_customer("Ada", now))
    client.force_login(manager)
    context = client.get(f"{BOARD}?team={warehouse.public_id}").context
    assert context["dashboard"].board.standing.open.value == 1
    assert [row.standing.name for row in context["dashboard"].owners] == ["Omar Haddad"]
    assert f'<option value="{warehouse.public_id}" selected>Warehouse' in look(
        client, manager, f"{BOARD}?team={warehouse.public_id}"
    )


@pytest.mark.parametrize("url", [BOARD, CAUSES])
@pytest.mark.parametrize(
    ("address", "named"),
    [
        ("?team=evil", "team"),
        ("?team=0c31fd04-dd2b-4980-93a8-7995415a96de", "team"),
        ("?days=7", "period"),
        ("?team=%00&days=-1", "team, period"),
    ],
)
def test_what_says_nothing_to_us_is_left_out_in_words(
    url: str, address: str, named: str, client: Client, manager: User
) -> None:
    page = look(client, manager, f"{url}{address}")
    assert f"A part of this address says nothing to us, and was left out: {named}." in page
    assert "All teams" in page


def test_causes_come_back_after_they_were_fixed(
    client: Client, log: Log, agent: User, manager: User, now: datetime
) -> None:
    for days in (20, 10):
        case = log(at=now - days * DAY, whom=another_customer("Somebody", now))
        say_why(case, agent, "Stock count", now - days * DAY)
        plan = Plan(kind=PreventionKind.TOOL, change="Count twice", owner=agent, due_at=now - days * DAY + HOUR)
        action = learning.plan_prevention(incident=case.incident, plan=plan, actor=agent, now=now - days * DAY)
        learning.finish_prevention(action=action, actor=agent, now=now - days * DAY + HOUR)
    client.force_login(manager)
    context = client.get(CAUSES).context
    assert [(str(row.rate), row.after_fix.value) for row in context["recurrence"]] == [("50%", 1)]
    assert (str(context["prevention"].on_time), context["leading"]) == ("100%", "Stock count comes first")
    assert {n.value for n in numbers(context["recurrence"])} == {
        client.get(f"/cases/{n.address}").context["found"].total for n in numbers(context["recurrence"])
    }


@pytest.mark.parametrize("measure", ["cases", "incidents", "contacts", "goodwill", "everything"])
def test_the_bars_of_causes_are_long_by_what_is_asked_for(
    measure: str, a_quarter: None, client: Client, manager: User
) -> None:
    client.force_login(manager)
    context = client.get(f"{CAUSES}?by={measure}").context
    assert context["pareto"].measure == ("cases" if measure == "everything" else measure)
    assert context["longest"] > 0
    assert [bar.name for bar in context["pareto"].bars][-1] == "Not yet known"


def test_a_correction_moves_a_case_along_the_board_at_once(
    client: Client, log: Log, agent: User, manager: User, now: datetime
) -> None:
    case = of("Ada", log, now, until=apologize)
    client.force_login(manager)
    before = client.get(BOARD).context["dashboard"].board.steps
    correct(case, agent, now - HOUR)
    after = client.get(BOARD).context["dashboard"].board.steps
    assert [row.standing.open.value for row in before] == [0, 0, 1, 0, 0, 0]
    assert [row.standing.open.value for row in after] == [0, 0, 0, 1, 0, 0]


def asked_anew(client: Client, manager: User, address: str) -> int:
    """The statements of one look for which no figure is kept. Another period is looked at first, for all that is kept
    longer than figures."""
    look(client, manager, f"{BOARD}?days=365")
    with CaptureQueriesContext(connection) as found:
        assert client.get(f"{BOARD}{address}").status_code == 200
    return len(found)


def test_twenty_cases_cost_as_many_statements_as_one(
    client: Client, log: Log, agent: User, manager: User, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    say_why(recover(of("Ada", log, now), agent, now - HOUR), agent, "Stock count", now)
    propose(of("Bela", log, now, until=apologize), agent, now - HOUR, 90)
    one = asked_anew(client, manager, "?days=30")
    for number in range(10):
        say_why(recover(of(f"Customer {number}", log, now), agent, now - HOUR), agent, f"Cause {number}", now)
        propose(of(f"Waiting {number}", log, now, until=apologize), agent, now - HOUR, 90)
    monkeypatch.setattr(timezone, "now", lambda: now + KEPT_FOR)
    assert asked_anew(client, manager, "?days=30") == one <= MOST_STATEMENTS
    assert statements(client, manager, BOARD) <= MOST_STATEMENTS
    assert statements(client, manager, CAUSES) <= MOST_STATEMENTS


def test_imported_history_is_marked_and_one_click_leaves_it_out(
    client: Client, log: Log, agent: User, manager: User, now: datetime
) -> None:
    recover(of("Ada", log, now), agent, now - HOUR)
    history = recover(of("Bela", log, now), agent, now - HOUR)
    Case.objects.filter(pk=history.pk).update(source="cfpb", source_reference="7", is_timed=False)
    page = look(client, manager, BOARD)
    assert "1 imported case</a> of this period" in page
    assert "history=without" in page
    without = client.get(f"{BOARD}?history=without").context["dashboard"]
    assert without.figures.endings.closed.value == 1
    assert "Imported history is left out" in look(client, manager, f"{CAUSES}?history=without")


def test_numbers_without_history_open_lists_of_as_many_cases(a_quarter: None, client: Client, manager: User) -> None:
    case = Case.objects.open().first()
    assert case is not None
    Case.objects.filter(pk=case.pk).update(source="cfpb", source_reference="7", is_timed=False)
    client.force_login(manager)
    shown = client.get(f"{BOARD}?history=without").context["dashboard"]
    found = {number.address: number.value for number in numbers(shown)}
    assert found == {url: client.get(f"/cases/{url}").context["found"].total for url in found}


def test_goodwill_of_each_currency_has_bars_of_its_own(
    client: Client, log: Log, agent: User, manager: User, now: datetime
) -> None:
    ways = (CompensationStatus.OFFERED, CompensationStatus.ACCEPTED, CompensationStatus.ISSUED)
    for currency in ("USD", "EUR"):
        given = propose(of(f"In {currency}", log, now, until=apologize), agent, now - HOUR, 20)
        move(given, agent, now - HOUR, *ways)
        Compensation.objects.filter(pk=given.pk).update(currency=currency)
    page = look(client, manager, f"{CAUSES}?by=goodwill&currency=EUR")
    assert "20 EUR in" in page
    assert "currency=USD" in page
    assert "20 USD in" in look(client, manager, f"{CAUSES}?by=goodwill")
