"""What is recorded for an earlier moment stands where it happened, and shows when it was recorded."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from cases.actions import compensations, contacts, corrections, handling, promises
from cases.actions.contacts import Exchange
from cases.models import Case, User
from cases.rules.evidence import CorrectionEvidence
from cases.rules.vocabulary import Channel, CompensationStatus, CorrectionStatus, Direction, EventKind, Severity
from tests.conftest import Log
from tests.reports import recovery

pytestmark = pytest.mark.django_db

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
AT = datetime(2025, 9, 15, 19, 5, tzinfo=UTC)
"""15:05 in New York."""


@pytest.fixture
def case(log: Log) -> Case:
    return log(severity=Severity.CRITICAL)


def spoken(at: datetime) -> Exchange:
    return Exchange(direction=Direction.OUT, channel=Channel.PHONE, summary="They are glad", at=at)


def made_safe(case: Case, agent: User) -> None:
    handling.record_made_safe(case=case, at=AT, actor=agent, now=AT + HOUR)


def contact(case: Case, agent: User) -> None:
    contacts.log_contact(case=case, exchange=spoken(AT), actor=agent, now=AT + HOUR)


def kept(case: Case, agent: User) -> None:
    promise = recovery.promise(case, agent, AT - HOUR, AT + 9 * HOUR)
    promises.keep_promise(promise=promise, actor=agent, now=AT + HOUR, at=AT)


def corrected(case: Case, agent: User) -> None:
    recovery.acknowledge(case, agent, AT - 2 * HOUR)
    evidence = CorrectionEvidence(status=CorrectionStatus.DONE, what="A new parcel")
    corrections.record_correction(case=case, evidence=evidence, actor=agent, now=AT + HOUR, at=AT)


def issued(case: Case, agent: User) -> None:
    gift = recovery.propose(case, agent, AT - HOUR)
    compensations.move_compensation(
        compensation=gift, to=CompensationStatus.WITHDRAWN, actor=agent, now=AT + HOUR, at=AT
    )


DEEDS: dict[EventKind, Callable[[Case, User], None]] = {
    EventKind.CASE_MADE_SAFE: made_safe,
    EventKind.CONTACT_LOGGED: contact,
    EventKind.PROMISE_KEPT: kept,
    EventKind.CORRECTION_DONE: corrected,
    EventKind.COMPENSATION_CHANGED: issued,
}


@pytest.mark.parametrize("kind", DEEDS)
def test_an_event_keeps_when_it_happened_and_when_it_was_recorded(case: Case, agent: User, kind: EventKind) -> None:
    DEEDS[kind](case, agent)

    event = case.events.get(kind=kind)
    assert (event.at, event.recorded_at) == (AT, AT + HOUR)


@pytest.mark.parametrize("page", ["cases:case", "cases:timeline"])
def test_both_timelines_show_when_it_was_recorded(client: Client, case: Case, agent: User, page: str) -> None:
    contact(case, agent)
    client.force_login(agent)

    text = client.get(reverse(page, args=(case.reference,))).content.decode()

    assert re.search(r"recorded <time[^>]*>16:05</time>", text)


def test_within_a_minute_nothing_is_said(client: Client, case: Case, agent: User) -> None:
    contacts.log_contact(case=case, exchange=spoken(AT), actor=agent, now=AT + MINUTE - timedelta(seconds=1))
    client.force_login(agent)

    lines = client.get(reverse("cases:case", args=(case.reference,))).context["page"].events

    assert {line.recorded_at for line in lines} == {None}
