"""What is kept of a text to find it by, and what is looked for: one tokenizer for both databases. Pure.

A token is a word, or a marked part of one. ``^`` begins a word of one or two letters that is looked for. ``~`` is an
ending of a word, cut at six letters. ``=`` is a whole name, with (``=n``) or without (``=j``) its blanks, a whole mail
address or a whole phone number.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING
from unicodedata import normalize

from cases.rules.folding import (
    EXTENSION,
    MARKS,
    SIGNS,
    digits,
    fold,
    mail_key,
    name_key,
    phone_key,
    phone_keys,
    written_out,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_LONGEST_WORD = 64
_MOST_WORDS = 2000
_MOST_BYTES = 300_000
"""A text search vector of PostgreSQL holds a megabyte, and refuses the row beyond."""
_MOST_ASKED = 12
_CUT = 6
"""Letters of an ending that are kept. A longer part is looked for by several."""
_REMEMBERED = 20_000
"""Words whose parts are remembered: most texts are made of the same few thousand."""
_SHORT = 2
"""Up to so many letters mean a whole word or its beginning."""
_LEAST_PART = 3
_LEAST_DIGITS = 6

_NO_BLANKS = (
    "\u0e00-\u0e7f\u0e80-\u0eff\u1000-\u109f\u1780-\u17ff"  # Thai, Lao, Burmese, Khmer
    "\u1100-\u11ff\u3005-\u3007\u3041-\u30ff\u3130-\u318f\u31f0-\u31ff"  # Hangul letters, Kana
    "\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"  # Han, Hangul
)
_LETTER = rf"(?:[^\W_]|[{MARKS}])"
_WORD = re.compile(rf"{_LETTER}+(?:['\-]+{_LETTER}+)*")
_RUN = re.compile(rf"[{_NO_BLANKS}]+|[^{_NO_BLANKS}]+")
_WITHOUT_BLANKS = re.compile(rf"[{_NO_BLANKS}]+")
_LATIN = re.compile(r"[a-z]+")
_NUMBER = re.compile(
    rf"(?<![\w\-])[+(]{{0,2}}\d(?:[\s()/.\-]*\d){{{_LEAST_DIGITS - 1},}}"
    rf"(?:{EXTENSION})?(?!\w)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Token:
    """One thing to look for: as it stands, or whatever begins with it."""

    text: str
    is_beginning: bool = True


type Alternative = tuple[Token, ...]
"""All of these must occur."""
type Term = tuple[Alternative, ...]
"""One of these must be true."""


def kept(text: str) -> str:
    """The tokens of a text, each once, one blank apart: its words first, then their parts, up to 300,000 bytes."""
    words = list(islice(dict.fromkeys(_all_words(text)), _MOST_WORDS))
    whole_ones = (word for word in words if not _WITHOUT_BLANKS.match(word))
    return _joined([*whole_ones, *(part for word in words for part in _parts_kept(word))])


def merged(*kept_texts: str) -> str:
    """The tokens of several texts, each once, within the same bound."""
    return _joined(token for text in kept_texts for token in text.split(" ") if token)


def kept_of_person(names: Iterable[str], mails: Iterable[str], phones: Iterable[str], region: str) -> str:
    """As ``kept``, with the tokens by which a person is found whole, and any part of a phone number."""
    names, mails, phones = list(names), list(mails), list(phones)
    numbers = [key for phone in phones for key in phone_keys(phone, region)]
    tokens = [*kept("\n".join([*names, *map(_joined_up, names), *mails, *phones])).split(" ")]
    tokens += [token.text for token in whole(names=names, mails=mails, phones=phones, region=region)]
    tokens += [part for number in numbers for part in (number, *_endings(number))]
    return _joined([token for token in tokens if token])


def whole(
    *, names: Iterable[str] = (), mails: Iterable[str] = (), phones: Iterable[str] = (), region: str
) -> list[Token]:
    """Two tokens for each whole name: its words in any order, and as written without blanks, because many languages
    need none. One for each mail address and each phone number in a field."""
    spelled = dict.fromkeys(spelling for name in names for spelling in (name_key(name), name_key(written_out(name))))
    found = [token for key in spelled if key for token in (f"=n{'.'.join(sorted(key.split()))}", f"=j{key}")]
    found += [f"=m{key}" for mail in mails if (key := mail_key(mail))]
    found += [f"=p{key}" for phone in phones for key in phone_keys(phone, region)]
    return [Token("".join(text.split()), is_beginning=False) for text in found]


def _joined_up(name: str) -> str:
    """A name in letters that need no blanks, without them; empty for any other."""
    runs = _WORD.findall(name)
    return "".join(runs) if len(runs) > 1 and all(_WITHOUT_BLANKS.fullmatch(run) for run in runs) else ""


def looked_for(words: str, region: str) -> list[Term]:
    """What a search asks for; every term must occur. Of many words, the first twelve."""
    words = normalize("NFKC", words.translate(SIGNS))
    terms = [_number(match[0], region) for match in _NUMBER.finditer(words)]
    terms += [term for piece in _NUMBER.sub(" ", words).split() for term in _terms_of(piece)]
    return list(dict.fromkeys(terms))[:_MOST_ASKED]


def _terms_of(piece: str) -> list[Term]:
    """Of what stands between two blanks. In a mail address, only the first and the last word may be unfinished:
    to look for the beginnings of all is slow, because ``example`` and ``org`` are in every customer."""
    pairs = list(zip(_WORD.findall(fold(piece)), _WORD.findall(fold(written_out(piece))), strict=False))
    finished = pairs[1:-1] if "@" in piece else []
    return [_finished(pair) if pair in finished else _term(pair) for pair in pairs]


def _number(written: str, region: str) -> Term:
    """A number in any of its forms: as it was typed, whole, or a part of it."""
    typed = tuple(token for word in _WORD.findall(fold(written)) for token in _asked(word.replace("-", ""))[0])
    known = dict.fromkeys((phone_key(written, region).removeprefix("+"), digits(written)))
    others = [
        alternative
        for number in known
        if len(number) >= _LEAST_PART
        for alternative in ((Token(number),), tuple(Token(f"~{piece}") for piece in _pieces(number)))
    ]
    return tuple(dict.fromkeys((typed, *others)))


def _finished(spellings: tuple[str, str]) -> Term:
    """A word of which no part is looked for."""
    runs = [_runs(word) for word in dict.fromkeys(spellings)]
    if any(_WITHOUT_BLANKS.match(run) for alternative in runs for run in alternative):
        return _term(spellings)
    return tuple(tuple(Token(run, is_beginning=False) for run in alternative) for alternative in runs)


def _term(spellings: tuple[str, str]) -> Term:
    """A word as it is written; one with an apostrophe or hyphen also in parts and in one."""
    alternatives: list[Alternative] = []
    for word in dict.fromkeys(spellings):
        parts = _split(word)
        if len(parts) == 1:
            alternatives += _asked(parts[0])
            continue
        alternatives += _asked("".join(parts))
        every = [_asked(part) for part in parts]
        # Each part in its first form only where there are many, because the forms multiply.
        alternatives.append(tuple(token for forms in every for token in forms[0]))
        alternatives.append(tuple(token for forms in every for token in forms[-1]))
    return tuple(dict.fromkeys(alternatives))


def _asked(word: str) -> list[Alternative]:
    word = word[:_LONGEST_WORD]
    runs = _RUN.findall(word)
    if len(runs) > 1:
        return [tuple(token for run in runs for token in _asked(run)[0])]
    if _WITHOUT_BLANKS.match(word):
        return [tuple(Token(piece) for piece in _pieces(word))]
    if len(word) <= _SHORT:
        return [(Token(f"^{word}", is_beginning=False),)]
    asked: list[Alternative] = [(Token(word),)]
    if _LATIN.fullmatch(word):
        asked.append(tuple(Token(f"~{piece}") for piece in _pieces(word)))
    return asked


def _all_words(text: str) -> Iterator[str]:
    for spelling in dict.fromkeys((text, written_out(text))):
        for word in dict.fromkeys(_WORD.findall(fold(spelling))):
            yield from _runs(word)


@lru_cache(maxsize=_REMEMBERED)
def _runs(word: str) -> tuple[str, ...]:
    """A word with an apostrophe or hyphen in parts and in one; what is written without blanks apart from the rest."""
    parts = _split(word)
    runs = [run for part in parts for run in _RUN.findall(part)]
    whole_ones = [*runs, "".join(parts)] if len(parts) > 1 else runs
    return tuple(run if _WITHOUT_BLANKS.match(run) else run[:_LONGEST_WORD] for run in whole_ones)


def _split(word: str) -> list[str]:
    return [part for part in re.split(r"['\-]+", word) if part]


@lru_cache(maxsize=_REMEMBERED)
def _parts_kept(word: str) -> tuple[str, ...]:
    if _WITHOUT_BLANKS.match(word):
        return tuple(word[place : place + _CUT] for place in range(len(word)) if word[place] not in MARKS)
    endings = _endings(word) if _LATIN.fullmatch(word) else ()
    return (f"^{word[:1]}", f"^{word[:_SHORT]}", *endings)


def _endings(word: str) -> Iterator[str]:
    """From the second letter on, as long as three letters are left."""
    return (f"~{word[place : place + _CUT]}" for place in range(1, len(word) - _LEAST_PART + 1))


def _pieces(word: str) -> list[str]:
    """What covers a word in pieces that are no longer than an ending that is kept."""
    whole_ones = [word[place : place + _CUT] for place in range(0, len(word) - _CUT + 1, _CUT)]
    return list(dict.fromkeys([*whole_ones, word[-_CUT:]]))


def _joined(tokens: Iterable[str]) -> str:
    chosen, size = [], 0
    for token in dict.fromkeys(tokens):
        size += len(token.encode()) + 1
        if size > _MOST_BYTES:
            break
        chosen.append(token)
    return " ".join(chosen)
