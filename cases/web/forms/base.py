"""What every form shares that changes something: it acts once, on the version it was drawn from, and loses nothing."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, cast

from django import forms
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from cases.actions import records, submissions, turns
from cases.actions.submissions import Sent
from cases.errors import (
    AmendsError,
    ConflictError,
    GuardError,
    NotAllowedError,
    ResentError,
    SentBeforeError,
    UnknownKeyError,
)
from cases.rules import reach
from cases.web.forms.unused import ask_back
from cases.web.forms.zones import say_whose_clock, twice

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from django.db.models import Model, QuerySet
    from django.http import QueryDict

    from cases.models import Case, CustomerLink, Team, User, Versioned
    from cases.rules.vocabulary import Channel


_DIGITS = 10
"""Of no version."""


@dataclass(frozen=True, slots=True)
class Button:
    """A way to send a form. ``value`` tells ``run`` which one was chosen; the first is the primary one."""

    label: str
    icon: str = "check"
    value: str = ""


class ActionForm(forms.Form):
    """A form that becomes one action.

    ``key`` makes a double click or a repeated post act once. A subclass says in ``run`` which action it is, in ``done``
    what the person reads afterwards, and in ``about`` which record it is about.
    """

    heading: ClassVar[str] = ""
    lead: ClassVar[str] = ""
    done: ClassVar[str] = "Saved."
    buttons: ClassVar[tuple[Button, ...]] = (Button("Save"),)
    folded: ClassVar[tuple[str, ...]] = ()
    """Fields that are seldom needed: they stand behind a fold, which opens when one of them has an error."""
    unused: ClassVar[Mapping[str, Mapping[str, str]]] = MappingProxyType({})
    """By button: fields that it does not use, each with the sentence for whoever filled it in all the same."""
    suggestions: Mapping[str, Sequence[tuple[str, str]]] = MappingProxyType({})
    """Values with a word beside each, by the name of the list that a field offers."""

    key = forms.CharField(
        label="Form",
        widget=forms.HiddenInput,
        error_messages={"required": "It came without its key: look at it again, then send it."},
    )

    def __init__(self, data: QueryDict | None = None, *, actor: User | None, **options: Any) -> None:
        initial = {**(options.pop("initial", None) or {}), "key": submissions.new_key(timezone.now())}
        super().__init__(data, initial=initial, **options)
        self.actor = actor
        self.add_fields()
        self._say_what_is_needed()
        self.address = ""
        """The page that shows what this form makes; the view knows it."""
        self.conflict: ConflictError | None = None
        say_whose_clock(self, self.teams())
        self.conflicts: tuple[str, ...] = ()
        """What happened meanwhile."""
        self.sent_before: SentBeforeError | None = None
        self.result: object = None

    def add_fields(self) -> None:
        """Those that depend on what the form is about. Most forms have none."""

    def teams(self) -> Iterable[Team | None]:
        """Whose working time the moments on this form are about."""
        return self.actor.teams.all() if self.actor is not None else ()

    @property
    def main_fields(self) -> list[forms.BoundField]:
        return [field for field in self.visible_fields() if field.name not in self.folded]

    @property
    def folded_fields(self) -> list[forms.BoundField]:
        return [field for field in self.visible_fields() if field.name in self.folded]

    @property
    def is_unfolded(self) -> bool:
        return any(name in self.errors for name in self.folded) if self.is_bound else False

    @property
    def staff(self) -> User:
        """The member of staff who acts; forms of the customer's page have none."""
        if self.actor is None:
            raise PermissionDenied
        return self.actor

    @property
    def sender_link(self) -> CustomerLink | None:
        """The link that stands for a customer, who has no account."""
        return None

    @property
    def how(self) -> str:
        """The value of the button that was pressed; of the first one, when it was the Enter key."""
        pressed = str(self.data.get("how", ""))
        return pressed if any(button.value == pressed for button in self.buttons) else self.buttons[0].value

    @property
    def said(self) -> str:
        """What the person reads after it was done."""
        return self.done

    @property
    def remarks(self) -> list[str]:
        """What the person should know about how the form was read."""
        return twice(self)

    @property
    def about(self) -> str:
        """The record that the form is about, for its digest."""
        return ""

    @property
    def resent(self) -> ResentError | None:
        """When and where this form recorded something else before."""
        return self.conflict if isinstance(self.conflict, ResentError) else None

    @property
    def shown_buttons(self) -> tuple[Button, ...]:
        """Of a form that recorded something else before, one that sends the new words as well."""
        return (Button("Send as new", "send", self.how),) if self.resent else self.buttons

    @property
    def page_status(self) -> int:
        """Of the page that gives this form back."""
        if self.conflict is not None:
            return 409
        return 422 if self.is_bound and self.errors else 200

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or self.cleaned_data
        for name, sentence in self.unused.get(self.how, {}).items():
            ask_back(self, (name,), sentence)
        return typed

    def run(self, now: datetime) -> object:
        """Call the one action that this form stands for, with ``cleaned_data``."""
        raise NotImplementedError

    def act(self) -> bool:
        """Validate and act, once. ``False``: look at the errors; everything that was typed is still there.

        The key is looked at first, because what was recorded may make the same form invalid.
        Raises ``PermissionDenied`` where the action is not this person's to take.
        """
        now = timezone.now()
        try:
            if self.as_posted.key:
                submissions.check_key(self.as_posted, now=now)
            if not self.is_valid():
                self._mend_key(now)
                return False
            self.result = self.submit(now)
        except SentBeforeError as before:
            self.sent_before = before
        except NotAllowedError as error:
            raise PermissionDenied(str(error)) from error
        except AmendsError as error:
            self._refuse(error)
            return False
        return True

    def submit(self, now: datetime) -> object:
        return submissions.once(
            lambda: self.run(now), sent=self.as_posted, now=now, address=self.address_of, check=self.check_version
        )

    def check_version(self) -> None:
        """Refuse to act on a newer record than the person has seen. Most forms change none."""

    def address_of(self, made: object) -> str:  # noqa: ARG002  # some forms lead to what they made
        return self.address

    @property
    def as_posted(self) -> Sent:
        """This form as it was posted."""
        posted = cast("QueryDict", self.data)
        about = f"{type(self).__qualname__} {self.about}"
        files = [(name, [one.name or "" for one in self.files.getlist(name)]) for name in self.files]
        digest = submissions.digest_of([*posted.lists(), *files], about=about)
        return Sent(key=str(posted.get("key", "")), digest=digest, actor=self.actor, link=self.sender_link)

    def _say_what_is_needed(self) -> None:
        """Instead of "This field is required". Django's own sentence is told by identity: to compare the words would
        translate them, once a field."""
        djangos = forms.Field.default_error_messages["required"]
        for field in self.fields.values():
            if field.error_messages.get("required") is djangos:
                picks = isinstance(field, forms.ChoiceField)
                field.error_messages["required"] = "Choose one of these." if picks else "Please fill this in."

    def _refuse(self, error: AmendsError) -> None:
        if isinstance(error, ConflictError):
            self._give_back(error)
        if isinstance(error, GuardError):
            for sentence in error.missing:
                self.add_error(None, sentence)
            return
        self.add_error(error.field if error.field in self.fields else None, error.sentence)

    def _give_back(self, error: ConflictError) -> None:
        """After a conflict to look at: with a key that may act."""
        self.conflict, self.conflicts = error, error.changes
        if isinstance(error, ResentError | UnknownKeyError):
            self._hide("key", submissions.new_key(timezone.now()))

    def _mend_key(self, now: datetime) -> None:
        if "key" in self.errors:
            self._hide("key", submissions.new_key(now))

    def _hide(self, name: str, value: object) -> None:
        """Change what a hidden field sends next."""
        seen = cast("QueryDict", self.data).copy()
        seen[name] = str(value)
        self.data = seen


class CaseForm(ActionForm):
    """A form on a case. ``version`` is the case as the person saw it: on a newer one, nothing is done unseen."""

    is_contact: ClassVar[bool] = False
    """Whether it is filled in while one talks or writes to the customer: what to ask after stands above it."""
    is_spoken: ClassVar[bool] = False
    """Whether its channel is asked for words that were spoken, not written."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, data: QueryDict | None = None, *, case: Case, actor: User | None, **options: Any) -> None:
        initial = {"channel": self._channel(case), **(options.pop("initial", None) or {}), "version": case.version}
        self.case = case
        super().__init__(data, actor=actor, initial=initial, **options)

    def teams(self) -> Iterable[Team | None]:
        return (self.case.team,)

    @property
    def about(self) -> str:
        return self.case.reference

    def _channel(self, case: Case) -> Channel:
        """What is proposed: the channel by which the customer came, where they can be reached by it."""
        customer, wanted = case.customer, (case.channel, case.customer.preferred_channel)
        has_phone, has_email = bool(customer.phone), bool(customer.email)
        return reach.proposed(wanted, has_phone=has_phone, has_email=has_email, live=self.is_spoken)

    def check_version(self) -> None:
        turns.check_version(self.case, self.cleaned_data["version"], self.actor)

    def _give_back(self, error: ConflictError) -> None:
        super()._give_back(error)
        self.case.refresh_from_db()
        seen = _number(self.data.get("version"))
        if not self.conflicts and seen is not None:
            self.conflicts = tuple(turns.changes_since(self.case, seen))
        self._hide("version", self.case.version)


class LetterForm(CaseForm):
    """A form whose words can leave as a mail. Without an address it says so at its top, and offers no sending."""

    is_spoken = True

    @property
    def lacks_address(self) -> bool:
        return not self.case.customer.email

    @property
    def shown_buttons(self) -> tuple[Button, ...]:
        buttons = super().shown_buttons
        return tuple(button for button in buttons if button.value != "send") if self.lacks_address else buttons


class RecordForm(ActionForm):
    """A form that changes a stored record: on a newer version than the person saw, nothing is done unseen."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, data: QueryDict | None = None, *, record: Versioned, actor: User | None, **options: Any) -> None:
        initial = {**(options.pop("initial", None) or {}), "version": record.version}
        super().__init__(data, actor=actor, initial=initial, **options)
        self.record = record

    @property
    def about(self) -> str:
        return f"{self.record.kind_of_record} {self.record.pk}"

    def check_version(self) -> None:
        records.check_version(self.record, self.cleaned_data["version"], self.actor)

    def _give_back(self, error: ConflictError) -> None:
        super()._give_back(error)
        self.record.refresh_from_db()
        seen = _number(self.data.get("version"))
        if not self.conflicts and seen is not None:
            self.conflicts = tuple(records.changes_since(self.record, seen))
        self._hide("version", self.record.version)


class ThingForm(CaseForm):
    """A form about one thing of a case: ``of`` is its public key, ``things`` names the case's relation."""

    things: ClassVar[str] = ""

    of = forms.UUIDField(widget=forms.HiddenInput, error_messages={"required": "Choose it on the page of the case."})

    def clean_of(self) -> Model:
        rows: QuerySet[Model] = getattr(self.case, self.things)
        thing = rows.filter(public_id=self.cleaned_data["of"]).first()
        if thing is None:
            raise forms.ValidationError("This is not part of this case any more. Go back and look again.")
        return thing

    @property
    def subject(self) -> Model | None:
        """What the form is about, for its heading; none while the key is unknown."""
        key: UUID | str | None = self.data.get("of") if self.is_bound else self.initial.get("of")
        try:
            rows: QuerySet[Model] = getattr(self.case, self.things)
            return rows.filter(public_id=key).first() if key else None
        except (ValueError, forms.ValidationError):
            return None


def _number(posted: object) -> int | None:
    """A version as it was posted; none where it is no number that a database knows."""
    text = str(posted or "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < _DIGITS else None
