"""What a correction changes for others: what the customer reads, and other cases; and the form that corrects."""

import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django import forms
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases.actions import facts
from cases.actions.submissions import new_key
from cases.models import Case, Category, Event, Team, User
from cases.rules.vocabulary import EventKind
from cases.web.case_verbs import VERBS
from cases.web.forms.facts import FactsForm
from tests.conftest import Log
from tests.reports import recovery

pytestmark = pytest.mark.django_db
INVISIBLE = "\u200b\u2060 \u00ad"


@pytest.fixture
def now() -> datetime:
    return timezone.now() - timedelta(hours=3)


@pytest.fixture
def lost(team: Team) -> Category:
    return Category.objects.create(name="Delivery › Lost")


@pytest.fixture
def late(team: Team) -> Category:
    return Category.objects.create(name="Delivery › Too late")


def address(case: Case) -> str:
    return reverse("cases:do", args=(case.reference, "facts"))


def shown(case: Case, who: User) -> dict[str, str]:
    """What a browser sends of the form as it is drawn, with a reason."""
    case.refresh_from_db()
    with timezone.override(who.zone):
        form = FactsForm(case=case, actor=who)
        sent = {bound.name: str(bound.value() or "") for bound in form}
    return {**sent, "reason": "The receipt says so", "key": new_key(timezone.now())}


def timeline(client: Client, case: Case) -> str:
    page = client.get(reverse("cases:timeline", args=(case.reference,))).content.decode()
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


@pytest.mark.parametrize("typed", [{}, {"subject": ""}])
def test_the_customer_reads_the_category_that_is_right(
    client: Client, log: Log, agent: User, lost: Category, late: Category, typed: dict[str, str]
) -> None:
    case = log(category=lost)
    client.force_login(agent)
    sent = {**shown(case, agent), "category": late.name, **typed}
    assert client.post(address(case), sent).status_code == 302
    case.refresh_from_db()
    assert case.subject == "Too late"
    assert "What the customer reads: Lost → Too late" in timeline(client, case)


def test_what_somebody_wrote_for_the_customer_stays_and_emptied_it_is_the_new_category(
    log: Log, agent: User, now: datetime, lost: Category, late: Category
) -> None:
    kept, emptied = (log(category=lost, subject="the parcel") for _ in range(2))
    facts.correct_facts(case=kept, facts={"category": late}, reason="-", actor=agent, now=now)
    both = {"category": late, "subject": ""}
    facts.correct_facts(case=emptied, facts=both, reason="-", actor=agent, now=now)
    assert [recovery.fresh(case).subject for case in (kept, emptied)] == ["the parcel", "Too late"]


def test_with_another_incident_comes_its_category(
    log: Log, agent: User, now: datetime, lost: Category, late: Category
) -> None:
    case, other = log(category=lost), log(category=late, whom=recovery.another_customer("Bob", now))
    facts.correct_facts(case=case, facts={"incident": other.incident}, reason="-", actor=agent, now=now)
    assert recovery.fresh(case).subject == "Too late"


def test_another_category_shows_in_every_case_of_the_incident(
    client: Client, log: Log, agent: User, outsider: User, lost: Category, late: Category
) -> None:
    case, bob = log(category=lost), recovery.another_customer("Bob", timezone.now())
    theirs = log(whom=bob, incident=case.incident, owner=outsider, team=outsider.teams.get())
    written = log(whom=bob, incident=case.incident, subject="the chair")
    facts.correct_facts(case=case, facts={"category": late}, reason="-", actor=agent, now=timezone.now())
    client.force_login(outsider)
    page = timeline(client, theirs)
    assert "Maya Osei changed the category of the incident" in page
    assert page.index("Delivery › Lost") < page.index("Delivery › Too late")
    assert [recovery.fresh(one).subject for one in (theirs, written)] == ["Too late", "the chair"]
    assert set(Case.objects.matching("too late")) == {theirs, case}


def test_the_category_of_a_case_alone_is_told_once(log: Log, agent: User, late: Category, now: datetime) -> None:
    facts.correct_facts(case=log(), facts={"category": late}, reason="-", actor=agent, now=now)
    assert not Event.objects.filter(kind=EventKind.CATEGORY_CHANGED).exists()


def test_a_title_that_nobody_can_see_is_none(client: Client, log: Log, agent: User) -> None:
    case = log()
    client.force_login(agent)
    answer = client.post(address(case), {**shown(case, agent), "title": INVISIBLE})
    assert answer.context["form"].errors["title"] == ["Say in a few words what went wrong."]
    typed = {"customer": str(case.customer.public_id), "title": INVISIBLE, "severity": "minor", "origin": "customer"}
    answer = client.post(reverse("cases:log"), {**typed, "channel": "phone", "key": new_key(timezone.now())})
    assert answer.context["form"].errors["title"] == ["Say in a few words what went wrong."]
    assert Case.objects.count() == 1


def test_a_line_has_no_line_break_and_nothing_invisible_in_it(log: Log, agent: User, now: datetime) -> None:
    case = log(title="Parcel\nlost", wants=INVISIBLE, business_unit="Par\u200bcels", subject=INVISIBLE)
    assert (case.title, case.wants, case.business_unit) == ("Parcel lost", "", "Parcels")
    assert case.subject == f"Your case {case.reference}"
    typed = {"title": "Parcel\r\nbroken", "contribution": INVISIBLE, "wants": "Two\x0bparcels"}
    facts.correct_facts(case=case, facts=typed, reason="-", actor=agent, now=now)
    case.refresh_from_db()
    assert (case.title, case.contribution, case.wants) == ("Parcel broken", "", "Two parcels")


def test_the_moments_say_whose_clock_they_follow(client: Client, log: Log, agent: User) -> None:
    case = log()
    User.objects.filter(pk=agent.pk).update(time_zone="Asia/Tokyo")
    client.force_login(agent)
    page = client.get(address(case)).context["form"]
    asked = [page.fields[name].help_text for name in ("happened_at", "known_at", "needed_by")]
    assert all(text.endswith("By your clock (Asia/Tokyo); the team's is America/New York.") for text in asked)


def test_no_number_of_a_version_parts_a_draft_from_its_form() -> None:
    """A draft is found by the hidden fields of its form, but for those that differ from page to page."""
    script = (Path(settings.BASE_DIR) / "static/js/drafts.js").read_text()
    of_each_page = set(re.findall(r'"(\w+)"', re.findall(r"OF_EACH_PAGE = new Set\(\[(.+)\]\)", script)[0]))
    hidden = {
        name
        for verb in VERBS.values()
        for name, field in verb.form.base_fields.items()
        if isinstance(field, forms.IntegerField) and isinstance(field.widget, forms.HiddenInput)
    }
    assert {"version", "incident_version"} <= hidden <= of_each_page
