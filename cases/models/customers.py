"""Whom we owe. Two people may share one mail address, so the address is no key."""

from __future__ import annotations

from typing import Self

from django.db import models

from cases.models.fields import code, public_id
from cases.models.hidden import Shown
from cases.models.versions import Versioned
from cases.rules.vocabulary import Channel


class CustomerQuerySet(models.QuerySet["Customer"]):
    def matching(self, words: str) -> Self:
        """Customers whose name, address or number contains every word."""
        found = self
        for word in words.replace("\0", " ").split():
            found = found.filter(
                models.Q(name__icontains=word)
                | models.Q(email__icontains=word)
                | models.Q(phone__icontains=word)
                | models.Q(reference__iexact=word)
            )
        return found


class Customer(Versioned):
    """A person, household or organization that was hurt by a mistake. Staff of every team may find a customer;
    which of the customer's cases they see is decided by ``Case.objects.visible_to``."""

    public_id = public_id()
    name = models.CharField(max_length=160)
    salutation = models.CharField(max_length=160, blank=True, help_text="How a letter begins, after “Dear”.")
    email = models.EmailField("e-mail address", max_length=254, blank=True, db_index=True)
    phone = models.CharField(max_length=40, blank=True)
    preferred_channel = code(Channel, blank=True)
    language = models.CharField(max_length=12, blank=True)
    time_zone = models.CharField(max_length=64, blank=True)
    answers_to = models.CharField(
        max_length=200,
        blank=True,
        help_text="Whom does this customer have to answer to, and what did it cost them there?",
    )
    needs = models.CharField(
        max_length=200,
        blank=True,
        help_text="What helps this customer: large print, a slow call, a third party. Never the reason.",
    )
    note = models.TextField(blank=True)
    reference = models.CharField(
        max_length=80,
        blank=True,
        db_index=True,
        help_text="The customer's number in your other systems.",
    )
    created_at = models.DateTimeField()
    is_hidden = models.BooleanField(default=False, editable=False, help_text="Came in by an import that was undone.")

    objects = Shown.from_queryset(CustomerQuerySet)()
    everything = models.Manager.from_queryset(CustomerQuerySet)()

    class Meta:
        ordering = ("name", "pk")
        indexes = (models.Index(fields=("name",), name="customer_name"),)
        constraints = (models.CheckConstraint(condition=~models.Q(name=""), name="customer_has_name"),)

    def __str__(self) -> str:
        return self.name

    @property
    def initials(self) -> str:
        words = [word for word in self.name.split() if word[0].isalpha()] or [self.name]
        return "".join(word[0] for word in (words[0], *words[1:][-1:])).upper()

    @property
    def greeting(self) -> str:
        return self.salutation or self.name
