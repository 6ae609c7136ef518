"""How a follow-up letter is put together, so that it claims what the record says: its subject, and its facts."""

from __future__ import annotations

import re
from itertools import takewhile
from typing import TYPE_CHECKING

from cases.rules.evidence import tell_change
from cases.rules.vocabulary import FollowUpSays, PreventionStatus

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from cases.rules.evidence import ChangeTold

_LONGEST_SIGNATURE_LINE = 60
"""Characters."""
_MOST_SIGNATURE_LINES = 10
_MOST_CLOSING_LINES = 2
_MOST_CLOSING_WORDS = 6
_ENDS_A_SENTENCE = (".", "?", "!", ":", ";", "…", "。", "\uff1f", "\uff01", "\uff1a", "\uff1b")
_BEGINS_AN_ITEM = ("-", "*", "•")
_CLOSING = re.compile(
    r"""(?:with |mit |met |med |avec |con |z )?(?:my |our |mes |nos |un |una |muchos )?(?:
    (?:kind|kindest|best|warm|warmest)?\ ?(?:regards|wishes) | (?:all\ the\ )?best[,.!]?$ | cheers | regards | sincerely
    | yours | (?:most\ )?(?:respectfully|faithfully|cordially)
    | (?:\w+\ ){0,3}gr(?:uß|üße|uss|üsse|uesse)n?\b | mfg | hochachtungsvoll | herzlichst
    | cordialement | (?:bien\ )?(?:à|a)\ (?:vous|toi) | (?:\w+\ )?salutations
    | atentamente | (?:cordial(?:es)?\ )?saludos? | atenciosamente | (?:cordiali|distinti)?\ ?saluti | cumprimentos
    | warmly | üdvözlettel | tisztelettel
    | vriendelijke\ groet | (?:vennlig|venlig)\ hilsen | vänliga\ hälsningar | mvh | poważaniem | pozdrawiam
    | \u0441\ уважением | 此致 | 敬礼 | 敬禮 | 祝好 | 敬具
    )""",
    re.IGNORECASE | re.VERBOSE,
)
"""How letters close in some languages; in others, their short last lines are looked at."""
_POSTSCRIPT = re.compile(r"(?:p\.?\s?){1,2}s(?:\.|:|\s|$)|又及|附言", re.IGNORECASE)


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
    """The words, and how they close: from a known closing on, or the last short lines, with whatever stands below them
    (a P.S., a part after "-- "). The first line is a greeting."""
    lines = body.strip().splitlines()
    below = next((place for place in range(1, len(lines)) if _begins_below(lines, place)), len(lines))
    above = lines[:below]
    start = _known_closing(above, names)
    if start is None:
        start = _short_ending(above, names)
    return "\n".join(lines[:start]).rstrip(), "\n".join(lines[start:]).strip()


def _begins_below(lines: Sequence[str], place: int) -> bool:
    """RFC 3676, 4.3, and a postscript as a paragraph, or behind a line that may sign."""
    line, before = lines[place].rstrip(), lines[place - 1].strip()
    return line == "--" or (_signs(before, ()) and _POSTSCRIPT.match(line.strip()) is not None)


def _known_closing(lines: Sequence[str], names: Sequence[str]) -> int | None:
    """Where the last one begins that is followed by a line that signs, or only by lines that may stand below it."""
    places = [place for place, line in enumerate(lines) if place and line.strip()]
    for last in range(len(places) - 1, -1, -1):
        after = [lines[place].strip() for place in places[last + 1 :]]
        is_end = all(_may_stand_below(line, names) for line in after) or _signs(after[0], names)
        if is_end and _closes(lines[places[last]]):
            return min(takewhile(lambda place: _closes(lines[place]), reversed(places[: last + 1])))
    return None


def _short_ending(lines: Sequence[str], names: Sequence[str]) -> int:
    """Where the signature begins: its paragraphs up to the highest that names somebody, and the closing above them."""
    blocks = _blocks(lines)
    signing = [block for block in takewhile(lambda block: _all_sign(lines, block, names), reversed(blocks)) if block[0]]
    if not signing:
        start, stop = blocks[-1] if blocks else (0, 0)
        return stop - _signing_lines(lines[max(start, 1) : stop], names)
    named = [number for number, (start, stop) in enumerate(signing) if any(_named(lines[start:stop], names))]
    top = max(named, default=0)
    start, stop = blocks[-top - 2]
    closing = _signing_lines(lines[max(start, 1) : stop], names)
    return stop - closing if 0 < closing <= _MOST_CLOSING_LINES else signing[top][0]


def _blocks(lines: Sequence[str]) -> list[tuple[int, int]]:
    """The paragraphs: where each begins, and the line behind its end."""
    starts = [n for n, line in enumerate(lines) if line.strip() and (n == 0 or not lines[n - 1].strip())]
    ends = [n + 1 for n, line in enumerate(lines) if line.strip() and not "".join(lines[n + 1 : n + 2]).strip()]
    return list(zip(starts, ends, strict=True))


def _all_sign(lines: Sequence[str], block: tuple[int, int], names: Sequence[str]) -> bool:
    start, stop = block
    return stop - start <= _MOST_SIGNATURE_LINES and all(_signs(line.strip(), names) for line in lines[start:stop])


def _signing_lines(lines: Sequence[str], names: Sequence[str]) -> int:
    """How many lines at the end sign."""
    return len(list(takewhile(lambda line: _signs(line.strip(), names), reversed(lines))))


def _named(lines: Sequence[str], names: Sequence[str]) -> list[str]:
    return [line for line in lines if any(name and name.casefold() in line.casefold() for name in names)]


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


def _closes(line: str) -> bool:
    line = line.strip()
    is_short = len(line) <= _LONGEST_SIGNATURE_LINE and len(line.split()) <= _MOST_CLOSING_WORDS
    return is_short and _CLOSING.match(line) is not None


def _may_stand_below(line: str, names: Sequence[str]) -> bool:
    """Below a known closing: a company or an address too, however it ends. No sentence."""
    is_sentence = line.endswith(_ENDS_A_SENTENCE) and len(line.split()) > _MOST_CLOSING_WORDS
    return _signs(line, names) or (not is_sentence and len(line) <= 2 * _LONGEST_SIGNATURE_LINE)


def _signs(line: str, names: Sequence[str]) -> bool:
    is_named = len(line.split()) <= _MOST_CLOSING_WORDS and bool(_named([line], names))
    if len(line) > _LONGEST_SIGNATURE_LINE or (line.startswith(_BEGINS_AN_ITEM) and not is_named):
        return False
    return is_named or not line.endswith(_ENDS_A_SENTENCE)
