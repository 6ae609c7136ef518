"""What happened. Append-only: the database itself refuses to change or delete a row (migration
``0003_events_append_only``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from cases.models.fields import public_id
from cases.rules.vocabulary import EventKind

if TYPE_CHECKING:
    from datetime import datetime

    from cases.models.case import Case
    from cases.models.incidents import Incident
    from cases.models.people import User


class EventQuerySet(models.QuerySet["Event"]):
    def since(self, version: int) -> EventQuerySet:
        """What happened to a case after it had this version."""
        return self.filter(version__gt=version)


class EventManager(models.Manager.from_queryset(EventQuerySet)):  # type: ignore[misc]
    def record(
        self,
        case: Case,
        kind: EventKind,
        *,
        at: datetime,
        actor: User | None,
        **facts: Any,
    ) -> Event:
        """Write down what happened to a case. ``facts`` are codes, amounts and words, never translated labels;
        a pair ``before``/``after`` tells a change."""
        event: Event = self.create(case=case, kind=kind, at=at, actor=actor, version=case.version, facts=facts)
        return event

    def record_incident(
        self,
        incident: Incident,
        kind: EventKind,
        *,
        at: datetime,
        actor: User | None,
        **facts: Any,
    ) -> Event:
        """Write down what happened to an incident: it shows in the timeline of each of its cases."""
        event: Event = self.create(incident=incident, kind=kind, at=at, actor=actor, facts=facts)
        return event


class Event(models.Model):
    """One thing that happened to a case, or to an incident and so to all its cases. No actor: the clock or the
    customer."""

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
    kind = models.CharField(max_length=32, choices=EventKind.choices)
    at = models.DateTimeField()
    actor = models.ForeignKey("cases.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    version = models.PositiveIntegerField(default=0, help_text="The version of the case that this led to.")
    facts = models.JSONField(default=dict, blank=True, encoder=DjangoJSONEncoder)

    objects = EventManager()

    class Meta:
        ordering = ("at", "pk")
        indexes = (
            models.Index(fields=("case", "-at", "-id"), name="event_case_at"),
            models.Index(fields=("incident", "-at"), name="event_incident_at"),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(case__isnull=False, incident__isnull=True) | Q(case__isnull=True, incident__isnull=False),
                name="event_of_a_case_or_an_incident",
            ),
        )

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.kind}"
