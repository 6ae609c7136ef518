"""What a spreadsheet would change when it opens a CSV file: formulas that run, and words that become dates or numbers.

A guarded cell has an apostrophe in front, and stays the words that it is. Limit: columns that hold moments, numbers or
amounts on purpose are not guarded.
"""

from __future__ import annotations

import re

from cases.rules.folding import fold

# OWASP, "CSV Injection": the characters that begin a formula, their full-width forms, and the breaks before one.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_MONTHS = """
    jan feb mar apr may jun jul aug sep oct nov dec
    mai dez okt ene abr ago dic set out fev avr juin juil aou gen mag giu lug ott mrt maart mei maj
    sty lut kwi cze lip sie wrz paz lis gru led uno bre dub kve cvn cvc srp zar rij
    oca sub nis haz tem eyl eki kas ara янв фев мар апр мая май июн июл авг сен окт ноя дек
"""
"""How months begin, folded, in the languages of the spreadsheets that people use."""
_VALUE = re.compile(
    rf"""
    (?: \d | [-/.,:;'%()$€£¥\s]
      | (?:{"|".join(_MONTHS.split())})[^\W\d_]*+ | \bde\b
      | [年月日時时分秒년월일시] | 上午 | 下午 | 午前 | 午後 | 오전 | 오후
      | (?<=[\d\s])[ap]\.?m?\.?(?![^\W\d_]) | (?<=\d)t(?=\d) | (?<=\d)z | utc | gmt
      | (?<=[\d.,])e[-+]?(?=\d) | (?<=\d)\+(?=\d)
    )+
    | \d{{1,4}}[-/.]\d{{1,4}}(?:[-/.]\d{{1,4}})?[ t]\d{{1,2}}:\d{{2}}.*
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""Nothing but digits and what stands between them in dates, times and numbers."""
_LONGEST_VALUE = 60
_MOST_DIGITS = 15
"""Of more, a spreadsheet makes the last ones zeros."""
_TRUTHS = frozenset({"true", "false"})


def guarded(cell: str) -> str:
    """The cell as a spreadsheet shows it unchanged."""
    return f"'{cell}" if _would_change(cell) else cell


def unguarded(cell: str) -> str:
    """The cell as it was before ``guarded``. An apostrophe that guards nothing is the writer's own."""
    return cell[1:] if cell.startswith("'") and _would_change(cell[1:]) else cell


def _would_change(cell: str) -> bool:
    # A word that was guarded already, or begins with an apostrophe before a formula, must come back as it was.
    bare = cell.lstrip("'")
    return bare.startswith(_FORMULA) or bare.strip().startswith(_FORMULA) or _is_value(bare.strip())


def _is_value(text: str) -> bool:
    """Whether a spreadsheet would take it for a date, a time or a number, and show it in another way."""
    if text.isascii() and text.isdecimal():
        return len(text) > _MOST_DIGITS or (len(text) > 1 and text.startswith("0"))
    if len(text) > _LONGEST_VALUE or not any(letter.isdecimal() for letter in text):
        return text.casefold() in _TRUTHS
    return _VALUE.fullmatch(fold(text)) is not None
