"""Promises by the pages of a case: what was said and done earlier is recorded as of then."""

from collections.abc import Callable
from datetime import datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from cases.actions import closing
from cases.actions.closing import facts_for
from cases.actions.promises import break_lapsed, give_up_promise
from cases.models import Case, Promise, User
from cases.rules.vocabulary import Outcome, Priority, PromiseStatus, Severity
from tests.conftest import Log
from tests.reports import recovery
from tests.web.mistakes import wall

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)

Send = Callable[..., Any]


@pytest.fixture
def start() -> datetime:
    """Six hours ago, in real time: pages look at the clock."""
    return timezone.now().replace(second=0, microsecond=0) - 6 * HOUR


@pytest.fixture
def case(log: Log, start: datetime) -> Case:
    return log(at=start)


@pytest.fixture
def send(client: Client, case: Case, agent: User) -> Send:
    """The answer to a form of the case."""

    def post(verb: str, **typed: str) -> Any:  # noqa: ANN401  (the test client's answer)
        client.force_login(agent)
        address = f"/cases/{case.reference}/do/{verb}/"
        form = client.get(address, {"of": typed.get("of", "")}).context["form"]
        hidden = {name: form[name].value() for name in ("key", "version")}
        return client.post(address, {**hidden, **typed})

    return post


@pytest.fixture
def broken(case: Case, agent: User, start: datetime) -> Promise:
    """Due four hours ago, and found broken by the clock."""
    promise = recovery.promise(case, agent, start, start + 2 * HOUR)
    break_lapsed(promise=promise, now=start + 3 * HOUR)
    return promise


def page_of(client: Client, case: Case) -> str:
    return " ".join(unescape(client.get(f"/cases/{case.reference}/").content.decode()).split())


@pytest.mark.parametrize(
    ("verb", "typed", "status"),
    [
        ("keep-promise", {}, PromiseStatus.KEPT),
        ("cancel-promise", {"reason": "I found it myself"}, PromiseStatus.CANCELLED),
        ("renegotiate", {"reason": "Tomorrow is fine", "due_at": "2199-01-01T10:00"}, PromiseStatus.OPEN),
    ],
)
def test_what_came_before_the_lapse_is_recorded_by_the_page(
    client: Client, send: Send, case: Case, broken: Promise, *, verb: str, typed: dict[str, str], status: PromiseStatus
) -> None:
    assert broken.due_at is not None
    of, at = str(broken.public_id), wall(broken.due_at - HOUR)
    client.force_login(case.owner or User())
    assert f"do/{verb}/?of={of}" in page_of(client, case)

    assert send(verb, of=of, at=at, **typed).status_code == 302

    broken.refresh_from_db()
    fresh = recovery.fresh(case)
    assert (broken.status, fresh.severity, fresh.priority) == (status, Severity.MODERATE, Priority.NORMAL)
    assert "it had counted as broken" in page_of(client, case)


def test_a_colleague_s_promise_and_who_may_not_be_given_one(
    client: Client, send: Send, case: Case, teammate: User, outsider: User, start: datetime
) -> None:
    made = {
        "words": "A fitter comes",
        "channel": "phone",
        "made_at": wall(start + HOUR),
        "due_at": wall(start + 5 * HOUR),
    }
    refused = send("promise", **made, owner=str(outsider.public_id))
    assert "could not see the case" in str(refused.context["form"].errors["owner"])
    assert send("promise", **made, made_by=str(teammate.public_id)).status_code == 302
    promise = case.promises.get()
    assert (promise.made_by, promise.recorded_by, promise.owed_by) == (teammate, case.owner, case.owner)
    assert "Maya Osei</strong> recorded a promise that Tom Reyes had made" in page_of(client, case)


def test_what_was_never_done_is_said_by_the_page_and_closing_waits_for_it_no_more(
    client: Client, send: Send, case: Case, agent: User, broken: Promise
) -> None:
    client.force_login(agent)
    of = str(broken.public_id)
    way = f"do/give-up-promise/?of={of}"
    assert way in page_of(client, case)
    assert facts_for(case).open_promises == 1

    assert send("give-up-promise", of=of, instead="A refund instead").status_code == 302

    page = page_of(client, case)
    assert "recorded that a promise was never kept" in page
    assert "A refund instead" in page
    assert way not in page
    assert facts_for(recovery.fresh(case)).open_promises == 0


def test_there_is_no_way_to_give_up_what_is_still_ahead(client: Client, case: Case, agent: User) -> None:
    recovery.promise(case, agent, timezone.now(), timezone.now() + HOUR)
    client.force_login(agent)
    assert "give-up-promise" not in page_of(client, case)


@pytest.mark.parametrize("ended", [{"instead": "A refund instead"}, {}, {"reason": "I went to a friend"}])
@pytest.mark.parametrize(("verb", "status"), [("keep-promise", "kept"), ("cancel-promise", "cancelled")])
def test_one_that_has_ended_as_broken_turns_out_to_have_ended_in_time(
    client: Client, send: Send, case: Case, broken: Promise, *, ended: dict[str, str], verb: str, status: str
) -> None:
    assert broken.due_at is not None
    of, at = str(broken.public_id), wall(broken.due_at - HOUR / 2)
    how = {"instead": "give-up-promise", "reason": "cancel-promise"}.get("".join(ended), "keep-promise")
    assert send(how, of=of, **ended).status_code == 302
    assert f"do/{verb}/?of={of}" in page_of(client, case)
    assert "by its moment, say when" in str(send(verb, of=of, reason="I found it myself").context["form"].errors)

    assert send(verb, of=of, reason="I found it myself", at=at).status_code == 302

    broken.refresh_from_db()
    fresh = recovery.fresh(case)
    assert (broken.status, fresh.severity, fresh.priority) == (status, Severity.MODERATE, Priority.NORMAL)
    page = page_of(client, case)
    assert "it had counted as broken" in page
    assert f"do/{verb}/?of={of}" not in page


def test_one_that_was_given_up_before_the_case_was_reopened_turns_out_to_be_kept(
    client: Client, send: Send, case: Case, agent: User, broken: Promise, start: datetime
) -> None:
    assert broken.due_at is not None
    give_up_promise(promise=broken, instead="A taxi", actor=agent, now=start + 4 * HOUR)
    recovery.close(case, agent, start + 5 * HOUR, Outcome.WITHDRAWN)
    client.force_login(agent)
    assert "It was kept in time" not in page_of(client, case)
    closing.reopen(case=case, reason="He did call", actor=agent, now=timezone.now())

    sent = send("keep-promise", of=str(broken.public_id), at=wall(broken.due_at - HOUR))

    assert sent.status_code == 302
    broken.refresh_from_db()
    assert (broken.status, broken.was_done) == (PromiseStatus.KEPT, None)
