"""Load the rows of a table as history: each source's reference once, in chunks, each chunk whole or not at all.

All that one run adds is one batch, which can be undone (``undo``). Limit: what a row becomes is in ``write``.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import batched
from typing import TYPE_CHECKING

from django.db import IntegrityError

from cases import permissions
from cases.actions import clocks
from cases.actions.importing.mapping import NOTHING_SAID, Said, notation_of
from cases.actions.importing.reader import BadRow
from cases.actions.importing.write import Writer
from cases.actions.intake import EARLIEST, check_moments
from cases.errors import RuleError
from cases.models import Case, Event, ImportBatch, User
from cases.permissions import Verb
from cases.rules.addresses import folded
from cases.rules.vocabulary import EventKind, Role

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from cases.actions.importing.mapping import ImportedCase, Source
    from cases.actions.importing.reader import Row, Table
    from cases.rules.notation import Notation

BATCH = 500
LONGEST_NAME = 255


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What to load. ``refused`` hears of every row that cannot be taken, ``passed`` how many lines were read."""

    table: Table
    source: Source
    said: Said = NOTHING_SAID
    is_dry_run: bool = False
    refused: Callable[[BadRow], None]
    passed: Callable[[int], None] | None = None


@dataclass(slots=True)
class Loaded:
    """What came of it. ``batch``: what it added, if anything. ``alike`` rows share their story with another row; they
    are different cases all the same."""

    added: int = 0
    present: int = 0
    refused: int = 0
    batch: ImportBatch | None = None
    _stories: Counter[bytes] = field(default_factory=Counter)

    @property
    def alike(self) -> int:
        return sum(count for count in self._stories.values() if count > 1)

    def heard(self, story: str) -> None:
        self._stories[blake2b(story.encode(), digest_size=16).digest()] += 1


def import_cases(*, job: Job, actor: User, now: datetime) -> Loaded:
    """Add the cases that are not there yet; running it again adds nothing. A dry run counts alike, writing nothing."""
    permissions.require(actor, Verb.IMPORT_CASES)
    loaded = Loaded()
    notation = notation_of(job.source, job.table.rows(), job.said)
    batch = ImportBatch(source=job.source.name, file_name=job.table.path.name[:LONGEST_NAME], at=now, by=actor)
    writer = Writer(batch=batch, policy=clocks.newest_policy())
    for read in batched(_readable(job, notation, loaded, now), BATCH, strict=False):
        found = _of_known_sites(job, read, loaded)
        there = _present(job.source, found)
        new = [one for one in found if one.reference not in there]
        if new and not job.is_dry_run:
            _write(writer, job.source, new)
            loaded.batch = batch
        loaded.added += len(new)
        loaded.present += len(there)
    return loaded


def choose_actor(email: str) -> User:
    """Who imports: the administrator with this mail address; without one the only administrator that there is."""
    if email:
        named = User.objects.filter(email__iexact=folded(email), is_active=True).first()
        if named is None:
            raise RuleError(f"Nobody here has the mail address {email}. Write that of an administrator.")
        return named
    administrators = list(User.objects.filter(role=Role.ADMINISTRATOR, is_active=True)[:2])
    if not administrators:
        raise RuleError("There is no administrator yet. Make one first with: manage.py createsuperuser")
    if len(administrators) > 1:
        raise RuleError("There are several administrators. Say which one imports, with --as and their mail address.")
    return administrators[0]


def _present(source: Source, found: Sequence[ImportedCase]) -> set[str]:
    """The references among these that were loaded before, or whose case stands here under its own key."""
    wanted = [one.reference for one in found]
    rows = Case.objects.filter(source=source.name, source_reference__in=wanted)
    return {*rows.values_list("source_reference", flat=True), *_own(found)}


def _own(found: Iterable[ImportedCase]) -> set[str]:
    """The references among these of cases that were worked here."""
    keys = {one.case_key: one.reference for one in found if one.case_key}
    own = Case.objects.filter(public_id__in=list(keys)) if keys else Case.objects.none()
    return {keys[key] for key in own.values_list("public_id", flat=True)}


def _of_known_sites(job: Job, read: Sequence[tuple[Row, ImportedCase]], loaded: Loaded) -> list[ImportedCase]:
    """Without rows whose reference stands here for another case; those are refused. Only a key tells them apart."""
    here = _keys_here(job.source, [one.reference for _row, one in read if one.case_key])
    own = _own(one for _row, one in read if one.reference in here)
    found = []
    for row, one in read:
        key, reference = here.get(one.reference, ("", ""))
        if one.case_key and key not in {"", str(one.case_key)} and one.reference not in own:
            loaded.refused += 1
            job.refused(BadRow(row.line, _taken(job.source, one, reference), tuple(row.cells.values())))
        else:
            found.append(one)
    return found


def _keys_here(source: Source, references: Sequence[str]) -> dict[str, tuple[str, str]]:
    """By the source's reference: the key that came with it, if any did, and our own reference."""
    if not references:
        return {}
    cases = Case.objects.filter(source=source.name, source_reference__in=references)
    told = Event.objects.filter(kind=EventKind.CASE_IMPORTED, case__in=cases).order_by("pk")
    rows = told.values_list("case__source_reference", "facts", "case__reference")
    return {reference: (facts.get("key", ""), ours) for reference, facts, ours in rows}


def _taken(source: Source, one: ImportedCase, ours: str) -> str:
    return (
        f"“{source.reference}” {one.reference} stands here as {ours}, which is another case: their keys differ. "
        f"Write another “{source.reference}” in this row, such as {one.reference}-B, to add it."
    )


def _write(writer: Writer, source: Source, new: Sequence[ImportedCase]) -> None:
    try:
        writer.write(new)
    except IntegrityError as error:
        if not _present(source, new):
            raise
        raise RuleError(
            "Somebody else imports the same cases at this moment. Run it again: what is there is not added twice."
        ) from error


def _readable(job: Job, notation: Notation, loaded: Loaded, now: datetime) -> Iterator[tuple[Row, ImportedCase]]:
    """The rows that can be taken; the others are refused on the way."""
    lines: dict[str, int] = {}
    for row in job.table.rows(job.passed):
        if isinstance(row, BadRow):
            bad = row
        else:
            try:
                one = job.source.case_of(row, notation)
                _check(one, job.source, lines, now)
            except RuleError as error:
                bad = BadRow(row.line, error.sentence, tuple(row.cells.values()))
            else:
                lines[one.reference] = row.line
                if story := row.cells.get(job.source.story, "").strip():
                    loaded.heard(story)
                yield row, one
                continue
        loaded.refused += 1
        job.refused(bad)


def _check(one: ImportedCase, source: Source, lines: Mapping[str, int], now: datetime) -> None:
    if one.reference in lines:
        raise RuleError(f"“{source.reference}” {one.reference} stands on line {lines[one.reference]} already.")
    if one.ended_at > now:
        raise RuleError("A date of this row lies in the future.")
    if one.known_at < now - EARLIEST:
        raise RuleError("A date of this row is more than 20 years ago.")
    check_moments(one, now)
