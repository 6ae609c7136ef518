"""How text and numbers are compared: the one place that folds names, words, mail addresses and phone numbers.

Pure. Folded text has no case, accents or invisible characters; it is compared and sorted, and never shown.
"""

from __future__ import annotations

import re
from unicodedata import category, normalize

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat, PhoneNumberType, ValidationResult

from cases.rules import addresses

_APOSTROPHES = "'’‘‚‛`´ʹʻʼʽʾʿˈˊˋ′‵՚׳ꞌ＇"  # noqa: RUF001 - signs that look like others
_HYPHENS = "-‐‑‒–—―−﹘﹣－⁃"  # noqa: RUF001
_ACUTE = "´"  # noqa: RUF001
SIGNS = {**dict.fromkeys(map(ord, _APOSTROPHES), "'"), **dict.fromkeys(map(ord, _HYPHENS), "-")}
"""Every apostrophe and hyphen as the plain one."""

_LETTERS: dict[int, int | str] = {
    **str.maketrans("łøđðħıŋŧƚɨʉƶĸəƀɗɓ", "loddhintliuzkebdb"),
    ord("æ"): "ae",
    ord("œ"): "oe",
    ord("þ"): "th",
    ord("ـ"): "",
}
"""Letters that Unicode does not decompose, and the Arabic stretch that is no letter."""

_AS_WRITTEN_OUT = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "Ø": "Oe", "Å": "Aa"}
)
"""How German and the Nordic languages write these letters where a keyboard lacks them."""

_FILLERS = "\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0"
"""Invisible, although Unicode calls them letters, marks or signs."""
_JOINERS = "\u200c\u200d"
_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_PICTURE_SELECTORS = "\ufe0e\ufe0f"
"""Behind a symbol they choose between a sign and a picture."""
_FIRST_JOINED = "\u0600"
"""From Arabic on, a joiner inside a word changes how it is written."""

_KANA_MARKS = "\u3099\u309a"
_FIRST_KEPT_MARK = 0x0900
"""Marks of Indian, Thai and other scripts from here on are vowels, not accents."""
_ACCENT_BLOCKS = ((0x1AB0, 0x1AFF), (0x1DC0, 0x1DFF), (0x20D0, 0x20FF), (0xFE00, 0xFE2F), (0xE0100, 0xE01EF))
MARKS = "".join(chr(n) for n in range(_FIRST_KEPT_MARK, 0x1AB0) if category(chr(n)) in {"Mn", "Mc"})
"""Marks that are part of a word."""

EXTENSION = r"[,;]?\s*(?:(?<![^\W\d_])(?:ext(?:ension|n)?|x|durchwahl|dw|poste|anexo|interno|доб)|#)[.:=]?\s*\d{1,7}\b"
"""As it is recognized in any text."""
_KNOWN_EXTENSION = re.compile(rf"(?<=\d){EXTENSION}\D*$", re.IGNORECASE)
_ANY_EXTENSION = re.compile(r"(?<=\d)[,;]?\s*\(?[^\W\d_]+\.?[.:=]?\s*\d{1,7}\)?\s*(?:\([^()\d]*\)\s*)?$")
"""In a field of its own, any word before the last digits: each language has another one."""
_LEAST_BEFORE = 5
"""Digits before a word that nobody knows; in ``1-800-GOT-2`` the letters are the number."""
_NOTE = re.compile(r"[\s(]\d(?:\.\s*)?[^\W\d_]|[\s(]\d\d(?:st|nd|rd|th)\b|[^\W\d_]", re.IGNORECASE)
"""Where words begin behind a number, with the number of a floor or a flat."""
_LETTERED = {
    PhoneNumberType.TOLL_FREE,
    PhoneNumberType.PREMIUM_RATE,
    PhoneNumberType.SHARED_COST,
    PhoneNumberType.UAN,
}
"""Kinds of numbers that are told in letters."""
_LAST_GROUP_LETTERED = re.compile(r"\d-[A-Z]{4}\s*$")
_SEVERAL = re.compile(
    r"[/|&\n]|;(?!\s*ext)|\b(?:or|and|oder|und|bzw)\b|,(?=\s*[+(\d])|(?=\+)"
    rf"|(?<!\w)(?!{EXTENSION})[^\W\d_][^\d+]*(?=\+?\d(?:[\s()/.\-]*\d){{6}})",
    re.IGNORECASE,
)
"""Signs and words between two numbers; any other word only before a long run of digits."""
_LETTERS_IN_NUMBER = re.compile(r"\(?[^\W\d_]+[.:)]*")
_RUN = re.compile(r"[\s()\d.\-]*")
_LEAST_WHOLE = 6
"""Digits of a number beside which letters are a note, and of a second number."""
_SHORTEST_WHOLE = 7
_ABROAD = "00"


def visible(text: str) -> str:
    """A name or address as it is stored: composed, blanks made plain and single, nothing invisible in it."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    composed = normalize("NFC", text)
    kept = (letter for place, letter in enumerate(composed) if _is_visible(composed, place))
    return " ".join("".join(kept).split())


def fold(text: str) -> str:
    """Small letters without accents, ligatures written out, every apostrophe and hyphen the same, nothing invisible."""
    if text.isascii():
        return text.casefold().replace("`", "'")
    # The acute accent that stands for an apostrophe would be taken apart into a blank and a mark.
    apart = normalize("NFKD", text.replace(_ACUTE, "'").casefold())
    return normalize("NFC", apart.translate(_FOLDED))


def written_out(text: str) -> str:
    """The same with ä as ae, ö and ø as oe, ü as ue, å as aa; the text itself where there is none."""
    return text if text.isascii() else normalize("NFC", text).translate(_AS_WRITTEN_OUT)


def name_key(name: str) -> str:
    """What people are sorted by: folded, without signs. Ä stands beside A, and O'Brien beside Obrien."""
    folded = fold(name).replace("'", "")
    words = "".join(letter if letter.isalnum() or letter in MARKS else " " for letter in folded).split()
    return (" ".join(words) or folded.strip())[:200]


def mail_key(address: str) -> str:
    """A mail address as it is compared: small letters, nothing invisible. Accents stay: they make another address."""
    return addresses.folded(normalize("NFC", "".join(visible(address).split())))


def phone_key(number: str, region: str) -> str:
    """The number as E.164, without its extension; its digits where it is no whole number of any country. Of several
    numbers the first.

    ``region`` is the country (ISO 3166) of numbers without a country code.
    """
    return _key(_numbers(number, region)[0], region)


def phone_keys(number: str, region: str) -> list[str]:
    """The key of each number in a field, without the plus sign."""
    keys = (_key(one, region).removeprefix("+") for one in _numbers(number, region))
    return [key for key in dict.fromkeys(keys) if key]


def dialled(number: str, region: str) -> str:
    """What a telephone dials (RFC 3966), without the scheme: of several numbers the first, its extension as a
    parameter. Empty where there is no number."""
    first = _numbers(number, region)[0]
    bare, inner = without_extension(first)
    kept = "".join(letter for letter in bare if letter in "*#" or letter.isdecimal())
    if not digits(bare):
        return ""
    key = "" if {"*", "#"}.intersection(kept) else _key(first, region)
    sign = "+" if bare.lstrip(" (").startswith("+") else ""
    return (key if key.startswith("+") else sign + _plain(kept)) + (f";ext={inner}" if inner else "")


def _numbers(field: str, region: str) -> list[str]:
    """The numbers in a field, each with its extension and note; the first may be empty, and may be short."""
    field = normalize("NFKC", visible(field))
    found, start = [], 0
    for sign in _SEVERAL.finditer(field):
        before, run = field[start : sign.start()], _RUN.match(field, sign.end())
        if _is_apart(before, run[0] if run else "", region):
            found.append(before)
            start = sign.end()
    first, *others = [*found, field[start:]]
    return [first, *(one for one in others if len(_decimals(one)) >= _LEAST_WHOLE)]


def _is_apart(before: str, after: str, region: str) -> bool:
    """Whether a number ends before a sign; an area code may stand before one, too."""
    if len(_decimals(before)) < _SHORTEST_WHOLE:
        return False
    return _is_whole(_without_note(before), region) or not _is_whole(_without_note(before) + after, region)


def _is_whole(number: str, region: str) -> bool:
    """Longer than any area code, and a number that is given out."""
    found = _parsed(number, region)
    return (
        found is not None
        and len(phonenumbers.national_significant_number(found)) >= _LEAST_WHOLE
        and phonenumbers.is_valid_number(found)
    )


def _key(number: str, region: str) -> str:
    found = _parsed(without_extension(number)[0], region) or _lettered(_apart(number)[0], region)
    return phonenumbers.format_number(found, PhoneNumberFormat.E164) if found else digits(number)


def _parsed(number: str, region: str) -> PhoneNumber | None:
    """The first reading that is long enough for a number of its country."""
    for written in _readings(number):
        try:
            found = phonenumbers.parse(written, region)
        except NumberParseException:
            continue
        if phonenumbers.is_possible_number_with_reason(found) == ValidationResult.IS_POSSIBLE:
            return found
    return None


def _lettered(number: str, region: str) -> PhoneNumber | None:
    """A number that is too short without its letters. A local number before a name is none."""
    found = _parsed(number, region)
    if found is None or not phonenumbers.is_valid_number(found):
        return None
    is_told_so = phonenumbers.number_type(found) in _LETTERED or _LAST_GROUP_LETTERED.search(number)
    return found if is_told_so else None


def _plain(number: str) -> str:
    """Digits of any script as ASCII; the one sign that an address must not hold is written as its code."""
    return "".join(str(int(letter)) if letter.isdecimal() else letter for letter in number).replace("#", "%23")


def digits(number: str) -> str:
    """The digits of a number as they are looked for: without extension and leading zeros."""
    return _decimals(without_extension(number)[0]).lstrip("0")


def without_extension(number: str) -> tuple[str, str]:
    """What is dialled first, without a note, and the digits of the extension; empty without one."""
    before, inner = _apart(number)
    return _without_note(before), inner


def _apart(number: str) -> tuple[str, str]:
    found = _KNOWN_EXTENSION.search(number) or _ANY_EXTENSION.search(number)
    if found is None:
        return number, ""
    before, after = number[: found.start()], found[0]
    is_known = found.re is _KNOWN_EXTENSION
    return (before, _decimals(after)) if is_known or len(_decimals(before)) >= _LEAST_BEFORE else (number, "")


def _without_note(number: str) -> str:
    """Without words behind, before and in a number; in one with few digits the letters may be the number."""
    if len(_decimals(number)) < _LEAST_WHOLE:
        return number
    for note in _NOTE.finditer(number):
        if len(_decimals(number[: note.start()])) >= _LEAST_WHOLE:
            number = number[: note.start()]
            break
    return _LETTERS_IN_NUMBER.sub(" ", number).strip(" ,;:.-(")


def _decimals(text: str) -> str:
    return "".join(str(int(letter)) for letter in normalize("NFKC", text) if letter.isdecimal())


def _readings(number: str) -> list[str]:
    """00 begins a number of another country wherever no country's own prefix says otherwise."""
    bare = number.lstrip(" (")
    return [f"+{bare.removeprefix(_ABROAD)}", number] if bare.startswith(_ABROAD) else [number]


def _is_visible(text: str, place: int) -> bool:
    letter = text[place]
    if _SELECTORS.match(letter):
        before = text[max(place - 1, 0) : place]
        return letter in _PICTURE_SELECTORS and not before.isascii() and category(before).startswith("S")
    if letter in _JOINERS:
        around = text[place - 1 : place] + text[place + 1 : place + 2]
        return len(around) == len(_JOINERS) and min(around) >= _FIRST_JOINED
    return letter.isspace() or (letter not in _FILLERS and category(letter) not in {"Cf", "Cc", "Cs"})


class _Folded(dict[int, str]):
    """Each letter as it is kept, judged once a process."""

    def __missing__(self, number: int) -> str:
        letter = chr(number)
        kept = "" if _is_dropped(letter) else SIGNS.get(number, letter.casefold().translate(_LETTERS))
        self[number] = kept
        return kept


_FOLDED = _Folded()


def _is_dropped(letter: str) -> bool:
    if letter in _FILLERS:
        return True
    kind = category(letter)
    if kind == "Cf":
        return True
    if kind not in {"Mn", "Me"} or letter in _KANA_MARKS:
        return False
    number = ord(letter)
    return number < _FIRST_KEPT_MARK or any(first <= number <= last for first, last in _ACCENT_BLOCKS)
