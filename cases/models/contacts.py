"""Exchanges with the customer."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from cases.models.commitments import InWorkingTime
from cases.models.fields import code
from cases.rules.vocabulary import Channel, Direction, Reached, Reaction


class Contact(InWorkingTime):
    """One exchange with the customer, in or out. A voicemail is an attempt and completes nothing."""

    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="contacts")
    at = models.DateTimeField()
    direction = code(Direction)
    channel = code(Channel)
    reached = code(Reached, default=Reached.REACHED)
    by = models.ForeignKey("cases.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    summary = models.TextField()
    private_note = models.TextField(blank=True, help_text="Personal matters to ask after. Left out of exports.")
    reaction = code(Reaction, blank=True)
    is_chase = models.BooleanField(default=False, help_text="The customer had to ask while we owed an answer.")
    message = models.ForeignKey(
        "cases.Message",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="contacts",
        help_text="The mail that it was, if it may still come back.",
    )
    logged_case = models.OneToOneField(
        "cases.Case",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="The case that was logged with it. It stays so when a duplicate has moved the contact elsewhere.",
    )

    class Meta:
        ordering = ("at", "pk")
        indexes = (models.Index(fields=("case",), condition=Q(is_chase=True), name="contact_chase"),)

    def __str__(self) -> str:
        return f"{self.get_direction_display()} {self.at:%Y-%m-%d %H:%M}"
