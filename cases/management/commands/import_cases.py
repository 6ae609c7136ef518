"""Load cases from a file of another system. What it does not tell stays not recorded; running it again adds nothing."""

from __future__ import annotations

import csv
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from tqdm import tqdm

from cases.actions.importing.load import Job, choose_actor, import_cases
from cases.actions.importing.mapping import Said
from cases.actions.importing.reader import DELIMITERS, UTF_8, open_table
from cases.actions.importing.sources import SOURCES
from cases.errors import AmendsError
from cases.rules.notation import DateOrder, DecimalMark
from cases.rules.spreadsheet import guarded, unguarded

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType
    from typing import TextIO

    from django.core.management.base import CommandParser

    from cases.actions.importing.load import Loaded
    from cases.actions.importing.reader import BadRow

_WHY = ("line", "reason")


class Command(BaseCommand):
    help = (
        "Load cases from a CSV file. Rows that cannot be taken go to a file with line and reason; the rest is loaded."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="the CSV file")
        parser.add_argument("--mapping", required=True, choices=sorted(SOURCES), help="what its columns mean")
        parser.add_argument("--dry-run", action="store_true", help="only say what would be added")
        parser.add_argument("--errors", type=Path, help="where bad rows go (default: FILE.errors.csv, here)")
        parser.add_argument("--encoding", default=UTF_8, help="of the file, where it is not UTF-8")
        parser.add_argument("--delimiter", default=",", help="between columns: comma, semicolon, tab, bar, or itself")
        parser.add_argument("--dates", type=DateOrder, choices=list(DateOrder), help="day or month first, if unclear")
        parser.add_argument(
            "--decimals", type=DecimalMark, choices=list(DecimalMark), help="before the decimals of amounts, if unclear"
        )
        parser.add_argument("--as", dest="email", default="", help="the administrator who imports (by mail address)")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            self._load(**options)
        except AmendsError as error:
            raise CommandError(str(error)) from error

    def _load(self, *, file: Path, mapping: str, encoding: str, email: str, **options: Any) -> None:
        source, now = SOURCES[mapping], timezone.now()
        actor = choose_actor(email)
        delimiter = _delimiter(options["delimiter"])
        table = open_table(file, wanted=source.columns, encoding=encoding, delimiter=delimiter)
        errors: Path = options["errors"] or Path(f"{file.stem}.errors.csv")
        with ExitStack() as stack:
            bad = stack.enter_context(BadRows(errors, table.columns))
            bar = stack.enter_context(tqdm(total=table.lines, unit="line", disable=None))
            job = Job(
                table=table,
                source=source,
                said=Said(options["dates"], options["decimals"]),
                is_dry_run=options["dry_run"],
                refused=bad.add,
                passed=lambda lines: bar.update(lines - bar.n),
            )
            loaded = import_cases(job=job, actor=actor, now=now)
        self._report(loaded, errors, is_dry_run=options["dry_run"])
        if not table.is_ended:
            self.stdout.write("The file does not end with a line break. If it was cut off, its last row is not whole.")

    def _report(self, loaded: Loaded, errors: Path, *, is_dry_run: bool) -> None:
        verb = "would be" if is_dry_run else _were(loaded.added)
        cases = "case" if loaded.added == 1 else "cases"
        self.stdout.write(
            f"{loaded.added:,} {cases} {verb} added, {loaded.present:,} {_were(loaded.present)} there before."
        )
        if loaded.alike:
            self.stdout.write(f"{loaded.alike:,} rows share their story with another row; each is a case of its own.")
        if loaded.refused:
            rows = "row was" if loaded.refused == 1 else "rows were"
            self.stdout.write(f"{loaded.refused:,} {rows} left out. Why is in {errors}.")


class BadRows:
    """The file of rows that were left out; made when the first one comes. A spreadsheet that opens it runs nothing."""

    def __init__(self, path: Path, columns: Sequence[str]) -> None:
        self._path = path
        # Rows that were left out once before have these two columns already.
        self._first = len(_WHY) if tuple(columns[: len(_WHY)]) == _WHY else 0
        self._columns = columns[self._first :]
        self._file: TextIO | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.close()

    def add(self, bad: BadRow) -> None:
        if self._file is None:
            try:
                self._file = self._path.open("w", encoding=UTF_8, newline="")
            except OSError as error:
                raise CommandError(
                    f"{self._path} cannot be written: {error.strerror}. Choose another with --errors."
                ) from error
            self._write(*_WHY, *self._columns)
        # Cells come as the file has them: those that it guards are not guarded twice.
        self._write(str(bad.line), bad.reason, *map(unguarded, bad.cells[self._first :]))

    def _write(self, *cells: str) -> None:
        if self._file is not None:
            csv.writer(self._file).writerow(guarded(cell) for cell in cells)


def _delimiter(said: str) -> str:
    found = DELIMITERS.get(said.lower(), said)
    if len(found) != 1 or found in {'"', "\r", "\n"}:
        raise CommandError(f"“{said}” separates no columns. Write one of {', '.join(DELIMITERS)}, or the character.")
    return found


def _were(count: int) -> str:
    return "was" if count == 1 else "were"
