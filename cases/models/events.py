"""What happened. Append-only: the database itself refuses to change or delete a row (migration
``0003_events_append_only``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, Self

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from cases.models.fields import public_id
from cases.rules.vocabulary import EventKind

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from cases.models.case import Case
    from cases.models.customers import Customer
    from cases.models.incidents import Incident
    from cases.models.people import User


class Happened(Protocol):
    """What is recorded: typed facts (``cases.actions.events``), which know their kind, version and JSON."""

    @property
    def kind(self) -> EventKind: ...

    @property
    def version(self) -> int: ...

    def as_json(self) -> dict[str, Any]: ...


class EventQuerySet(models.QuerySet["Event"]):
    def since(self, version: int) -> EventQuerySet:
        """What happened to a case after it had this version."""
        return self.filter(version__gt=version)


class EventManager(models.Manager.from_queryset(EventQuerySet)):  # type: ignore[misc]
    """``at`` is when it happened, ``now`` when it was recorded, if that is another moment."""

    def record(
        self, case: Case, happened: Happened, *, at: datetime, actor: User | None, now: datetime | None = None
    ) -> Event:
        """Write down what happened to a case."""
        row = Event.of(happened, at=at, actor=actor, now=now)
        row.case, row.version = case, case.version
        row.save()
        return row

    def record_incident(
        self, incident: Incident, happened: Happened, *, at: datetime, actor: User | None, now: datetime | None = None
    ) -> Event:
        """Write down what happened to an incident: it shows in the timeline of each of its cases."""
        row = Event.of(happened, at=at, actor=actor, now=now)
        row.incident = incident
        row.save()
        return row

    def record_customer(
        self, customer: Customer, happened: Happened, *, at: datetime, actor: User | None, now: datetime | None = None
    ) -> Event:
        """Write down what happened to a customer's record: it shows in their own history."""
        row = Event.of(happened, at=at, actor=actor, now=now)
        row.customer = customer
        row.save()
        return row


class Event(models.Model):
    """One thing that happened to a case, to a customer's record, or to an incident and so to all its cases. No actor:
    the clock or the customer.

    ``kind`` has no choices, so that a new kind needs no migration. ``recorded_at``: null in rows that are older than
    the column. ``facts_version``: 0 where facts had no types yet.
    """

    public_id = public_id()
    case = models.ForeignKey(
        "cases.Case",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="events",
    )
    incident = models.ForeignKey(
        "cases.Incident",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="events",
    )
    customer = models.ForeignKey(
        "cases.Customer",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="events",
        db_index=False,
    )
    kind = models.CharField(max_length=32)
    at = models.DateTimeField(help_text="When it happened.")
    recorded_at = models.DateTimeField(null=True, blank=True)
    actor = models.ForeignKey("cases.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    version = models.PositiveIntegerField(default=0, help_text="The version of the case that this led to.")
    facts = models.JSONField(default=dict, blank=True, encoder=DjangoJSONEncoder)
    facts_version = models.PositiveSmallIntegerField(default=0)

    objects = EventManager()

    class Meta:
        ordering = ("at", "pk")
        indexes = (
            models.Index(fields=("case", "-at", "-id"), name="event_case_at"),
            models.Index(fields=("incident", "-at"), name="event_incident_at"),
            # It serves the foreign key as well. Few events are a customer's own.
            models.Index(fields=("customer", "-at"), condition=Q(customer__isnull=False), name="event_customer_at"),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(case__isnull=False, incident__isnull=True, customer__isnull=True)
                | Q(case__isnull=True, incident__isnull=False, customer__isnull=True)
                | Q(case__isnull=True, incident__isnull=True, customer__isnull=False),
                name="event_of_one",
            ),
        )

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.kind}"

    @classmethod
    def of(cls, happened: Happened, *, at: datetime, actor: User | None, now: datetime | None = None) -> Self:
        """A row that is not stored yet and belongs to nothing yet."""
        return cls(
            kind=happened.kind,
            at=at,
            recorded_at=now or at,
            actor=actor,
            facts=happened.as_json(),
            facts_version=happened.version,
        )

    def keep_personal(self, changes: Mapping[str, tuple[str, str]]) -> None:
        """Before and after of personal values, by field."""
        PersonalChange.objects.bulk_create(
            PersonalChange(event=self, field=name, before=before, after=after)
            for name, (before, after) in changes.items()
        )


class PersonalChange(models.Model):
    """What a field of a customer's record said before and after. Apart from the event, because values that identify a
    person can be erased, and events cannot."""

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="personal_changes")
    field = models.CharField(max_length=32)
    before = models.TextField(blank=True)
    after = models.TextField(blank=True)

    class Meta:
        ordering = ("pk",)
        constraints = (models.UniqueConstraint(fields=("event", "field"), name="personal_change_once"),)

    def __str__(self) -> str:
        return self.field
