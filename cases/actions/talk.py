"""The customer would rather talk: nothing is settled by it, and somebody is told at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from cases.actions import contacts, notices, turns
from cases.actions.contacts import Exchange
from cases.actions.events import CallAsked
from cases.permissions import Verb
from cases.rules.vocabulary import Channel, Direction

if TYPE_CHECKING:
    from datetime import datetime

    from cases.models import Contact, CustomerLink


@transaction.atomic
def ask_to_talk(*, link: CustomerLink, words: str, now: datetime, score: int | None = None) -> Contact:
    """Kept as a contact from the customer, so that it counts as one; owner and manager get a mail. Their answer to
    "did we make it right?" stays open: they have not given one. In a closed case somebody has to deal with it.
    ``score``: a number that they chose all the same."""
    case, said = turns.begin(link.case, None, Verb.WORK_CASE, may_be_closed=True), words.strip()
    chosen = f"They chose {score} of 5, and gave no answer yet." if score is not None else ""
    exchange = Exchange(
        direction=Direction.IN,
        channel=Channel.WEB,
        summary="\n".join(filter(None, (said, chosen))) or "Asked on their page to talk to somebody.",
        at=now,
    )
    contact = contacts.keep_contact(case, exchange, by=None, now=now)
    turns.finish(case, CallAsked(words=said, score=score, is_chase=contact.is_chase), at=now, actor=None)
    lines = [f"{case.customer} asked on their page to talk to somebody: please call."]
    if said:
        lines.append(f"In their words: “{said}”")
    lines += filter(None, [chosen])
    if not case.is_open:
        lines.append(
            f"The case is closed. {notices.way_on(case)} if the same failure still stands. "
            "If not, link another case of theirs, or say what came of it: within 4 working hours."
        )
    notices.tell_owner_and_manager(
        case, heading=f"{case.reference}: {case.customer} would rather talk to somebody", lines=lines, now=now
    )
    return contact
