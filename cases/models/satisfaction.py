"""What the customer says about our recovery, and the link by which they say it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q

from cases.models.fields import code, public_id
from cases.rules.vocabulary import Answer, Channel, CheckStatus, MessageStatus

if TYPE_CHECKING:
    from cases.models.case import Case


class CustomerLinkQuerySet(models.QuerySet["CustomerLink"]):
    def working(self) -> Self:
        return self.filter(revoked_at__isnull=True)

    def of_duplicates(self, case: Case | int) -> Self:
        """Those that open this case's page, though they were given out in a duplicate of it."""
        return self.filter(case__duplicate_of=case, case__customer=F("case__duplicate_of__customer"))


class CustomerLink(models.Model):
    """An address on which a customer sees their own case without an account. Signed, expiring, and it can be
    revoked."""

    public_id = public_id()
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="customer_links")
    created_at = models.DateTimeField()
    created_by = models.ForeignKey("cases.User", on_delete=models.PROTECT, related_name="+")
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = models.Manager.from_queryset(CustomerLinkQuerySet)()

    def __str__(self) -> str:
        return f"{self.case_id} until {self.expires_at:%Y-%m-%d}"


class SatisfactionCheckQuerySet(models.QuerySet["SatisfactionCheck"]):
    def answered(self) -> Self:
        return self.filter(status__in=(CheckStatus.ANSWERED, CheckStatus.SUPERSEDED))

    def left(self) -> Self:
        """Those by which the customer was asked: in person, or by a mail that left and has not come back."""
        in_person, sent = Q(message__isnull=True), Q(message__status=MessageStatus.SENT)
        return self.filter(in_person | sent).exclude(status=CheckStatus.BOUNCED)

    def current(self) -> Self:
        return self.exclude(status=CheckStatus.SUPERSEDED)


class SatisfactionCheck(models.Model):
    """One asking whether we made it right, and the customer's own answer. An answer is never overwritten: a later one
    is
    a new check, and the earlier is kept as superseded."""

    public_id = public_id()
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="satisfaction_checks")
    round = models.PositiveSmallIntegerField(default=1)
    status = code(CheckStatus, default=CheckStatus.ASKED)
    channel = code(Channel)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey("cases.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    answer = code(Answer, blank=True)
    score = models.PositiveSmallIntegerField(null=True, blank=True, help_text="1 very unhappy to 5 very happy.")
    words = models.TextField(blank=True, help_text="The customer's own words.")
    wants_contact = models.BooleanField(default=False, help_text="The customer would rather talk to somebody.")
    by_customer = models.BooleanField(
        default=False,
        help_text="Given by the customer on their page, not written down by staff.",
    )
    message = models.ForeignKey(
        "cases.Message",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="checks",
    )

    objects = models.Manager.from_queryset(SatisfactionCheckQuerySet)()

    class Meta:
        ordering = ("pk",)
        indexes = (models.Index(fields=("answered_at",), name="check_answered"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(score__isnull=True) | Q(score__gte=1, score__lte=5),
                name="check_score",
            ),
            models.CheckConstraint(
                condition=(
                    Q(status__in=(CheckStatus.ASKED, CheckStatus.NO_ANSWER, CheckStatus.BOUNCED))
                    & Q(answer="", answered_at__isnull=True)
                )
                | (
                    Q(status__in=(CheckStatus.ANSWERED, CheckStatus.SUPERSEDED))
                    & ~Q(answer="")
                    & Q(answered_at__isnull=False)
                ),
                name="check_answered_with_answer",
            ),
            models.UniqueConstraint(
                fields=("case", "round"),
                condition=Q(status=CheckStatus.ASKED),
                name="check_one_waiting",
            ),
        )

    def __str__(self) -> str:
        return self.get_answer_display() or self.get_status_display()
