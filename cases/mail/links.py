"""Addresses in mails: plain paths below ``AMENDS_BASE_URL``, because mail may not ask the web for them.

A test of the house holds them against the web's own addresses.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.core import signing

from cases.mail import tokens

if TYPE_CHECKING:
    from cases.models import Approval, Case, Compensation, CustomerLink, Incident, Message, Promise
    from cases.rules.vocabulary import StepKind


def case_page(case: Case) -> str:
    return f"{settings.AMENDS_BASE_URL}/cases/{case.reference}/"


def step_form(case: Case, kind: StepKind) -> str:
    """Straight to the form that completes this step."""
    return f"{case_page(case)}?step={kind}"


def log_contact(case: Case) -> str:
    return f"{case_page(case)}do/contact/"


def later_answer(case: Case) -> str:
    """Where somebody says what came of an answer after closing."""
    return f"{case_page(case)}do/settle-answer/"


def decision(case: Case, approval: Approval) -> str:
    """Where the second person decides."""
    return f"{case_page(case)}do/decide/?of={approval.public_id}"


def approval(case: Case, compensation: Compensation) -> str:
    """Where somebody with enough authority approves it or not."""
    return f"{case_page(case)}do/approve/?of={compensation.public_id}"


def promise(case: Case, promise: Promise) -> str:
    return f"{case_page(case)}#promise-{promise.public_id}"


def incident_page(incident: Incident) -> str:
    return f"{settings.AMENDS_BASE_URL}/learning/{incident.reference}/"


_CUSTOMER_LINK = "amends.customer-link"


def token_of(link: CustomerLink) -> str:
    """What opens the customer's page."""
    return signing.Signer(salt=_CUSTOMER_LINK).sign(str(link.public_id))


def link_in(token: str) -> str | None:
    """The public key of the link; ``None`` where the token is not ours."""
    try:
        return signing.Signer(salt=_CUSTOMER_LINK).unsign(token)
    except signing.BadSignature:
        return None


def confirm_address(case: Case) -> str:
    """Where somebody says that a changed mail address is the customer's."""
    return f"{case_page(case)}do/confirm-address/"


def customer_page(token: str) -> str:
    return f"{settings.AMENDS_BASE_URL}/made-right/{token}/"


def my_work() -> str:
    return f"{settings.AMENDS_BASE_URL}/"


def reminders() -> str:
    """What was sent, held and failed, and what comes next."""
    return f"{settings.AMENDS_BASE_URL}/reminders/"


def profile() -> str:
    """Where a person changes which mails they get."""
    return f"{settings.AMENDS_BASE_URL}/profile/"


def seen(message: Message) -> str:
    """Where its reader says, without signing in, that they have seen it."""
    return f"{settings.AMENDS_BASE_URL}/mail/{tokens.token(message.public_id, tokens.SEEN)}/seen/"


def stop_early(message: Message) -> str:
    """Where its reader, or their mail program, asks for no more mail about what is not late yet (RFC 8058)."""
    return f"{settings.AMENDS_BASE_URL}/mail/{tokens.token(message.public_id, tokens.STOP)}/stop/"
