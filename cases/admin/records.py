"""Records to look at: cases and what became of them. Personal remarks and the words of mails are left out; people who
work on a case read them there."""

from __future__ import annotations

from typing import TYPE_CHECKING, override

from django.contrib import admin

from cases import models
from cases.admin.pages import RecordPage
from cases.rules.vocabulary import EventKind

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest


@admin.register(models.Case)
class CasePage(RecordPage):
    list_display = ("reference", "title", "customer", "severity", "current_step", "next_due_at", "owner", "outcome")
    list_filter = ("severity", "outcome", "team")
    list_select_related = ("customer", "owner")
    search_fields = ("reference",)
    search_help_text = "Reference, name, mail address or words of the case"

    @override
    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[models.Case], search_term: str
    ) -> tuple[QuerySet[models.Case], bool]:
        """The same search as everywhere, with its index."""
        found = models.Case.objects.matching(search_term)
        return (queryset.filter(pk__in=found.values("pk")) if search_term.strip() else queryset), False


@admin.register(models.Incident)
class IncidentPage(RecordPage):
    list_display = ("reference", "title", "category", "cause", "cause_status")
    list_filter = ("cause_status", "fault_party")
    list_select_related = ("category", "cause")
    search_fields = ("=reference", "title")


@admin.register(models.Customer)
class CustomerPage(RecordPage):
    list_display = ("name", "email", "phone", "reference")
    search_fields = ("name", "email", "=reference")
    exclude = ("note", "name_key", "phone_key", "search_text")


@admin.register(models.Acknowledgement)
class AcknowledgementPage(RecordPage):
    list_display = ("step", "read_back", "read_back_answer", "was_only_concern")
    list_select_related = ("step",)
    search_fields = ("=step__case__reference",)


class OfACase(RecordPage):
    """Something that belongs to a case is found by the case's reference."""

    list_select_related = ("case",)
    search_fields = ("=case__reference",)
    search_help_text = "Reference of the case, such as SR-1042"


_OF_A_CASE: tuple[tuple[type, tuple[str, ...], tuple[str, ...]], ...] = (
    (models.AddressQuestion, ("case", "asked_at", "asked_to", "settled_at", "settled_by"), ()),
    (models.Apology, ("case", "round", "status", "channel", "sent_at"), ("status", "channel")),
    (models.Approval, ("case", "kind", "status", "asked_at", "decided_at"), ("kind", "status")),
    (models.Compensation, ("case", "nature", "what", "money", "paid_by", "status"), ("nature", "paid_by", "status")),
    (models.Concern, ("case", "text", "status"), ("status",)),
    (models.Correction, ("case", "round", "status", "what", "settled_at"), ("status",)),
    (models.CustomerLink, ("case", "created_at", "expires_at", "revoked_at"), ()),
    (models.FollowUp, ("case", "round", "status", "channel", "sent_at", "response"), ("status", "response")),
    (models.Pause, ("case", "kind", "started_at", "until", "ended_at"), ("kind",)),
    (models.Promise, ("case", "words", "status", "due_at", "settled_at"), ("status",)),
    (models.Reminder, ("case", "kind", "rung", "due_at", "planned_at"), ("kind", "rung")),
    (models.SatisfactionCheck, ("case", "round", "status", "answer", "score", "answered_at"), ("status", "answer")),
    (models.SeverityChange, ("case", "at", "severity", "by_rule", "ground", "reason"), ("severity", "ground")),
    (models.SeverityReason, ("case", "reason", "at", "earlier", "void_at"), ("reason",)),
    (models.Step, ("case", "round", "kind", "status", "due_at", "settled_at"), ("kind", "status")),
)
"""Noun, columns, filters."""

for noun, columns, filters in _OF_A_CASE:
    admin.site.register(noun, OfACase, list_display=columns, list_filter=filters)


class EventKindFilter(admin.SimpleListFilter):
    """By the kind's label; the column has no choices."""

    title = "what happened"
    parameter_name = "kind"

    @override
    def lookups(self, _request: HttpRequest, _page: object) -> list[tuple[str, str]]:
        return [(kind.value, str(kind.label)) for kind in EventKind]

    @override
    def queryset(self, _request: HttpRequest, queryset: QuerySet[models.Event]) -> QuerySet[models.Event]:
        return queryset.filter(kind=self.value()) if self.value() else queryset


@admin.register(models.Event)
class EventPage(OfACase):
    list_display = ("case", "did", "at", "recorded_at", "version")
    list_filter = (EventKindFilter,)

    @admin.display(description="what happened")
    def did(self, event: models.Event) -> str:
        return str(EventKind(event.kind).label) if event.kind in EventKind.values else ""


admin.site.register(
    models.Contact,
    OfACase,
    list_display=("case", "at", "direction", "channel", "reached", "is_chase"),
    list_filter=("direction", "channel", "reached", "is_chase"),
    exclude=("private_note",),
)
# While an invitation waits, its words hold the link that sets a colleague's password.
admin.site.register(
    models.Message,
    OfACase,
    list_display=("subject", "audience", "purpose", "to_address", "status", "sent_at"),
    list_filter=("status", "audience", "purpose"),
    search_fields=("=case__reference", "=to_address"),
    search_help_text="Reference of the case, or the whole address",
    exclude=("text", "html", "raw"),
)
admin.site.register(
    models.PreventionAction,
    RecordPage,
    list_display=("change", "incident", "owner", "status", "due_at", "settled_at"),
    list_filter=("status", "kind"),
    list_select_related=("incident", "owner"),
    search_fields=("=incident__reference", "change"),
)
admin.site.register(
    models.StrayNotice,
    RecordPage,
    list_display=("at", "reason", "subject", "sender", "door"),
    list_filter=("reason", "door"),
    search_fields=("subject", "sender"),
)
admin.site.register(
    models.Sweep,
    RecordPage,
    list_display=(
        *("begun_at", "ended_at", "planned", "mails", "sent", "failed", "postponed"),
        *("is_server_reached", "outbox", "oldest_at"),
    ),
)
