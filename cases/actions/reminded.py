"""That somebody was reminded, in the timeline of each case that the mail told of, once it has left; and that they have
seen it.

One statement writes the events of all mails of a batch, in the database: to fetch what they tell, and to write it back
row by row, takes longer than to hand the mails over.

Limit: who is reminded, and when, is decided by ``cases.reminders``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection

from cases.actions.events import ReminderSeen, ReminderSent
from cases.models import Reminder
from cases.rules.vocabulary import CommitmentKind, MessagePurpose

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from django.db.models import QuerySet

    from cases.actions.events import Facts
    from cases.models import Case, Message, User


PURPOSES = (MessagePurpose.EARLY, MessagePurpose.REMINDER, MessagePurpose.ESCALATION)
"""Of the mails that remind."""

_TOLD = f"""
    SELECT reminder.id, reminder.message_id, reminder.case_id, reminder.rung, reminder.kind,
        mail.sent_at, mail.to_user_id, COALESCE(c.version, 0) AS version,
        COALESCE(NULLIF(person.name, ''), person.email) AS who,
        CASE WHEN reminder.case_id IS NULL THEN action.incident_id END AS incident_id,
        COALESCE(step.kind, promise.words, action.change, word.reason) AS name
    FROM cases_reminder reminder
    JOIN cases_message mail ON mail.id = reminder.message_id AND mail.purpose IN {tuple(map(str, PURPOSES))}
    JOIN cases_user person ON person.id = mail.to_user_id
    LEFT JOIN cases_case c ON c.id = reminder.case_id
    LEFT JOIN cases_step step ON reminder.kind = '{CommitmentKind.STEP}' AND step.id = reminder.commitment_id
    LEFT JOIN cases_promise promise
        ON reminder.kind = '{CommitmentKind.PROMISE}' AND promise.id = reminder.commitment_id
    LEFT JOIN cases_preventionaction action
        ON reminder.kind = '{CommitmentKind.PREVENTION}' AND action.id = reminder.commitment_id
    LEFT JOIN cases_statusupdate word ON reminder.kind = '{CommitmentKind.UPDATE}' AND word.id = reminder.commitment_id
    WHERE reminder.message_id IN ({{places}})
    ORDER BY reminder.message_id, reminder.case_id, incident_id, reminder.rung, reminder.id
"""  # noqa: S608 - put together from our own codes
"""What each reminder was about: a step's or a reason's code, a promise's or a prevention action's own words."""
_WRITE = """
    INSERT INTO cases_event
        (public_id, kind, at, recorded_at, actor_id, case_id, incident_id, version, facts_version, facts)
    SELECT {uuid}, %s, {at}, {at}, MIN(to_user_id), case_id, incident_id, MIN(version), {facts_version},
        {object}({rung} 'who', MIN(who), 'what', {list}({object}('kind', kind, 'name', name)))
    FROM ({told}) AS told GROUP BY message_id, case_id, incident_id{by}
"""
_FUNCTIONS = {
    "postgresql": {"uuid": "gen_random_uuid()", "object": "jsonb_build_object", "list": "jsonb_agg"},
    "sqlite": {"uuid": "UUIDV4()", "object": "json_object", "list": "json_group_array"},
}


def release(case: Case, *, now: datetime) -> None:
    """What is held about this case is looked at again by the next sweep: it may be somebody else's by now, or worse."""
    _release(Reminder.objects.unsent().filter(case=case, hold_until__gt=now), now)


def release_from(user: User, *, now: datetime) -> None:
    """They cannot be told any more: what is held for them is somebody else's."""
    _release(Reminder.objects.unsent().filter(recipient=user, hold_until__gt=now), now)


def untie(message: Message, *, now: datetime) -> None:
    """It reached nobody, and will not: what it told of is told by another mail, to whoever answers for them."""
    _release(Reminder.objects.filter(message=message), now)


def _release(rows: QuerySet[Reminder], now: datetime) -> None:
    """Looked at by the next sweep, as if nothing had held them."""
    rows.update(message=None, hold_until=now, held_because="")


def note_reminded(messages: Sequence[int]) -> None:
    """For the keys of mails that have left, of any kind: one event for each mail, case, or incident, and rung, at the
    moment at which the mail left. The case's version stays as it is: being reminded must not get in the way of somebody
    who is typing."""
    if messages:
        _write(messages, ReminderSent, [], at="MIN(sent_at)", rung="'rung', rung,", by=", rung")


def note_seen(message: Message, *, at: datetime) -> None:
    """Its reader says that they know: one event for each case, or incident, that the mail told of."""
    moment = connection.ops.adapt_datetimefield_value(at)
    _write([message.pk], ReminderSeen, [moment, moment], at="%s", rung="", by="")


def _write(messages: Sequence[int], happened: type[Facts], moments: Sequence[str | None], **parts: str) -> None:
    told = _TOLD.format(places=", ".join(["%s"] * len(messages)))
    parts |= _FUNCTIONS[connection.vendor] | {"facts_version": str(happened.version)}
    statement = _WRITE.format(told=told, **parts)
    with connection.cursor() as cursor:
        cursor.execute(statement, [happened.kind, *moments, *messages])
