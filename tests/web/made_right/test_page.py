"""The customer's page: what it tells, what it never tells, and to whom."""

from datetime import datetime, timedelta
from decimal import Decimal
from html import escape
from uuid import uuid4

import pytest
from django.apps import apps
from django.core.cache import cache
from django.db import connection, models
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cases.actions import compensations, promises
from cases.actions.compensations import Proposal
from cases.actions.promises import Pledge
from cases.models import Case, CustomerLink, FollowUp, Promise, User
from cases.reports.made_right import State, made_right
from cases.rules.vocabulary import (
    Channel,
    CompensationForm,
    CompensationNature,
    CompensationStatus,
    FollowUpStatus,
)
from cases.web.views.made_right import MOST_POSTS
from tests.conftest import Log
from tests.web.made_right.deeds import Address, acknowledge, apologize, feel, give

pytestmark = pytest.mark.django_db

#: What was said to the customer, or written to be told to them. Every other text in the database is internal.
TOLD = {
    "Case.subject",
    "Case.reference",
    "Acknowledgement.read_back",
    "Apology.explanation",
    "Correction.what",
    "Correction.alternative",
    "Compensation.what",
    "Compensation.recipient",
    "Compensation.currency",
    "Promise.words",
    "PreventionAction.change",
    "SatisfactionCheck.words",
    "User.name",
}


def test_the_page_tells_what_was_done_and_asks_how_the_customer_feels(
    client: Client, recovered: Case, address: Address
) -> None:
    page = client.get(address(recovered)).content.decode()
    assert "Did we make it right?" in page
    assert "Maya Osei apologized to you on the phone" in page
    assert "The new address was never saved." in page
    assert "On its way to you: Restaurant gift card ($20)" in page
    assert "Addresses are read back" in page
    assert page.count('type="radio"') == 8


def test_before_everything_is_done_it_shows_where_things_stand_and_does_not_ask(
    client: Client, case: Case, agent: User, address: Address, today: datetime
) -> None:
    acknowledge(case, agent, today)
    page = client.get(address(case)).content.decode()
    assert "Where things stand" in page
    assert "As we understood it: “Your parcel went to the old address”" in page
    assert "How do you feel about it now?" not in page
    assert "Please get in touch with me" in page


def test_nothing_internal_is_on_the_page(client: Client, recovered: Case, address: Address) -> None:
    url = address(recovered)
    promises.make_promise(
        case=recovered,
        pledge=Pledge(words="Call you", due_at=timezone.now() + timedelta(days=1), channel=Channel.PHONE),
        actor=User.objects.get(name="Maya Osei"),
        now=timezone.now(),
    )
    planted = _plant("leak")
    assert {"Case.contribution", "Contact.private_note", "Compensation.reason", "User.email"} <= planted
    page = client.get(url)
    assert page.status_code == 200
    assert "leak" not in page.content.decode()
    assert "example.com" not in page.content.decode()


def _plant(secret: str) -> set[str]:
    """Put the secret into every text of the database that is not among ``TOLD``; tells into which fields."""
    planted = set()
    for model in apps.get_app_config("cases").get_models():
        for field in model._meta.concrete_fields:  # noqa: SLF001 - the documented way to a model's fields
            name = f"{model.__name__}.{field.name}"
            is_text = isinstance(field, models.CharField | models.TextField) and not field.choices
            if not is_text or name in TOLD or model.__name__ == "Event":
                continue
            for pk in model._default_manager.values_list("pk", flat=True):  # noqa: SLF001
                words = f"{pk}{secret}"[: field.max_length or None]
                model._default_manager.filter(pk=pk).update(**{field.name: words})  # noqa: SLF001
                planted.add(name)
    return planted


def test_a_colleague_without_a_name_is_called_we_and_never_by_mail_address(
    case: Case, agent: User, today: datetime
) -> None:
    acknowledge(case, agent, today)
    User.objects.filter(pk=agent.pk).update(name=agent.email)
    assert made_right(case, now=today).lines[0].words.startswith("We spoke with you")


def test_what_is_not_granted_yet_is_not_told(case: Case, agent: User, today: datetime) -> None:
    proposal = Proposal(
        nature=CompensationNature.GOODWILL, form=CompensationForm.MONEY, what="A fortune", amount=Decimal(9000)
    )
    waiting = compensations.propose_compensation(case=case, proposal=proposal, actor=agent, now=today)
    assert waiting.status == CompensationStatus.PROPOSED
    assert made_right(case, now=today).lines == ()


def test_a_gift_is_told_without_what_it_cost_us(case: Case, agent: User, today: datetime) -> None:
    acknowledge(case, agent, today)
    apologize(case, agent, today)
    give(case, agent, today)
    case.compensations.update(
        form=CompensationForm.GIFT, what="Flowers", recipient="Mrs Whitlock senior", is_third_party=True
    )
    assert made_right(case, now=today).lines[-1].words == "On its way to you: Flowers, for Mrs Whitlock senior"


def test_a_customer_with_another_name_by_now_is_nobody_else(case: Case, agent: User, today: datetime) -> None:
    acknowledge(case, agent, today)
    apologize(case, agent, today)
    give(case, agent, today)
    case.customer.name = "Grace Miller"
    case.customer.save()
    assert "for Grace" not in made_right(case, now=today).lines[-1].words


def test_a_promise_that_has_passed_is_told_as_late_and_a_plan_never_as_done(
    recovered: Case, agent: User, today: datetime
) -> None:
    pledge = Pledge(words="Call you back", due_at=today + timedelta(minutes=1), channel=Channel.PHONE)
    promises.make_promise(case=recovered, pledge=pledge, actor=agent, now=today)
    page = made_right(recovered, now=today + timedelta(hours=1))
    assert [(line.state, line.words) for line in page.lines[-1:]] == [(State.LATE, "Call you back")]
    assert [line.state for line in page.changes] == [State.COMING]


def test_a_promise_that_was_never_kept_is_told_as_such_and_not_as_done(
    recovered: Case, agent: User, today: datetime
) -> None:
    pledge = Pledge(words="Send a fitter", due_at=today + timedelta(minutes=1), channel=Channel.PHONE)
    promise = promises.make_promise(case=recovered, pledge=pledge, actor=agent, now=today)
    later = today + timedelta(hours=1)
    promises.give_up_promise(promise=promise, instead="A refund", actor=agent, now=later)
    line = made_right(recovered, now=later).lines[-1]
    assert (line.state, line.words, line.at) == (State.LATE, "Send a fitter", promise.due_at)
    assert line.note == "We had promised you this by then, and did not do it. We are sorry."


def test_looking_writes_nothing(client: Client, recovered: Case, address: Address) -> None:
    url = address(recovered)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        client.get(url)
        client.head(url)
    written = [query["sql"] for query in queries if query["sql"].split()[0] in {"INSERT", "UPDATE", "DELETE"}]
    assert written == []
    assert len(queries) / 2 <= 15


def test_the_number_of_queries_does_not_grow_with_the_case(
    client: Client, recovered: Case, agent: User, address: Address, today: datetime
) -> None:
    url = address(recovered)
    with CaptureQueriesContext(connection) as few:
        client.get(url)
    for _ in range(20):
        pledge = Pledge(words="Call you", due_at=today + timedelta(days=1), channel=Channel.PHONE)
        promises.make_promise(case=recovered, pledge=pledge, actor=agent, now=today)
    with CaptureQueriesContext(connection) as many:
        client.get(url)
    assert len(few) == len(many)


def test_an_expired_or_revoked_link_is_gone(client: Client, recovered: Case, address: Address) -> None:
    url = address(recovered)
    CustomerLink.objects.update(revoked_at=timezone.now())
    assert client.get(url).status_code == 410
    CustomerLink.objects.update(revoked_at=None, expires_at=timezone.now())
    answer = client.get(url)
    assert answer.status_code == 410
    assert "This link has expired" in answer.content.decode()
    assert feel(client, url, score="5") == 410


@pytest.mark.parametrize("words", ["The chair came with\r\nthree legs", "<b>Late</b> again"])
def test_words_that_cannot_be_taken_any_more_are_given_back_to_copy(
    client: Client, recovered: Case, address: Address, words: str
) -> None:
    url = address(recovered)
    cache.set(f"made-right:{CustomerLink.objects.get().public_id}", MOST_POSTS, 60)
    pages = [client.post(url, {"words": words})]
    CustomerLink.objects.update(revoked_at=timezone.now())
    pages.append(client.post(url, {"words": words}))
    assert [page.status_code for page in pages] == [429, 410]
    for page in pages:
        assert "What you wrote, to copy:" in page.content.decode()
        assert all(escape(line) in page.content.decode() for line in words.splitlines())
    assert "to copy" not in client.get(url).content.decode()


def test_a_forged_link_is_not_found(client: Client, recovered: Case, address: Address) -> None:
    whole = address(recovered)
    for forged in (whole[:-5] + "/", reverse("cases:made_right", args=(f"{uuid4()}:abc",)), "/made-right/%00/"):
        answer = client.get(forged)
        assert answer.status_code == 404
        assert "use the link in our mail" in answer.content.decode()


def test_the_page_is_kept_from_search_engines_caches_and_other_sites(
    client: Client, recovered: Case, address: Address
) -> None:
    headers = client.get(address(recovered)).headers
    assert "noindex" in headers["X-Robots-Tag"]
    assert "no-store" in headers["Cache-Control"]
    assert headers["Referrer-Policy"] == "no-referrer"


def test_a_promise_of_another_case_is_not_told(log: Log, recovered: Case, agent: User, today: datetime) -> None:
    other = log(at=today, title="Another mistake")
    pledge = Pledge(words="Something else", due_at=today + timedelta(days=1), channel=Channel.PHONE)
    promises.make_promise(case=other, pledge=pledge, actor=agent, now=today)
    assert Promise.objects.count() == 1
    assert "Something else" not in str(made_right(recovered, now=today))


def test_the_page_says_that_nothing_changed_where_nothing_did(case: Case, agent: User, now: datetime) -> None:
    FollowUp.objects.create(
        case=case,
        channel=Channel.PHONE,
        status=FollowUpStatus.SPOKEN,
        body="Dear Grace",
        nothing_changed_because="We are still looking.",
        author=agent,
        created_at=now,
        sent_at=now,
    )
    lines = [line.words for line in made_right(case, now=now).lines]
    assert "Maya Osei told you what we found and why nothing has changed yet" in lines
