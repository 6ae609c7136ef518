"""Versions of records that forms change, as ``turns`` has them for cases: an older form is refused, with who changed
what."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from cases.errors import ConflictError
from cases.models import Revision

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from cases.models import User, Versioned
    from cases.models.versions import Snapshot


@contextmanager
def revising(record: Versioned, names: Sequence[str], *, actor: User | None, at: datetime) -> Iterator[None]:
    """What happens inside to these fields of a locked record is one new version, unless nothing changed.

    ``names``: what forms show of it.
    """
    before = record.snapshot(names)
    yield
    revise(record, before, actor=actor, at=at)


def revise(record: Versioned, before: Mapping[str, Snapshot], *, actor: User | None, at: datetime) -> None:
    """Raise the version where the record differs from ``before``."""
    after = record.locked().snapshot(list(before))
    changes = [(name, old.shown, after[name].shown) for name, old in before.items() if old.exact != after[name].exact]
    if not changes:
        return
    record.raise_version()
    Revision.objects.create(
        kind=record.kind_of_record,
        record=record.pk,
        version=record.version,
        at=at,
        actor=actor,
        changes=changes,
    )


def check_version(record: Versioned, version: int, actor: User | None) -> None:
    """Lock the record, and refuse to act on a newer one than the person has seen."""
    locked = record.locked()
    if locked.version == version:
        return
    since = _since(locked, version)
    if since and all(revision.actor_id == (actor and actor.pk) for revision in since):
        sentence = "You have changed this meanwhile, perhaps in another window."
    else:
        sentence = "Somebody changed this while you were typing."
    raise ConflictError(
        f"{sentence} What you typed is still here: look at the changes, then send it again.",
        changes=changes_since(locked, version),
    )


def changes_since(record: Versioned, version: int) -> list[str]:
    """Who changed which field from what to what since the record had this version, in order."""
    return [
        f"{revision.actor or 'Amends'} changed {record.difference(name, old, new)}"
        for revision in _since(record, version)
        for name, old, new in revision.changes
    ]


def _since(record: Versioned, version: int) -> list[Revision]:
    found = Revision.objects.filter(kind=record.kind_of_record, record=record.pk, version__gt=version)
    return list(found.order_by("version").select_related("actor"))
