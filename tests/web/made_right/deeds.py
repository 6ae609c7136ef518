"""What staff and customers do in these tests."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

from django.test import Client
from django.utils import timezone

from cases.actions import apologies, compensations, steps
from cases.actions.compensations import Proposal
from cases.actions.submissions import new_key
from cases.models import Case, User
from cases.rules.evidence import AcknowledgementEvidence, ApologyEvidence
from cases.rules.vocabulary import (
    Channel,
    CompensationForm,
    CompensationNature,
    CompensationStatus,
    ExplanationStatus,
    ReadBack,
)

Address = Callable[[Case], str]
"""The address of the customer's page of a case."""


def acknowledge(case: Case, agent: User, at: datetime) -> None:
    said = AcknowledgementEvidence(
        channel=Channel.PHONE,
        read_back="Your parcel went to the old address",
        read_back_answer=ReadBack.AGREED,
        was_only_concern=True,
        ownership="I am Maya, and I own this.",
    )
    steps.acknowledge(case=case, evidence=said, actor=agent, now=at)


def apologize(case: Case, agent: User, at: datetime) -> None:
    said = ApologyEvidence(
        channel=Channel.PHONE,
        body="It was my mistake.",
        owns_it=True,
        explanation_status=ExplanationStatus.VERIFIED,
        explanation="The new address was never saved.",
    )
    apologies.speak_apology(case=case, evidence=said, actor=agent, now=at)


def give(case: Case, agent: User, at: datetime) -> None:
    proposal = Proposal(
        nature=CompensationNature.GOODWILL,
        form=CompensationForm.VOUCHER,
        what="Restaurant gift card",
        amount=Decimal(20),
        reason="A lost evening",
    )
    given = compensations.propose_compensation(case=case, proposal=proposal, actor=agent, now=at)
    compensations.move_compensation(compensation=given, to=CompensationStatus.ISSUED, actor=agent, now=at, note="R-17")


def feel(client: Client, address: str, **typed: str) -> int:
    """Send an answer; returns the status."""
    return client.post(address, {"key": new_key(timezone.now()), **typed}).status_code


def answers(case: Case) -> list[tuple[str, str]]:
    return list(case.satisfaction_checks.values_list("status", "answer"))
