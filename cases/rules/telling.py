"""How a follow-up letter is put together, so that it claims what the record says: its subject, and its facts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cases.rules.evidence import tell_change
from cases.rules.vocabulary import FollowUpSays, PreventionStatus

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from cases.rules.evidence import ChangeTold

_LONGEST_SIGNATURE_LINE = 60
"""Characters."""
_MOST_SIGNATURE_LINES = 5
_ENDS_A_SENTENCE = (".", "?", "!", ":", ";", "…", "。", "\uff1f", "\uff01")
_BEGINS_AN_ITEM = ("-", "*", "•")


def says(statuses: Sequence[PreventionStatus]) -> FollowUpSays:
    """What a letter may claim that tells of changes with these statuses."""
    if any(status in {PreventionStatus.DONE, PreventionStatus.VERIFIED} for status in statuses):
        return FollowUpSays.CHANGED
    return FollowUpSays.PLANNED if statuses else FollowUpSays.NOTHING


def subject(changes: Sequence[ChangeTold], about: str, *, today: date) -> str:
    """Of the letter. A date is promised only where every change has one that is still ahead."""
    match says([change.status for change in changes]):
        case FollowUpSays.CHANGED:
            claim = "What we changed because of you"
        case FollowUpSays.PLANNED:
            claim = _planned([change.due for change in changes], today)
        case FollowUpSays.NOTHING:
            claim = "What we found, and why nothing has changed yet"
    return f"{claim}: {about}"


def letter(body: str, changes: Sequence[ChangeTold], because: str, *, names: Sequence[str]) -> str:
    """The whole letter: the person's words, then each change in the words that its status allows, or why nothing
    changed; then their signature. ``names``: of whoever may have signed."""
    words, signature = split_signature(body.strip(), names)
    parts = (words, *_facts(changes, because.strip()), signature)
    return "\n\n".join(part for part in parts if part)


def split_signature(body: str, names: Sequence[str] = ()) -> tuple[str, str]:
    """The last short lines of a letter that end no sentence, or name whoever wrote it. The first line is a greeting."""
    lines = body.splitlines()
    start = len(lines)
    for place in range(len(lines) - 1, 0, -1):
        line = lines[place].strip()
        if not line:
            continue
        is_after_gap = start < len(lines) and place + 1 < start and not lines[place + 1].strip()
        if not _signs(line, names) or (is_after_gap and not line.endswith(",")) or _is_full(lines[start:]):
            break
        start = place
    return "\n".join(lines[:start]).rstrip(), "\n".join(lines[start:]).strip()


def _planned(dues: Sequence[date | None], today: date) -> str:
    known = [due for due in dues if due is not None and due >= today]
    if len(known) < len(dues):
        return "What we plan to change because of you"
    last = max(known)
    return f"What we will change because of you by {last:%B} {last.day}"


def _facts(changes: Sequence[ChangeTold], because: str) -> list[str]:
    done = [change for change in changes if says([change.status]) is FollowUpSays.CHANGED]
    planned = [change for change in changes if change not in done]
    told = [("What is different now:", done), ("What we will change:", planned)]
    lists = ["\n".join((heading, *(f"- {tell_change(one)}" for one in some))) for heading, some in told if some]
    return lists if done else [*lists, because]


def _signs(line: str, names: Sequence[str]) -> bool:
    if len(line) > _LONGEST_SIGNATURE_LINE or line.startswith(_BEGINS_AN_ITEM):
        return False
    is_named = any(name and name.casefold() in line.casefold() for name in names)
    return is_named or not line.endswith(_ENDS_A_SENTENCE)


def _is_full(signature: Sequence[str]) -> bool:
    return sum(bool(line.strip()) for line in signature) >= _MOST_SIGNATURE_LINES
