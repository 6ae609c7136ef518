"""Undo an import that nobody has worked on: its cases are hidden, and their references may be imported again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, Value
from django.db.models.functions import Coalesce

from cases import permissions
from cases.actions import raises
from cases.actions.events import ImportUndone
from cases.errors import GuardError, RuleError
from cases.models import Case, Customer, Event, ImportBatch
from cases.permissions import Verb
from cases.rules.vocabulary import EventKind, Outcome

if TYPE_CHECKING:
    from datetime import datetime

    from cases.models import User
    from cases.models.case import CaseQuerySet

NAMED = 20
_OF_THE_IMPORT = (EventKind.CASE_IMPORTED, EventKind.ADDRESS_ASKED, EventKind.IMPORT_UNDONE)


@transaction.atomic
def undo_import(*, batch: ImportBatch, actor: User, now: datetime) -> int:
    """Hide every case of the batch, as withdrawn, with the customers whom it created and who have no other case.
    Returns how many cases.

    All or nothing: raises ``GuardError`` with the references of cases that somebody has worked on.
    """
    permissions.require(actor, Verb.IMPORT_CASES)
    batch = ImportBatch.objects.select_for_update().get(pk=batch.pk)
    if batch.undone_at is not None:
        raise RuleError("This import was undone already.")
    list(batch.cases.select_for_update().order_by("pk").values_list("pk", flat=True))
    worked = list(worked_on(batch).order_by("pk").values_list("reference", flat=True)[: NAMED + 1])
    if worked:
        more = [f"and more than {NAMED} in all"] if len(worked) > NAMED else []
        raise GuardError("Somebody has worked on cases of this import, so it stays.", [*worked[:NAMED], *more])
    cases = Case.everything.filter(batch=batch)
    Event.objects.bulk_create(_undone(case, actor, now) for case in cases.only("pk", "version").iterator())
    hidden = cases.update(
        is_hidden=True,
        closed_at=Coalesce(F("closed_at"), Value(now)),
        outcome=Outcome.WITHDRAWN,
        current_step="",
        version=F("version") + 1,
    )
    for case in Case.everything.filter(batch=batch, later_failures__isnull=False).distinct().order_by("pk"):
        raises.review_later_failures(case, now=now, actor=actor)
    batch.undone_at, batch.undone_by = now, actor
    batch.save()
    _hide_customers(batch)
    return hidden


def _hide_customers(batch: ImportBatch) -> None:
    """Those whom this import created, or an earlier one that was undone while this one's cases were theirs."""
    others = Case.objects.filter(customer=OuterRef("pk"))
    created = Customer.objects.filter(batch__undone_at__isnull=False, cases__batch=batch, merged__isnull=True)
    created.filter(~Exists(others)).update(is_hidden=True)


def _undone(case: Case, actor: User, now: datetime) -> Event:
    event = Event.of(ImportUndone(), at=now, actor=actor)
    event.case, event.version = case, case.version + 1
    return event


def worked_on(batch: ImportBatch) -> CaseQuerySet:
    """Its cases to which anything happened since, or to whose incident."""
    since = Event.objects.exclude(kind__in=_OF_THE_IMPORT)
    return Case.objects.filter(batch=batch).filter(
        Q(Exists(since.filter(case=OuterRef("pk")))) | Q(Exists(since.filter(incident=OuterRef("incident"))))
    )
