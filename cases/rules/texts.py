"""Text as it is counted and kept, however a browser sends it."""

from __future__ import annotations

LONGEST_TEXT = 20_000
"""Code points of a text of several lines; a line break is one."""
LONGEST_LINE = 300


def plain_lines(text: str) -> str:
    """With LF for each line break. Browsers count one character and send two (HTML, 4.10.21.4)."""
    return text.replace("\r\n", "\n").replace("\r", "\n")
