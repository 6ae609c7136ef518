"""Who works here, in which team, by which clock."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self
from zoneinfo import ZoneInfo

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower

from cases.models.fields import Derived, Mail, Name, code, public_id
from cases.models.versions import Versioned
from cases.rules.addresses import canonical, folded
from cases.rules.folding import name_key
from cases.rules.vocabulary import Role

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime


class Team(Versioned):
    """People who answer for the same customers. ``manager`` is told when something of the team is not done in time."""

    public_id = public_id()
    name = models.CharField(max_length=80, unique=True)
    name_key = Derived(by=lambda team: name_key(team.name))
    calendar = models.ForeignKey("cases.WorkingCalendar", on_delete=models.PROTECT, related_name="teams")
    manager = models.ForeignKey(
        "cases.User",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="managed_teams",
    )
    lead = models.ForeignKey(
        "cases.User",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="May return losses up to the limit of a lead, in cases of this team.",
    )
    executive = models.ForeignKey(
        "cases.User",
        verbose_name="manager's manager",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Told when telling the manager has not helped.",
    )

    class Meta:
        ordering = ("name_key", "pk")

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """A person who may sign in; without a password, only after following the link of an invitation."""
        user = self.model(email=canonical(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(email, password, **{"role": Role.ADMINISTRATOR, "name": email, **fields})

    def get_by_natural_key(self, email: str | None) -> User:
        return self.get(email__iexact=folded(email or ""))


class User(Versioned, AbstractBaseUser):
    """A member of staff. Signs in by e-mail address; the role says what may be done (``cases.permissions``)."""

    public_id = public_id()
    email = Mail("e-mail address", max_length=254, unique=True)
    name = Name(max_length=120)
    name_key = Derived(by=lambda user: name_key(user.name or user.email))
    role = code(Role, default=Role.AGENT)
    teams = models.ManyToManyField(Team, related_name="members", blank=True)
    time_zone = models.CharField(max_length=64, default="UTC")
    calendar = models.ForeignKey(
        "cases.WorkingCalendar",
        verbose_name="working hours",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Read in the person's own time zone. Empty: the hours of their team.",
    )
    digest_at = models.TimeField(
        null=True, blank=True, help_text="The hour of the one mail a day about everything below critical."
    )
    most_reminders = models.PositiveSmallIntegerField(
        default=20, help_text="Reminder mails a day; what is held back is told in the next."
    )
    wants_early = models.BooleanField(default=True, help_text="Mails about what is not late yet.")
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(auto_now_add=True)
    unreachable_since = models.DateTimeField(
        "mail fails since",
        null=True,
        blank=True,
        help_text="When their mail server first refused our mail for good.",
    )
    unreachable_because = models.CharField("what their mail server said", max_length=500, blank=True)

    objects = UserManager()

    EMAIL_FIELD = "email"
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        ordering = ("name_key", "pk")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(email=Lower("email")),
                name="user_email_lower",
                violation_error_message="Write the address in small letters.",
            ),
            models.CheckConstraint(
                condition=models.Q(most_reminders__gte=1),
                name="user_most_reminders",
                violation_error_message="Allow at least one mail a day.",
            ),
        )

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def is_manager(self) -> bool:
        return self.role in {Role.MANAGER, Role.ADMINISTRATOR}

    @property
    def is_administrator(self) -> bool:
        return self.role == Role.ADMINISTRATOR

    @property
    def is_staff(self) -> bool:
        """May open the settings pages (Django's admin asks for this name)."""
        return self.is_active and self.is_administrator

    @property
    def is_superuser(self) -> bool:
        return self.is_staff

    @property
    def zone(self) -> ZoneInfo:
        """UTC where the machine knows their zone no longer: they are reminded at odd hours, and not never."""
        try:
            return ZoneInfo(self.time_zone)
        except (KeyError, ValueError):
            return ZoneInfo("UTC")

    @property
    def initials(self) -> str:
        words = self.name.split() or [self.email]
        return "".join(word[0] for word in (words[0], *words[1:][-1:])).upper()

    def has_perm(self, permission: str, _subject: object = None) -> bool:
        """Settings pages of our own nouns only; cases are decided by ``cases.permissions``."""
        return self.is_staff and permission.startswith("cases.")

    def has_perms(self, permissions: Iterable[str], _subject: object = None) -> bool:
        return all(self.has_perm(permission) for permission in permissions)

    def has_module_perms(self, app: str) -> bool:
        return self.is_staff and app == "cases"

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name.split()[0] if self.name.split() else self.email


class AbsenceQuerySet(models.QuerySet["Absence"]):
    def at(self, now: datetime) -> Self:
        return self.filter(start__lte=now, end__gt=now)


class Absence(models.Model):
    """Somebody is away, and who stands in for them."""

    public_id = public_id()
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="absences")
    start = models.DateTimeField()
    end = models.DateTimeField(db_index=True)
    substitute = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects = models.Manager.from_queryset(AbsenceQuerySet)()

    class Meta:
        ordering = ("start",)
        constraints = (
            models.CheckConstraint(condition=models.Q(end__gt=models.F("start")), name="absence_ends_after_start"),
            models.CheckConstraint(
                condition=models.Q(substitute__isnull=True) | ~models.Q(substitute=models.F("user")),
                name="absence_substitute_is_another",
            ),
        )

    def __str__(self) -> str:
        return f"{self.user}: {self.start:%Y-%m-%d} to {self.end:%Y-%m-%d}"
