"""Rows from before the contact of a logging was known by key: it is found by when we first knew."""

import importlib
from datetime import datetime, timedelta

import pytest
from django.apps import apps

from cases.actions import closing, facts
from cases.models import Case, Contact, User
from cases.rules.vocabulary import Direction, Origin, Outcome
from tests.conftest import Log
from tests.reports import recovery

pytestmark = pytest.mark.django_db

migration = importlib.import_module("cases.migrations.0049_first_contact_of_old_cases")
HOUR = timedelta(hours=1)


def found() -> dict[Case | None, Contact]:
    """What the migration finds, where no row says it."""
    Contact.objects.update(logged_case=None)
    migration.fill(apps, None)
    return {contact.logged_case: contact for contact in Contact.objects.exclude(logged_case=None)}


def test_it_is_the_one_at_when_we_first_knew_even_after_a_correction(log: Log, agent: User, now: datetime) -> None:
    at = now.replace(microsecond=123_456)
    case, own = log(at=at), log(at=now, origin=Origin.SELF_REPORTED)
    for each in (case, own):
        recovery.contact(each, agent, now + HOUR, Direction.IN)
    assert found() == {case: case.contacts.earliest("pk")}
    facts.correct_facts(case=case, facts={"known_at": now - HOUR}, reason="-", actor=agent, now=now + HOUR)
    assert found() == {case: case.contacts.earliest("pk")}


def test_that_of_a_joined_duplicate_stays_its_own(log: Log, agent: User, now: datetime) -> None:
    duplicate, original = log(at=now), log(at=now + HOUR)
    first, second = duplicate.contacts.get(), original.contacts.get()
    closing.close(
        case=duplicate,
        outcome=Outcome.DUPLICATE,
        reason="Twice",
        actor=agent,
        now=now + 2 * HOUR,
        duplicate_of=original,
    )
    assert found() == {duplicate: first, original: second}
