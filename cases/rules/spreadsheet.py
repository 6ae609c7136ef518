"""What a spreadsheet would change when it opens a CSV file: formulas that run, and words that become dates or numbers.

A guarded cell has an apostrophe in front, and stays the words that it is. Limit: columns that hold moments, numbers or
amounts on purpose are not guarded.
"""

from __future__ import annotations

import re

# OWASP, "CSV Injection": the characters that begin a formula, their full-width forms, and the breaks before one.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_MONTH = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_CHANGED = re.compile(
    rf"""
    \d{{1,4}}[-/.]\d{{1,4}}([-/.]\d{{1,4}})?([ T]\d{{1,2}}:\d{{2}}.*)?  # 1-2, 3/4/2019, 2019-03-08 10:15
    | \d{{1,2}}\.\d{{1,2}}\.                           # 10.12.
    | \d{{1,2}}[-/. ]?{_MONTH}([-/., ]*\d{{2,4}})?     # 2-Mar, 2 March 2019
    | {_MONTH}[-/. ]?\d{{1,4}}([-/., ]+\d{{2,4}})?     # MAR1, March 2, 2019
    | \d{{1,3}}:\d{{2}}(:\d{{2}}([.,]\d+)?)?(\s?[ap]m?)?   # 10:15
    | \d+([.,]\d+)?e[-+]?\d+                           # 1E5
    | 0\d+                                             # 0049: the zeros would be lost
    | \d{{16,}}                                        # the last digits would become zeros
    """,
    re.IGNORECASE | re.VERBOSE,
)


def guarded(cell: str) -> str:
    """The cell as a spreadsheet shows it unchanged."""
    return f"'{cell}" if _would_change(cell) else cell


def unguarded(cell: str) -> str:
    """The cell as it was before ``guarded``. An apostrophe that guards nothing is the writer's own."""
    return cell[1:] if cell.startswith("'") and _would_change(cell[1:]) else cell


def _would_change(cell: str) -> bool:
    # A word that was guarded already, or begins with an apostrophe before a formula, must come back as it was.
    bare = cell.lstrip("'")
    return (
        bare.startswith(_FORMULA) or bare.strip().startswith(_FORMULA) or _CHANGED.fullmatch(bare.strip()) is not None
    )
