"""What is stored: nouns with their constraints, indexes and scoped querysets. No behavior that spans rows."""

from cases.models.case import Case, Concern, Pause, SeverityChange, SeverityReason
from cases.models.commitments import Commitment
from cases.models.compensations import Compensation
from cases.models.contacts import Contact
from cases.models.customers import AddressQuestion, Customer
from cases.models.events import Event, PersonalChange
from cases.models.imports import ImportBatch
from cases.models.incidents import Category, Cause, Incident, PreventionAction
from cases.models.messages import MailboxTrouble, Message, StrayNotice, Taken
from cases.models.people import Absence, Team, User
from cases.models.policies import (
    AuthorityLimit,
    CalendarDay,
    CalendarWindow,
    DeadlinePolicy,
    DeadlineTarget,
    ReferenceCounter,
    ReminderLadder,
    RestitutionLimit,
    Submission,
    WorkingCalendar,
)
from cases.models.promises import Promise, PromiseRevision
from cases.models.reminders import Alarm, Reminder
from cases.models.satisfaction import CustomerLink, SatisfactionCheck
from cases.models.search import SearchText
from cases.models.steps import Acknowledgement, Approval, Correction, Step
from cases.models.sweeps import Lease, Sweep
from cases.models.updates import StatusUpdate
from cases.models.versions import Revision, Versioned
from cases.models.words import Apology, FollowUp, FollowUpChange

__all__ = [
    "Absence",
    "Acknowledgement",
    "AddressQuestion",
    "Alarm",
    "Apology",
    "Approval",
    "AuthorityLimit",
    "CalendarDay",
    "CalendarWindow",
    "Case",
    "Category",
    "Cause",
    "Commitment",
    "Compensation",
    "Concern",
    "Contact",
    "Correction",
    "Customer",
    "CustomerLink",
    "DeadlinePolicy",
    "DeadlineTarget",
    "Event",
    "FollowUp",
    "FollowUpChange",
    "ImportBatch",
    "Incident",
    "Lease",
    "MailboxTrouble",
    "Message",
    "Pause",
    "PersonalChange",
    "PreventionAction",
    "Promise",
    "PromiseRevision",
    "ReferenceCounter",
    "Reminder",
    "ReminderLadder",
    "RestitutionLimit",
    "Revision",
    "SatisfactionCheck",
    "SearchText",
    "SeverityChange",
    "SeverityReason",
    "StatusUpdate",
    "Step",
    "StrayNotice",
    "Submission",
    "Sweep",
    "Taken",
    "Team",
    "User",
    "Versioned",
    "WorkingCalendar",
]
