"""The columns of a table of cases. The export writes them, and the import of such a table reads the same names."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cases.rules.vocabulary import CompensationNature, StepKind

KEY = "Key"
REFERENCE = "Reference"
CUSTOMER = "Customer"
CUSTOMER_KEY = "Customer key"
EMAIL = "Mail address"
TITLE = "What went wrong"
SUBJECT = "What the customer reads"
WANTS = "What the customer would like"
NEEDED_BY = "Needed by"
ATTEMPT = "Attempt"
TEAM = "Team"
SEVERITY = "Severity"
CHANNEL = "Channel"
ORIGIN = "Noticed by"
HAPPENED = "Happened"
KNOWN = "Known"
LOGGED = "Logged"
CLOSED = "Closed"
OUTCOME = "Outcome"
OUTCOME_REASON = "Outcome reason"
INCIDENT = "Incident"
CATEGORY = "Category"
CAUSE = "Cause"
CAUSE_STATUS = "Cause is"
BUSINESS_UNIT = "Business unit"
ANSWER = "Answer"
SCORE = "Score"
PROMISES_KEPT = "Promises kept"
PROMISES_BROKEN = "Promises broken"
SOURCE = "Source"
SOURCE_REFERENCE = "Source reference"

YES = "yes"
NO = "no"
LEFT_OUT = "left out"
"""Whether a step was on time; a waived one was left out."""


def due(step: StepKind) -> str:
    return f"{step.heading}: due"


def settled(step: StepKind) -> str:
    return f"{step.heading}: settled"


def on_time(step: StepKind) -> str:
    return f"{step.heading}: on time"


PAID_BY_OTHERS = "Paid by others"


def given(nature: CompensationNature, currency: str) -> str:
    """The column of what was given of one nature in one currency, at our own cost: "Goodwill EUR"."""
    return f"{nature.value.capitalize()} {currency}"


def paid_by_others(currency: str) -> str:
    """The column of what others reimburse, whatever its nature."""
    return f"{PAID_BY_OTHERS} {currency}"
