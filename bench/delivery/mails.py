"""The mails that are delivered: a thousand that reminders wrote, and copies of them, each as owed as the first.

Limit: PostgreSQL, in a database made for it.
"""

from __future__ import annotations

import time
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import connection
from django.utils import timezone

from cases.actions import customers, intake
from cases.actions.customers import CustomerDetails
from cases.actions.defaults import install_defaults
from cases.actions.intake import Mistake
from cases.models import Message, Team, User, WorkingCalendar
from cases.reminders.bundle import bundle
from cases.reminders.lay import lay
from cases.reminders.plan import plan
from cases.rules.vocabulary import Channel, CriticalGround, Role, Severity

if TYPE_CHECKING:
    from collections.abc import Callable

_COLUMNS = """
    public_id, case_id, purpose, audience, status, to_user_id, to_address, subject, text, html, created_at,
    next_attempt_at, attempts, doubts, raw, reply, last_error
"""
_COPY = f"""
    INSERT INTO cases_message ({_COLUMNS})
    SELECT gen_random_uuid(), case_id, purpose, audience, 'queued', to_user_id, to_address, subject, text, html, now(),
        now(), 0, 0, raw, '', ''
    FROM first_mails, generate_series(1, %(number)s) LIMIT %(number)s
"""  # noqa: S608 - put together from what stands above
_OWED_AGAIN = """
    UPDATE cases_reminder SET message_id = mail.id
    FROM cases_message AS mail WHERE mail.to_user_id = recipient_id AND mail.status = 'queued'
"""


def write_first(number: int) -> tuple[float, float]:
    """So many owners, each with a step that is late, and the mails that tell them. Returns the seconds that it took to
    lay the ladders of all that is owed in their cases, once, and those from late steps to mails in the outbox. The
    mails are kept aside, and none is owed yet."""
    log_late(number)
    laid = _seconds(lay)
    took = _seconds(plan) + _seconds(bundle)
    if (written := Message.objects.count()) != number:
        raise RuntimeError(f"{written} mails were written, not {number}.")
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE first_mails AS SELECT * FROM cases_message")
        cursor.execute("UPDATE cases_message SET status = 'cancelled', next_attempt_at = NULL")
        cursor.execute("VACUUM ANALYZE")
    return laid, took


def _seconds(work: Callable[..., object]) -> float:
    begun = time.perf_counter()
    work(now=timezone.now())
    return time.perf_counter() - begun


def log_late(number: int) -> None:
    """So many cases, each with an owner of its own and a step that has just fallen due."""
    now = timezone.now()
    install_defaults(zone="UTC", country="", currency="USD")
    boss = User.objects.create_user(email="boss@example.com", name="Boss", role=Role.ADMINISTRATOR)
    team = Team.objects.create(name="Client care", calendar=WorkingCalendar.objects.get(), manager=boss)
    customer = customers.add_customer(details=CustomerDetails(name="Grace Hall"), actor=boss, now=now)
    for each in range(number):
        owner = User.objects.create(email=f"agent{each}@example.com", name=f"Agent {each}", role=Role.AGENT)
        owner.teams.add(team)
        mistake = Mistake(
            title=f"Parcel {each} left at the wrong door",
            severity=Severity.CRITICAL,
            critical_because=CriticalGround.SAFETY,
            channel=Channel.PHONE,
            known_at=now - timedelta(minutes=31),
            team=team,
            owner=owner,
        )
        intake.log_case(mistake=mistake, customer=customer, actor=boss, now=now)


_NOTHING_FOLLOWS = "UPDATE cases_message SET concluded_at = now() WHERE status = 'sent' AND concluded_at IS NULL"
"""From the mails of a bare loop, so that the product does not make up for what it left out."""


def owe_again(number: int, *, reminds: bool = True) -> None:
    """So many copies of the first mails, with bytes that are there. ``reminds``: what was late hangs on these now, so
    that what follows from them is as much as it was from the first."""
    with connection.cursor() as cursor:
        cursor.execute(_NOTHING_FOLLOWS)
        cursor.execute(_COPY, {"number": number})
        if reminds:
            cursor.execute(_OWED_AGAIN)
