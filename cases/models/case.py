"""One customer's recovery from one incident, and the facts that its clocks are derived from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q

from cases.models.fields import code, public_id
from cases.models.hidden import Shown
from cases.models.search import CASES, matching_words
from cases.rules.vocabulary import (
    Channel,
    ConcernStatus,
    CriticalGround,
    Origin,
    Outcome,
    PauseKind,
    Priority,
    RaiseReason,
    Severity,
    StepKind,
)

if TYPE_CHECKING:
    from datetime import datetime

    from cases.models.people import User


class CaseQuerySet(models.QuerySet["Case"]):
    def lock(self, case: Case) -> Case:
        """The case as it is now, held until the transaction ends (a row lock where the database has them)."""
        return (
            self.select_for_update(of=("self",))
            .select_related("customer", "incident", "policy", "team")
            .get(pk=case.pk)
        )

    def visible_to(self, user: User) -> Self:
        """What this person may see: managers everything; agents their teams' cases, their own, and those of no team."""
        if user.is_manager:
            return self
        teams = user.teams.through.objects.filter(user_id=user.pk).values("team_id")
        return self.filter(Q(team__in=teams) | Q(owner=user) | Q(logged_by=user) | Q(team__isnull=True))

    def open(self) -> Self:
        return self.filter(closed_at__isnull=True)

    def closed(self) -> Self:
        return self.filter(closed_at__isnull=False)

    def overdue(self, now: datetime) -> Self:
        """Open cases with a step that is late."""
        return self.filter(closed_at__isnull=True, next_due_at__lt=now)

    def counted(self) -> Self:
        """Cases that figures count: not those that turned out to be no case of their own (domain.md, section C)."""
        return self.exclude(outcome__in=(Outcome.DUPLICATE, Outcome.WITHDRAWN))

    def failures(self) -> Self:
        """Cases in which we failed, as far as anyone knows: what turned out to be none is no earlier failure."""
        return self.exclude(outcome__in=(Outcome.DUPLICATE, Outcome.WITHDRAWN, Outcome.NOT_UPHELD))

    def matching(self, words: str) -> Self:
        """Cases with every word in their facts, customer, notes, contacts, letters or receipts."""
        return matching_words(self, words, CASES)


class Case(models.Model):
    """One customer's recovery from one incident.

    Three moments are told apart: when it happened, when anyone here first knew (``known_at``, T0: clocks count from
    it), and
    when it was logged. ``current_step`` and ``next_due_at`` are derived by actions so that lists are quick.
    """

    public_id = public_id()
    reference = models.CharField(max_length=16, unique=True)
    title = models.CharField(max_length=200)
    subject = models.CharField(max_length=200, help_text="What the customer reads, in mails and on their page.")
    description = models.TextField(blank=True, help_text="In the customer's own words.")
    customer = models.ForeignKey("cases.Customer", on_delete=models.PROTECT, related_name="cases")
    incident = models.ForeignKey("cases.Incident", on_delete=models.PROTECT, related_name="cases")
    team = models.ForeignKey(
        "cases.Team",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="cases",
    )
    owner = models.ForeignKey(
        "cases.User",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="cases_owned",
    )
    policy = models.ForeignKey("cases.DeadlinePolicy", on_delete=models.PROTECT, related_name="cases")

    happened_at = models.DateTimeField(null=True, blank=True)
    known_at = models.DateTimeField()
    logged_at = models.DateTimeField()
    logged_by = models.ForeignKey(
        "cases.User",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="cases_logged",
    )
    origin = code(Origin, default=Origin.CUSTOMER)
    channel = code(Channel)
    severity = code(Severity)
    priority = code(Priority, default=Priority.NORMAL)
    wants = models.CharField(max_length=300, blank=True, help_text="What the customer would like.")
    needed_by = models.DateTimeField(null=True, blank=True, help_text="By when the customer needs it.")
    attempt = models.PositiveSmallIntegerField(default=1, help_text="Which attempt at the same service this was.")
    contribution = models.TextField(
        blank=True,
        help_text="What the customer did, if it matters. Internal: never told.",
    )
    business_unit = models.CharField(max_length=160, blank=True)

    round = models.PositiveSmallIntegerField(default=1)
    current_step = code(StepKind, blank=True)
    next_due_at = models.DateTimeField(null=True, blank=True)
    made_safe_at = models.DateTimeField(null=True, blank=True)
    escalated_at = models.DateTimeField(null=True, blank=True)
    escalated_because = models.CharField(max_length=200, blank=True)
    is_timed = models.BooleanField(default=True, help_text="Off for imported history: its clocks never ran here.")

    resolved_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey("cases.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    outcome = code(Outcome, blank=True)
    outcome_reason = models.TextField(blank=True)
    duplicate_of = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="duplicates",
        help_text="Where it goes on. Empty for duplicates that were closed before this was asked.",
    )
    reopened_at = models.DateTimeField(null=True, blank=True)
    first_closed_at = models.DateTimeField(null=True, blank=True)

    source = models.CharField(max_length=24, blank=True, help_text="Where an imported case came from.")
    source_reference = models.CharField(max_length=80, blank=True)
    batch = models.ForeignKey(
        "cases.ImportBatch", on_delete=models.PROTECT, null=True, blank=True, related_name="cases"
    )
    is_hidden = models.BooleanField(default=False, editable=False, help_text="Its import was undone.")
    version = models.PositiveIntegerField(default=0)

    raised_because: tuple[RaiseReason, ...] = ()
    """Not stored: on the case that ``log_case`` gives back, why its severity is higher than the one chosen."""

    objects = Shown.from_queryset(CaseQuerySet)()
    everything = models.Manager.from_queryset(CaseQuerySet)()
    """Hidden ones too: for keys that must stay taken, and for undoing an import."""

    class Meta:
        ordering = ("-known_at", "-pk")
        indexes = (
            models.Index(
                fields=("next_due_at", "id"),
                condition=Q(closed_at__isnull=True),
                name="case_open_due",
            ),
            # The board counts open cases by all of these and reads nothing else of them.
            models.Index(
                fields=(
                    "current_step",
                    "severity",
                    "owner",
                    "team",
                    "next_due_at",
                    "known_at",
                    "logged_by",
                    "id",
                    "is_hidden",
                ),
                condition=Q(closed_at__isnull=True),
                name="case_open_board",
            ),
            models.Index(
                fields=("owner", "next_due_at"),
                condition=Q(closed_at__isnull=True),
                name="case_open_owner",
            ),
            models.Index(
                fields=("team", "next_due_at"),
                condition=Q(closed_at__isnull=True),
                name="case_open_team",
            ),
            models.Index(
                fields=("next_due_at", "id"),
                condition=Q(closed_at__isnull=True) & (Q(priority=Priority.ESCALATED) | Q(round__gt=1)),
                name="case_open_pressing",
            ),
            # What decides who may see a case, so that counting the visible ones reads no case.
            models.Index(fields=("team", "owner", "logged_by", "id", "is_hidden"), name="case_seen"),
            models.Index(fields=("-known_at", "-id"), name="case_known"),
            models.Index(fields=("closed_at", "outcome"), name="case_closed"),
            models.Index(fields=("customer", "-known_at"), name="case_customer"),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("source", "source_reference"),
                condition=~Q(source="") & Q(is_hidden=False),
                name="case_source_once",
            ),
            models.CheckConstraint(condition=~Q(title=""), name="case_has_title"),
            models.CheckConstraint(condition=~Q(subject=""), name="case_has_subject"),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, outcome="") | (Q(closed_at__isnull=False) & ~Q(outcome="")),
                name="case_closed_with_outcome",
            ),
            models.CheckConstraint(
                condition=Q(duplicate_of__isnull=True) | Q(outcome=Outcome.DUPLICATE),
                name="case_duplicate_has_outcome",
            ),
            models.CheckConstraint(
                condition=Q(duplicate_of__isnull=True) | ~Q(duplicate_of=F("id")),
                name="case_duplicate_of_another",
            ),
            models.CheckConstraint(
                condition=Q(known_at__lte=F("logged_at")),
                name="case_known_before_logged",
            ),
        )

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"

    def is_visible_to(self, user: User) -> bool:
        """As ``visible_to`` says of a whole question; asks for the person's teams only where they were not fetched."""
        if user.is_manager or self.team_id is None or user.pk in {self.owner_id, self.logged_by_id}:
            return True
        return any(team.pk == self.team_id for team in user.teams.all())

    @property
    def is_open(self) -> bool:
        return self.closed_at is None


class Concern(models.Model):
    """One thing the customer is troubled by; each has its own outcome."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="concerns")
    public_id = public_id()
    text = models.TextField()
    status = code(ConcernStatus, default=ConcernStatus.OPEN)
    outcome = models.TextField(blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey("cases.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.CheckConstraint(
                condition=Q(status=ConcernStatus.OPEN, settled_at__isnull=True)
                | (~Q(status=ConcernStatus.OPEN) & Q(settled_at__isnull=False) & ~Q(outcome="")),
                name="concern_settled_with_outcome",
            ),
        )

    def __str__(self) -> str:
        return self.text


class Pause(models.Model):
    """A stretch in which the clocks of a case stand still. An open pause ends by itself at ``until``.

    One of each kind may be open: a customer who answers ends no legal hold.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="pauses")
    kind = code(PauseKind, default=PauseKind.CUSTOMER)
    question = models.CharField(max_length=300, help_text="What we asked the customer, or why the case is held.")
    started_at = models.DateTimeField()
    started_by = models.ForeignKey("cases.User", on_delete=models.PROTECT, related_name="+")
    until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("started_at",)
        constraints = (
            models.UniqueConstraint(
                fields=("case", "kind"),
                condition=Q(ended_at__isnull=True),
                name="pause_one_open",
            ),
            models.CheckConstraint(condition=Q(until__gt=F("started_at")), name="pause_until_after_start"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("started_at")),
                name="pause_ends_after_start",
            ),
        )

    def __str__(self) -> str:
        return f"{self.case_id}: {self.question}"


class SeverityChange(models.Model):
    """From when on the case had which severity. Clocks need it, and so does what somebody may grant alone.

    ``by``: who chose it; nobody for a rule and for imported history. ``ground``: why they called it critical.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="severity_changes")
    at = models.DateTimeField()
    severity = code(Severity)
    ground = code(CriticalGround, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey("cases.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    by_rule = models.BooleanField(
        default=False, help_text="It follows from the reasons of the case, and no person chose it."
    )
    caused_by = models.ManyToManyField(
        "cases.User", related_name="+", blank=True, help_text="Who brought about what the rule speaks of."
    )

    class Meta:
        ordering = ("at", "pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(ground="") | Q(severity=Severity.CRITICAL, by_rule=False),
                name="severity_ground_of_critical",
            ),
            models.CheckConstraint(
                condition=Q(by_rule=False) | Q(by__isnull=True), name="severity_by_a_person_or_a_rule"
            ),
        )

    def __str__(self) -> str:
        return f"{self.severity} from {self.at:%Y-%m-%d %H:%M}"


class SeverityReason(models.Model):
    """Why Amends raises the severity of a case, once for each reason. ``upon``: the choice of a person that it adds to.
    ``raised``: the change that it brought about; unknown of old rows. ``earlier``: the failure that this one comes
    after. ``void_at``: when that turned out to be none."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="severity_reasons")
    reason = code(RaiseReason)
    at = models.DateTimeField()
    upon = models.ForeignKey(SeverityChange, on_delete=models.PROTECT, related_name="+")
    raised = models.ForeignKey(SeverityChange, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    earlier = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, blank=True, related_name="later_failures")
    void_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("at", "pk")
        constraints = (
            models.UniqueConstraint(fields=("case", "reason"), name="severity_reason_once"),
            models.CheckConstraint(
                condition=Q(earlier__isnull=True) | Q(reason=RaiseReason.SECOND_FAILURE),
                name="severity_reason_of_an_earlier_failure",
            ),
        )

    def __str__(self) -> str:
        return self.get_reason_display()
