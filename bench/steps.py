"""What each of the six steps leaves behind when it is settled, as its action would have written it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from bench import words
from cases import models
from cases.actions.events import (
    ApologySent,
    CompensationChanged,
    CompensationProposed,
    CorrectionDone,
    CustomerAnswered,
    FollowUpSent,
    StepSettled,
)
from cases.rules.vocabulary import (
    Answer,
    ApologyStatus,
    Audience,
    Channel,
    CheckStatus,
    CompensationForm,
    CompensationNature,
    CompensationStatus,
    CorrectionStatus,
    Direction,
    ExplanationStatus,
    FollowUpStatus,
    MessagePurpose,
    MessageStatus,
    Outcome,
    Reaction,
    ReadBack,
    StepKind,
)

if TYPE_CHECKING:
    from datetime import datetime
    from random import Random

    from bench.copying import Tables
    from bench.story import Story

_BY_MAIL, _GIVEN, _RETURNED = 0.5, 0.55, 0.2
"""Shares: of apologies that are written, of cases in which something is given, and of that, what returns a loss."""
_MINUTE, _HOUR = timedelta(minutes=1), timedelta(hours=1)


class Steps:
    """Writes what a step produced: one method a step, named like it."""

    def __init__(self, tables: Tables, *, chance: Random) -> None:
        self._tables, self._chance = tables, chance

    def leave(self, story: Story, kind: StepKind, *, number: int, at: datetime, step: int) -> None:
        """``number``: of the round. ``step``: the key of its row."""
        if kind is StepKind.ACKNOWLEDGE:
            self._acknowledge(story, at, step)
            return
        left = {
            StepKind.APOLOGIZE: self._apologize,
            StepKind.CORRECT: self._correct,
            StepKind.COMPENSATE: self._compensate,
            StepKind.CONFIRM: self._confirm,
            StepKind.FOLLOW_UP: self._follow_up,
        }
        left[kind](story, number, at)

    def contact(self, story: Story, at: datetime, direction: Direction, channel: Channel, summary: str) -> int:
        key = self._tables.next_key(models.Contact)
        self._tables.add(
            models.Contact,
            id=key,
            case_id=story.key,
            at=at,
            direction=direction,
            channel=channel,
            by_id=story.agent.key,
            summary=summary,
            is_chase=direction is Direction.IN and at > story.known_at,
        )
        return key

    def _acknowledge(self, story: Story, at: datetime, step: int) -> None:
        self._tables.add(
            models.Acknowledgement,
            step_id=step,
            contact_id=self.contact(story, at, Direction.OUT, Channel.PHONE, words.READ_BACK),
            read_back=words.READ_BACK,
            read_back_answer=ReadBack.AGREED,
            was_only_concern=True,
            ownership=words.OWNERSHIP,
        )
        story.tell(
            at,
            StepSettled(
                step=StepKind.ACKNOWLEDGE,
                channel=Channel.PHONE,
                read_back=words.READ_BACK,
                read_back_answer=ReadBack.AGREED,
                ownership=words.OWNERSHIP,
                reaction=Reaction.CALM,
            ),
        )

    def _apologize(self, story: Story, number: int, at: datetime) -> None:
        is_mail = self._chance.random() < _BY_MAIL
        said: dict[str, Any] = {
            "channel": Channel.EMAIL if is_mail else Channel.PHONE,
            "body": words.APOLOGY,
            "explanation": words.EXPLANATION,
            "explanation_status": ExplanationStatus.VERIFIED,
        }
        self._tables.add(
            models.Apology,
            case_id=story.key,
            round=number,
            status=ApologyStatus.SENT if is_mail else ApologyStatus.SPOKEN,
            **said,
            author_id=story.agent.key,
            created_at=at - _MINUTE,
            sent_at=at,
            message_id=self._message(story, MessagePurpose.APOLOGY, words.APOLOGY, at) if is_mail else None,
        )
        story.tell(at, ApologySent(**said))

    def _correct(self, story: Story, number: int, at: datetime) -> None:
        self._tables.add(
            models.Correction,
            case_id=story.key,
            round=number,
            status=CorrectionStatus.DONE,
            what=words.FIX,
            planned_at=at - _HOUR,
            settled_at=at,
            by_id=story.agent.key,
        )
        story.tell(at, CorrectionDone(what=words.FIX))

    def _compensate(self, story: Story, number: int, at: datetime) -> None:
        if self._chance.random() > _GIVEN:
            reason = "The customer lost nothing, and wanted nothing but the fix."
            story.tell(at, StepSettled(step=StepKind.COMPENSATE, none_because=reason))
            return
        is_returned = self._chance.random() < _RETURNED
        given: dict[str, Any] = {
            "what": self._chance.choice(words.GIFTS),
            "amount": Decimal(self._chance.randrange(1_000, 12_000)) / 100,
            "currency": "USD",
            "nature": CompensationNature.RESTITUTION if is_returned else CompensationNature.GOODWILL,
        }
        proposed = max(story.known_at + _MINUTE, at - 20 * _HOUR)
        self._tables.add(
            models.Compensation,
            case_id=story.key,
            round=number,
            form=CompensationForm.VOUCHER,
            status=CompensationStatus.ISSUED,
            **given,
            recipient=story.name,
            proposed_by_id=story.agent.key,
            proposed_at=proposed,
            delivered_at=at,
        )
        before, after = CompensationStatus.APPROVED, CompensationStatus.ISSUED
        story.tell(proposed, CompensationProposed(after=before, **given))
        story.tell(at, CompensationChanged(before=before, after=after, **given))

    def _confirm(self, story: Story, number: int, at: datetime) -> None:
        wants_more = number < len(story.life.rounds)
        is_silent = story.ends in {Outcome.RESOLVED_NO_ANSWER, Outcome.NO_CONTACT_POSSIBLE} and not wants_more
        score = 2 if wants_more else self._chance.choices((5, 4, 3, 2), (48, 34, 12, 6))[0]
        answer = Answer.WANTS_MORE if wants_more else Answer.SATISFIED
        self._tables.add(
            models.SatisfactionCheck,
            case_id=story.key,
            round=number,
            status=CheckStatus.NO_ANSWER if is_silent else CheckStatus.ANSWERED,
            channel=Channel.PHONE,
            asked_at=at - _MINUTE,
            asked_by_id=story.agent.key,
            answered_at=None if is_silent else at,
            answer="" if is_silent else answer,
            score=None if is_silent else score,
            words="" if is_silent else words.PLEASED,
        )
        if is_silent:
            story.tell(at, StepSettled(step=StepKind.CONFIRM, no_answer=True))
            return
        self.contact(story, at, Direction.OUT, Channel.PHONE, words.PLEASED)
        story.tell(at, CustomerAnswered(answer=answer, score=score, words=words.PLEASED))

    def _follow_up(self, story: Story, number: int, at: datetime) -> None:
        said: dict[str, Any] = {
            "channel": Channel.EMAIL,
            "examined": words.EXAMINED,
            "found": words.FOUND,
            "body": words.LETTER,
        }
        self._tables.add(
            models.FollowUp,
            case_id=story.key,
            round=number,
            status=FollowUpStatus.SENT,
            **said,
            author_id=story.agent.key,
            created_at=at - _MINUTE,
            sent_at=at,
            message_id=self._message(story, MessagePurpose.FOLLOW_UP, words.LETTER, at),
        )
        story.tell(at, FollowUpSent(**said))

    def _message(self, story: Story, purpose: MessagePurpose, text: str, at: datetime) -> int:
        key = self._tables.next_key(models.Message)
        self._tables.add(
            models.Message,
            id=key,
            case_id=story.key,
            purpose=purpose,
            audience=Audience.CUSTOMER,
            status=MessageStatus.SENT,
            to_address=story.address,
            subject=story.title,
            text=text,
            html=f"<p>{text}</p>",
            created_at=at,
            sent_at=at,
            concluded_at=at,
        )
        return key
