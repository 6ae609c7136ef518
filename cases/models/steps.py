"""The six steps of a case, what an acknowledgement and a correction produced, and second persons' decisions."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from cases.models.commitments import Commitment, CommitmentQuerySet, Heard, InWorkingTime
from cases.models.fields import code, public_id
from cases.rules.vocabulary import (
    ApprovalKind,
    ApprovalStatus,
    CorrectionStatus,
    ReadBack,
    StepKind,
    StepStatus,
    WaivedBecause,
)


class StepQuerySet(CommitmentQuerySet["Step"]):
    def pending(self) -> StepQuerySet:
        return self.filter(status=StepStatus.PENDING)


class Step(InWorkingTime, Heard, Commitment):
    """One of the six, in one round of one case. Settled steps are never edited; a customer who is not satisfied opens
    another round. Only a mail that came back takes a step back that it had completed. ``owner`` follows the owner of
    the case: whoever is to do it now. ``owed_by`` is who answers for its moment: whoever owned the case then."""

    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="steps")
    round = models.PositiveSmallIntegerField(default=1)
    kind = code(StepKind)
    position = models.PositiveSmallIntegerField(help_text="1 to 6.")
    status = code(StepStatus, default=StepStatus.PENDING)
    started_at = models.DateTimeField(help_text="The moment the round's clocks count from.")
    not_before = models.DateTimeField(
        null=True, blank=True, help_text="What was left of it at least when T0 turned out to be earlier."
    )
    note = models.TextField(blank=True, help_text="Why it was waived, or why no compensation is due.")
    waived_because = code(WaivedBecause, blank=True, help_text="Where it was waived by what became of the case.")
    approved_by = models.ForeignKey("cases.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    owed_by = models.ForeignKey(
        "cases.User",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Who owes it, or owed it when its moment passed. Handing the case over moves only what is ahead.",
    )
    message = models.ForeignKey(
        "cases.Message",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="steps",
        help_text="The mail that completed it, and takes it back if it bounces.",
    )

    objects = models.Manager.from_queryset(StepQuerySet)()

    class Meta(Commitment.Meta):
        ordering = ("round", "position")
        constraints = (
            models.UniqueConstraint(fields=("case", "round", "kind"), name="step_once_a_round"),
            models.CheckConstraint(
                condition=Q(status=StepStatus.PENDING, settled_at__isnull=True)
                | (~Q(status=StepStatus.PENDING) & Q(settled_at__isnull=False)),
                name="step_settled_when_not_pending",
            ),
            models.CheckConstraint(
                condition=~Q(status=StepStatus.WAIVED) | ~Q(note="") | ~Q(waived_because=""),
                name="step_waived_with_reason",
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | Q(settled_by__isnull=True) | ~Q(approved_by=F("settled_by")),
                name="step_second_person",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} (round {self.round})"

    @property
    def says_nothing_is_due(self) -> bool:
        """Whether ``settled_by`` decided on no goodwill; the note says why. Open while a restitution waits."""
        return self.kind == StepKind.COMPENSATE and self.status != StepStatus.WAIVED and self.note != ""


class Acknowledgement(models.Model):
    """That we told the customer we know, in our words, and asked whether that is all."""

    step = models.OneToOneField(Step, on_delete=models.PROTECT, related_name="acknowledgement")
    contact = models.ForeignKey("cases.Contact", on_delete=models.PROTECT, related_name="+")
    read_back = models.TextField(help_text="The concern in our words, as we said it to the customer.")
    read_back_answer = code(ReadBack)
    was_only_concern = models.BooleanField()
    ownership = models.TextField(help_text="Who takes it on, in the first person, with a name.")
    not_live_because = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return self.read_back


class Correction(models.Model):
    """What was put right; or why it cannot be, and what was done instead."""

    public_id = public_id()
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="corrections")
    round = models.PositiveSmallIntegerField(default=1)
    status = code(CorrectionStatus, default=CorrectionStatus.PLANNED)
    what = models.TextField(help_text="What is put right, as you would tell the customer.")
    options_considered = models.TextField(blank=True)
    impossible_because = models.CharField(max_length=300, blank=True)
    alternative = models.TextField(blank=True, help_text="What was done instead.")
    failed_because = models.CharField(max_length=300, blank=True)
    planned_at = models.DateTimeField()
    agreed_for = models.DateTimeField(null=True, blank=True, help_text="The customer chose this moment for it.")
    settled_at = models.DateTimeField(null=True, blank=True)
    by = models.ForeignKey("cases.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.CheckConstraint(
                condition=~Q(status=CorrectionStatus.IMPOSSIBLE) | (~Q(impossible_because="") & ~Q(alternative="")),
                name="correction_impossible_says_why",
            ),
            models.CheckConstraint(
                condition=Q(status=CorrectionStatus.PLANNED) | Q(settled_at__isnull=False),
                name="correction_settled_when",
            ),
        )

    def __str__(self) -> str:
        return self.what


class Approval(models.Model):
    """Something that needs a second person. Nobody decides what they asked for, and the database refuses it too. One
    that is taken back has the moment, and nobody who decided it."""

    public_id = public_id()
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="approvals")
    kind = code(ApprovalKind)
    step = models.ForeignKey(Step, on_delete=models.PROTECT, null=True, blank=True, related_name="approvals")
    reason = models.TextField()
    last_offer = models.TextField(
        blank=True,
        help_text="The last written offer to a customer who could not be satisfied.",
    )
    status = code(ApprovalStatus, default=ApprovalStatus.ASKED)
    asked_by = models.ForeignKey("cases.User", on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    asked_to = models.ForeignKey(
        "cases.User",
        verbose_name="asked to decide",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Empty where nobody may decide it.",
    )
    decided_by = models.ForeignKey("cases.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decision_note = models.TextField(blank=True)

    class Meta:
        ordering = ("asked_at",)
        indexes = (
            models.Index(
                fields=("asked_at",),
                condition=Q(status=ApprovalStatus.ASKED),
                name="approval_waiting",
            ),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("asked_by")),
                name="approval_by_somebody_else",
            ),
            models.CheckConstraint(
                condition=Q(status=ApprovalStatus.ASKED, decided_by__isnull=True)
                | Q(status=ApprovalStatus.WITHDRAWN, decided_by__isnull=True, decided_at__isnull=False)
                | (
                    ~Q(status__in=(ApprovalStatus.ASKED, ApprovalStatus.WITHDRAWN))
                    & Q(decided_by__isnull=False, decided_at__isnull=False)
                ),
                name="approval_decided_by_whom",
            ),
            models.UniqueConstraint(
                fields=("step",),
                condition=Q(status=ApprovalStatus.ASKED),
                name="approval_asked_once_a_step",
            ),
            models.UniqueConstraint(
                fields=("case", "kind"),
                condition=Q(status=ApprovalStatus.ASKED, step__isnull=True),
                name="approval_asked_once_a_case",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.reason}"
