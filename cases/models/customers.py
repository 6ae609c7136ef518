"""Whom we owe. Two people may share one mail address, so the address is no key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self, override
from urllib.parse import quote

from django.conf import settings
from django.db import models

from cases.models.fields import Derived, Mail, Name, brought_by, code, public_id
from cases.models.hidden import Shown
from cases.models.search import CUSTOMERS, matching_terms, matching_words
from cases.models.versions import Versioned
from cases.rules import finding
from cases.rules.folding import dialled, name_key, phone_key
from cases.rules.vocabulary import AddressBecause, Channel, Likeness

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from cases.models.case import Case


class CustomerQuerySet(models.QuerySet["Customer"]):
    def matching(self, words: str) -> Self:
        """Customers whose name, address or number, present or former, contains every word; everybody for none."""
        words = words.replace("\0", " ").strip()
        return matching_words(self, words, CUSTOMERS) if words else self

    def alike(self, *, name: str = "", email: str = "", phone: str = "") -> Self:
        """Customers who have this name, mail address or phone number, however it is written, now or formerly."""
        tokens = finding.whole(names=(name,), mails=(email,), phones=(phone,), region=settings.AMENDS_COUNTRY)
        return matching_terms(self, (tuple((token,) for token in tokens),), CUSTOMERS) if tokens else self.none()


class Customer(Versioned):
    """A person, household or organization that was hurt by a mistake. Staff of every team may find a customer;
    which of the customer's cases they see is decided by ``Case.objects.visible_to``."""

    public_id = public_id()
    name = Name(max_length=160)
    salutation = Name(max_length=160, blank=True, help_text="How a letter begins, after “Dear”.")
    email = Mail("e-mail address", max_length=254, blank=True, db_index=True)
    phone = Name(max_length=40, blank=True)
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
    reference = Name(
        max_length=80,
        blank=True,
        db_index=True,
        help_text="The customer's number in your other systems.",
    )
    created_at = models.DateTimeField()
    is_hidden = models.BooleanField(
        default=False, editable=False, help_text="Came in by an import that was undone, or was merged into another."
    )
    merged_into = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="merged",
        help_text="The record of the same customer that everything has moved to.",
    )

    batch = brought_by(
        "The import that brought this customer; empty for those who were written down here.", related_name="customers"
    )
    doubted_by = models.ForeignKey(
        "cases.User",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        help_text="Who changed the mail address, as long as nobody else has said in any case that it is theirs.",
    )
    doubted_at = models.DateTimeField(null=True, blank=True, editable=False)
    former = models.TextField(
        blank=True,
        editable=False,
        help_text="Former phone numbers and mail addresses, one a line: found by them, never mailed.",
    )
    former_names = models.TextField(
        blank=True,
        editable=False,
        help_text="Names and numbers elsewhere of records that were merged into this one, one a line: found by them.",
    )
    name_key = Derived(by=lambda customer: name_key(customer.name))
    phone_key = Derived(by=lambda customer: phone_key(customer.phone, settings.AMENDS_COUNTRY))
    search_text = Derived(by=lambda customer: customer.findable)

    objects = Shown.from_queryset(CustomerQuerySet)()
    everything = models.Manager.from_queryset(CustomerQuerySet)()

    class Meta:
        ordering = ("name_key", "pk")
        indexes = (models.Index(fields=("name_key", "id"), name="customer_name_key"),)
        constraints = (
            models.CheckConstraint(condition=~models.Q(name=""), name="customer_has_name"),
            models.CheckConstraint(
                condition=models.Q(merged_into__isnull=True) | models.Q(is_hidden=True),
                name="customer_merged_is_not_shown",
            ),
            models.CheckConstraint(
                condition=models.Q(merged_into__isnull=True) | ~models.Q(merged_into=models.F("id")),
                name="customer_merged_into_another",
            ),
        )

    def __str__(self) -> str:
        return self.name

    @override
    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **options: Any) -> None:
        """Derived columns are written with whatever they are derived from."""
        if update_fields is not None:
            update_fields = {*update_fields, "name_key", "phone_key", "search_text"}
        super().save(*args, update_fields=update_fields, **options)

    @classmethod
    def meant_by(cls, keys: Iterable[UUID]) -> dict[UUID, Customer]:
        """Whom these public keys mean: of a record that was merged, the one that it was merged into."""
        rows = cls.everything.filter(public_id__in=list(keys)).select_related("merged_into")
        meant = {row.public_id: row.merged_into or row for row in rows}
        return {key: row for key, row in meant.items() if not row.is_hidden}

    def all_keys(self) -> list[int]:
        """Primary keys of this record and of those that were merged into it: events stay where they were recorded."""
        return [self.pk, *type(self).everything.filter(merged_into=self).values_list("pk", flat=True)]

    def likeness(self, *, name: str = "", email: str = "", phone: str = "") -> tuple[Likeness, ...]:
        """Which of these the customer has, or formerly had."""
        own, region = set(self.search_text.split(" ")), settings.AMENDS_COUNTRY
        asked = {
            Likeness.EMAIL: finding.whole(mails=(email,), region=region),
            Likeness.PHONE: finding.whole(phones=(phone,), region=region),
            Likeness.NAME: finding.whole(names=(name,), region=region),
        }
        return tuple(kind for kind, tokens in asked.items() if any(token.text in own for token in tokens))

    @property
    def phone_address(self) -> str:
        """What a telephone dials (RFC 3966): E.164 where the number is known to be one; empty without a number."""
        number = dialled(self.phone, settings.AMENDS_COUNTRY)
        return f"tel:{number}" if number else ""

    @property
    def mail_address(self) -> str:
        """Where a mail program writes to (RFC 6068); nothing in it names another recipient or a header."""
        return f"mailto:{quote(self.email, safe='@')}" if self.email else ""

    @property
    def findable(self) -> str:
        """What the customer is found by, as tokens of ``rules.finding``."""
        former = self.former.splitlines()
        return finding.kept_of_person(
            (self.name, self.reference, *self.former_names.splitlines()),
            (self.email, *(one for one in former if "@" in one)),
            (self.phone, *(one for one in former if "@" not in one)),
            settings.AMENDS_COUNTRY,
        )

    @property
    def initials(self) -> str:
        words = [word for word in self.name.split() if word[0].isalpha()] or [self.name]
        return "".join(word[0] for word in (words[0], *words[1:][-1:])).upper()

    @property
    def greeting(self) -> str:
        return self.salutation or self.name


class AddressQuestionQuerySet(models.QuerySet["AddressQuestion"]):
    def waiting(self) -> Self:
        return self.filter(settled_at__isnull=True)

    def withholding(self, case: Case) -> Self:
        """Why no link of a case is given out: its own, or that of the case which a duplicate's links open."""
        return self.waiting().filter(case__in=(case.pk, case.duplicate_of_id))


class AddressQuestion(models.Model):
    """Whether a changed mail address is really the customer's, asked in each case. Until somebody who answers for the
    case says yes, no mail with a link leaves: whoever reads a link can answer as the customer."""

    public_id = public_id()
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="address_questions")
    changed_by = models.ForeignKey("cases.User", on_delete=models.PROTECT, related_name="+")
    because = code(AddressBecause, default=AddressBecause.CHANGED)
    asked_at = models.DateTimeField()
    asked_to = models.ForeignKey("cases.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    pass_on_at = models.DateTimeField(
        null=True, blank=True, help_text="When the manager is asked, for want of a yes; empty once they are."
    )
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey("cases.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects = models.Manager.from_queryset(AddressQuestionQuerySet)()

    class Meta:
        ordering = ("pk",)
        indexes = (
            models.Index(
                fields=("pass_on_at",),
                condition=models.Q(settled_at__isnull=True, pass_on_at__isnull=False),
                name="address_question_pass_on",
            ),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("case",),
                condition=models.Q(settled_at__isnull=True),
                name="address_question_one_waiting",
            ),
            models.CheckConstraint(
                condition=models.Q(settled_at__isnull=True, settled_by__isnull=True)
                | models.Q(settled_at__isnull=False, settled_by__isnull=False),
                name="address_question_settled_by_whom",
            ),
        )

    def __str__(self) -> str:
        return f"{self.case_id} since {self.asked_at:%Y-%m-%d}"

    @property
    def deed(self) -> str:
        """Who did what, so that it is asked."""
        return f"{self.changed_by} {self.get_because_display()}"
