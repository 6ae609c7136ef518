"""Of what the steps produce: apologies, corrections, compensations, follow-ups; and of mail that did not arrive."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import ClassVar

from cases.actions.events.base import Facts, Sentence, Setting, labels, other_than, when, words
from cases.rules.money import Money
from cases.rules.vocabulary import (
    ApologyStatus,
    Channel,
    CompensationNature,
    CompensationStatus,
    EventKind,
    ExplanationStatus,
    FollowUpResponse,
    FollowUpSays,
    MessagePurpose,
    Payer,
    StepKind,
)


@dataclass(frozen=True, kw_only=True)
class ApologyDrafted(Facts):
    kind: ClassVar[EventKind] = EventKind.APOLOGY_DRAFTED


@dataclass(frozen=True, kw_only=True)
class ApologyReviewed(Facts):
    """``after``: in review, where a colleague was asked to look; draft again, where they have."""

    kind: ClassVar[EventKind] = EventKind.APOLOGY_REVIEWED
    after: ApologyStatus
    note: str = ""

    def sentence(self, setting: Setting) -> Sentence:
        is_asked = self.after is ApologyStatus.IN_REVIEW
        did = "asked a colleague to look at the apology" if is_asked else "reviewed the apology"
        return Sentence(did=did, texts=words(self.note))


@dataclass(frozen=True, kw_only=True)
class ApologyQueued(Facts):
    kind: ClassVar[EventKind] = EventKind.APOLOGY_QUEUED
    body: str
    message: str = ""

    def sentence(self, setting: Setting) -> Sentence:
        return Sentence(did=str(self.kind.label), texts=words(self.body))


@dataclass(frozen=True, kw_only=True)
class ApologySent(Facts):
    """Spoken, or taken by the mail server. ``message``: the public key of the mail; its row says where it went."""

    kind: ClassVar[EventKind] = EventKind.APOLOGY_SENT
    channel: Channel
    body: str
    message: str = ""
    explanation: str = ""
    explanation_status: ExplanationStatus | None = None

    def sentence(self, setting: Setting) -> Sentence:
        known = (f"Cause: {self.explanation_status.label.lower()}",) if self.explanation_status else ()
        return Sentence(did="apologized", texts=words(self.body, self.explanation), tags=labels(self.channel) + known)


@dataclass(frozen=True, kw_only=True)
class _NotArrived(Facts):
    """``owed_again``: the step that the mail had completed. ``error``: what the mail server said."""

    kind: ClassVar[EventKind] = EventKind.MESSAGE_BOUNCED
    error: str
    owed_again: StepKind | None = None
    message: str = ""

    def sentence(self, setting: Setting) -> Sentence:
        return Sentence(did=str(self.kind.label), texts=words(self.error), tags=self._tags())

    def _tags(self) -> tuple[str, ...]:
        return (f"“{self.owed_again.heading}” is owed again",) if self.owed_again else ()


@dataclass(frozen=True, kw_only=True)
class ApologyBounced(_NotArrived):
    kind: ClassVar[EventKind] = EventKind.APOLOGY_BOUNCED


@dataclass(frozen=True, kw_only=True)
class FollowUpBounced(_NotArrived):
    kind: ClassVar[EventKind] = EventKind.FOLLOW_UP_BOUNCED


@dataclass(frozen=True, kw_only=True)
class MessageLost(_NotArrived):
    kind: ClassVar[EventKind] = EventKind.MESSAGE_BOUNCED
    purpose: MessagePurpose | None = None

    def _tags(self) -> tuple[str, ...]:
        return labels(self.purpose) + super()._tags()


@dataclass(frozen=True, kw_only=True)
class MessageFailed(MessageLost):
    kind: ClassVar[EventKind] = EventKind.MESSAGE_FAILED


@dataclass(frozen=True, kw_only=True)
class MessageBounced(MessageLost):
    kind: ClassVar[EventKind] = EventKind.MESSAGE_BOUNCED


@dataclass(frozen=True, kw_only=True)
class CorrectionPlanned(Facts):
    kind: ClassVar[EventKind] = EventKind.CORRECTION_PLANNED
    what: str
    agreed_for: datetime | None = None

    def sentence(self, setting: Setting) -> Sentence:
        moments = when(the_customer_chose=self.agreed_for)
        return Sentence(did="planned the fix", texts=words(self.what), moments=moments)


@dataclass(frozen=True, kw_only=True)
class _Corrected(Facts):
    """``because``: why it cannot be put right, or did not hold. ``alternative``: what was done instead."""

    kind: ClassVar[EventKind] = EventKind.CORRECTION_DONE
    what: str
    because: str = ""
    alternative: str = ""

    def sentence(self, setting: Setting) -> Sentence:
        return Sentence(did=str(self.kind.label), texts=words(self.what, self.because, self.alternative))


@dataclass(frozen=True, kw_only=True)
class CorrectionDone(_Corrected):
    kind: ClassVar[EventKind] = EventKind.CORRECTION_DONE


@dataclass(frozen=True, kw_only=True)
class CorrectionImpossible(_Corrected):
    kind: ClassVar[EventKind] = EventKind.CORRECTION_IMPOSSIBLE


@dataclass(frozen=True, kw_only=True)
class CorrectionFailed(_Corrected):
    kind: ClassVar[EventKind] = EventKind.CORRECTION_FAILED


@dataclass(frozen=True, kw_only=True)
class _Given(Facts):
    """``recipient``: a name, of somebody else than the customer. Old rows have the customer's, too."""

    kind: ClassVar[EventKind] = EventKind.COMPENSATION_PROPOSED
    what: str
    amount: Decimal
    currency: str
    nature: CompensationNature
    after: CompensationStatus
    recipient: str = ""
    recipient_reason: str = ""
    is_third_party: bool | None = None
    """Whether it is for somebody else. None: recorded before that was kept."""
    paid_by: Payer = Payer.US

    def _tags(self, setting: Setting) -> tuple[str, ...]:
        amount = str(Money(self.amount, self.currency)).strip()
        is_customer = None if self.is_third_party is None else not self.is_third_party
        other = other_than(setting.customer, self.recipient, is_same=is_customer)
        payer = self.paid_by if self.paid_by is not Payer.US else None
        return (*labels(self.nature), amount, *words(other and f"for {other}"), *labels(payer))


@dataclass(frozen=True, kw_only=True)
class CompensationProposed(_Given):
    """``reason``: why this much, or how the loss was proven."""

    kind: ClassVar[EventKind] = EventKind.COMPENSATION_PROPOSED
    reason: str = ""
    asked_to: str = ""

    def sentence(self, setting: Setting) -> Sentence:
        return Sentence(
            did="proposed a compensation",
            texts=words(self.what, self.reason, self.recipient_reason),
            tags=(*self._tags(setting), *words(self.asked_to and f"asked {self.asked_to}")),
            after=str(self.after.label),
        )


_MOVED = {
    CompensationStatus.APPROVED: "approved a compensation",
    CompensationStatus.DECLINED: "did not approve a compensation",
    CompensationStatus.OFFERED: "offered a compensation",
    CompensationStatus.ACCEPTED: "recorded that the customer accepted a compensation",
    CompensationStatus.REFUSED: "recorded that the customer refused a compensation",
    CompensationStatus.ISSUED: "issued a compensation",
    CompensationStatus.RECEIVED: "recorded that a compensation was received",
    CompensationStatus.WITHDRAWN: "withdrew a compensation",
}


@dataclass(frozen=True, kw_only=True)
class CompensationChanged(_Given):
    kind: ClassVar[EventKind] = EventKind.COMPENSATION_CHANGED
    before: CompensationStatus
    note: str = ""

    def sentence(self, setting: Setting) -> Sentence:
        return Sentence(
            did="recorded who pays" if self.before is self.after else _MOVED.get(self.after, str(self.kind.label)),
            texts=words(self.what, self.note),
            tags=self._tags(setting),
            before=str(self.before.label),
            after=str(self.after.label),
        )


@dataclass(frozen=True, kw_only=True)
class FollowUpDrafted(Facts):
    kind: ClassVar[EventKind] = EventKind.FOLLOW_UP_DRAFTED


@dataclass(frozen=True, kw_only=True)
class FollowUpQueued(Facts):
    kind: ClassVar[EventKind] = EventKind.FOLLOW_UP_QUEUED
    message: str = ""


@dataclass(frozen=True, kw_only=True)
class FollowUpSent(Facts):
    """Spoken, or taken by the mail server. ``changes`` are told in ``body`` as well. Older rows have no ``says``."""

    kind: ClassVar[EventKind] = EventKind.FOLLOW_UP_SENT
    channel: Channel
    examined: str
    found: str
    body: str
    changes: tuple[str, ...] = ()
    message: str = ""
    says: FollowUpSays | None = None

    def sentence(self, setting: Setting) -> Sentence:
        older = "told the customer what changed" if self.changes else "told the customer what we found"
        did = str(self.says.label) if self.says else older
        looked_into = self.examined and f"Looked into: {self.examined}"
        return Sentence(did=did, texts=words(self.body, looked_into, self.found), tags=labels(self.channel))


@dataclass(frozen=True, kw_only=True)
class FollowUpAnswered(Facts):
    kind: ClassVar[EventKind] = EventKind.FOLLOW_UP_RESPONSE
    response: FollowUpResponse

    def sentence(self, setting: Setting) -> Sentence:
        return Sentence(did="recorded what came of the follow-up", tags=labels(self.response))
