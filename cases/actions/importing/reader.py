"""Read a CSV file row by row, and say in a sentence what keeps it, or one of its rows, from being read.

Limit: it knows columns and cells, not what they mean (``mapping``). The file is read as a stream, twice.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from cases.errors import RuleError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

LONGEST_CELL = 100_000
_LONGEST_READ = 2**24
"""Characters in which a quotation mark has to be closed; beyond, its end is not looked for any more."""
_HEADER_LOOKED_FOR = 20
_NAMED = 5

UTF_8 = "utf-8"
_UTF_16_MARKS = {b"\xff\xfe", b"\xfe\xff"}
_NO_TABLES = {
    b"PK\x03\x04": "This is a workbook or a ZIP archive. Open it, and save the table as “CSV UTF-8”.",
    b"\xd0\xcf\x11\xe0": "This is an Excel workbook. Open it, and save the table as “CSV UTF-8”.",
    b"\x1f\x8b": "This file is packed with gzip. Unpack it first.",
    b"%PDF": "This is a PDF. We need the table that it was made from, as CSV.",
}
_SEPARATORS = {",": ("commas", "comma"), ";": ("semicolons", "semicolon"), "\t": ("tabs", "tab"), "|": ("bars", "bar")}
DELIMITERS = {option: separator for separator, (_plural, option) in _SEPARATORS.items()}
"""What ``--delimiter`` takes, beside the character itself."""


@dataclass(frozen=True, slots=True)
class Row:
    """One record by its columns. ``line`` is the line of the file on which it begins, from 1."""

    line: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class BadRow:
    """One record that cannot be taken, and why."""

    line: int
    reason: str
    cells: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A file that can be read. ``lines`` counts lines, of which a record may have many; ``is_ended`` says whether the
    last one ends with a line break, as it does in a file that is whole. ``columns`` are named as the source names
    them, whatever their case in the file."""

    path: Path
    encoding: str
    delimiter: str = ","
    columns: tuple[str, ...]
    lines: int
    is_ended: bool

    def rows(self, passed: Callable[[int], None] | None = None) -> Iterator[Row | BadRow]:
        """Every record below the header. ``passed`` hears after each how many lines were read."""
        csv.field_size_limit(max(csv.field_size_limit(), _LONGEST_READ))
        with self.path.open(encoding=_codec(self.encoding), newline="") as file:
            reader = csv.reader(file, strict=True, delimiter=self.delimiter)
            next(reader)
            while True:
                line = reader.line_num + 1
                try:
                    cells = next(reader)
                except StopIteration:
                    return
                except csv.Error as error:
                    yield BadRow(line, _in_words(error, line))
                else:
                    if cells:
                        yield self._row(line, reader.line_num, cells)
                if passed is not None:
                    passed(reader.line_num)

    def _row(self, line: int, last_line: int, cells: list[str]) -> Row | BadRow:
        if reason := self._trouble(last_line, cells):
            return BadRow(line, reason, cells)
        return Row(line, dict(zip(self.columns, cells, strict=True)))

    def _trouble(self, last_line: int, cells: list[str]) -> str:
        if len(cells) < len(self.columns) and last_line == self.lines and not self.is_ended:
            return "The file ends in the middle of this row: it was cut off."
        if len(cells) != len(self.columns):
            return f"This row has {len(cells)} fields, and the header has {len(self.columns)}."
        for column, cell in zip(self.columns, cells, strict=True):
            if "\x00" in cell:
                return f"“{column}” holds a NUL character, which is no text."
            if len(cell) > LONGEST_CELL:
                return f"“{column}” holds {len(cell):,} characters; {LONGEST_CELL:,} are the most."
        return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Which columns a file must have, and which it may have. Others are read and mean nothing."""

    needed: Sequence[str]
    optional: Sequence[str] = ()

    def named(self, header: Sequence[str]) -> tuple[str, ...]:
        """The header in the source's own spelling: case and surrounding blanks do not tell columns apart."""
        known = {_folded(name): name for name in (*self.needed, *self.optional)}
        return tuple(known.get(_folded(name), name.strip()) for name in header)


def _folded(name: str) -> str:
    return " ".join(name.split()).casefold()


def open_table(path: Path, *, wanted: Columns, encoding: str = UTF_8, delimiter: str = ",") -> Table:
    """The table in this file, after its encoding and its header were looked at.

    Raises ``RuleError`` with what to do about the file.
    """
    try:
        _check_kind(path, encoding)
        lines, is_ended = _measure(path, encoding)
        columns = _header(path, wanted, encoding, delimiter)
    except OSError as error:
        raise RuleError(f"{path} cannot be read: {error.strerror or error}.") from error
    except UnicodeError as error:
        raise RuleError(_undecodable(path, encoding)) from error
    except LookupError as error:
        raise RuleError(f"“{encoding}” is no encoding that we know: utf-8, utf-16 and cp1252 are some.") from error
    return Table(path=path, encoding=encoding, delimiter=delimiter, columns=columns, lines=lines, is_ended=is_ended)


def _codec(encoding: str) -> str:
    """UTF-8 with or without the mark that Excel writes at the beginning."""
    return "utf-8-sig" if encoding.lower() in {UTF_8, "utf8"} else encoding


def _check_kind(path: Path, encoding: str) -> None:
    with path.open("rb") as file:
        beginning = file.read(4096)
    if not beginning.strip():
        raise RuleError(f"{path} is empty.")
    for mark, sentence in _NO_TABLES.items():
        if beginning.startswith(mark):
            raise RuleError(sentence)
    if _codec(encoding) != "utf-8-sig":
        return
    halves = sorted((beginning[::2].count(0), beginning[1::2].count(0)))
    if beginning[:2] in _UTF_16_MARKS or (halves[0] == 0 and halves[1] > len(beginning) // 8):
        raise RuleError("This file is in UTF-16. Save it as “CSV UTF-8”, or import it with --encoding utf-16.")
    if sum(halves) > len(beginning) // 8:
        raise RuleError("This is no text. We need the table as “CSV UTF-8”.")


def _measure(path: Path, encoding: str) -> tuple[int, bool]:
    """How many lines there are, and whether the last one is ended. Decodes all of it."""
    lines, last = 0, ""
    with path.open(encoding=_codec(encoding), newline="") as file:
        for line in file:
            lines, last = lines + 1, line
    return lines, last.endswith(("\n", "\r"))


def _undecodable(path: Path, encoding: str) -> str:
    if _codec(encoding) != "utf-8-sig":
        return f"This file is not in {encoding}. Choose another encoding, or save it as “CSV UTF-8”."
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            try:
                line.decode(UTF_8)
            except UnicodeDecodeError as error:
                return (
                    f"Line {number} holds a byte that is not UTF-8 (0x{line[error.start]:02X}). "
                    "Save the file as “CSV UTF-8”, or import it with --encoding cp1252 if it comes from Windows."
                )
    return "This file is not UTF-8. Save it as “CSV UTF-8”."


def _header(path: Path, wanted: Columns, encoding: str, delimiter: str) -> tuple[str, ...]:
    records = _first_records(path, encoding, delimiter)
    columns = wanted.named(records[0][1]) if records else ()
    missing = [name for name in wanted.needed if name not in columns]
    if missing:
        raise RuleError(_no_header(path, wanted, encoding, missing=missing, columns=columns))
    twice = sorted({name for name in columns if name and columns.count(name) > 1})
    if twice:
        raise RuleError(f"The header names a column twice: {_listed(twice)}. Rename one of them.")
    return columns


def _no_header(path: Path, wanted: Columns, encoding: str, *, missing: Sequence[str], columns: Sequence[str]) -> str:
    """What is wrong with a file that does not begin with the header."""
    needed = set(wanted.needed)
    for separator, (plural, option) in _SEPARATORS.items():
        for line, record in _first_records(path, encoding, separator):
            if not needed <= set(wanted.named(record)):
                continue
            if line == 1:
                return f"The columns of this file are separated by {plural}. Import it with --delimiter {option}."
            return f"The header stands on line {line}. Delete what stands before it, so that the file begins with it."
    if len(missing) == len(needed):
        return f"This is not a table that we know: its first line has none of the columns {_listed(wanted.needed)}."
    return f"The header lacks {_listed(missing)}. It has {_listed(columns)}."


def _first_records(path: Path, encoding: str, separator: str) -> list[tuple[int, tuple[str, ...]]]:
    """The first records with the lines on which they begin, as far as they can be read."""
    found: list[tuple[int, tuple[str, ...]]] = []
    with path.open(encoding=_codec(encoding), newline="") as file:
        reader = csv.reader(islice(file, _HEADER_LOOKED_FOR), delimiter=separator)
        line = 1
        try:
            for record in reader:
                found.append((line, tuple(cell.strip() for cell in record)))
                line = reader.line_num + 1
        except csv.Error:
            return found
    return found


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(f"“{name}”" for name in names[:_NAMED])
    return f"{shown} and {len(names) - _NAMED} more" if len(names) > _NAMED else shown


def _in_words(error: csv.Error, line: int) -> str:
    if "unexpected end" in str(error):
        return (
            f"The file ends inside the quotation marks that were opened in the row of line {line}: "
            "it was cut off, or a closing mark is missing."
        )
    if "field larger" in str(error):
        return (
            f"A quotation mark that is opened in the row of line {line} is not closed for {_LONGEST_READ:,} characters."
        )
    return "The quotation marks of this row do not match: inside a quoted field each is written twice."
