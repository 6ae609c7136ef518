"""The words of service recovery as enumerations: codes that are stored, labels, icons and colors that are shown.

The one place in ``rules`` that touches Django (``TextChoices`` carries code and label together). No decision is taken
here.
"""

from __future__ import annotations

from typing import Self

from django.db.models import TextChoices


class Severity(TextChoices):
    """How badly the customer was hurt. Account value is never an input to it (domain.md, "Severity")."""

    MINOR = "minor", "Minor"
    MODERATE = "moderate", "Moderate"
    MAJOR = "major", "Major"
    CRITICAL = "critical", "Critical"

    @property
    def rank(self) -> int:
        """1 for minor to 4 for critical, so that severities can be compared."""
        return list(Severity).index(self) + 1

    @property
    def meaning(self) -> str:
        return {
            Severity.MINOR: "An annoyance; nothing was lost",
            Severity.MODERATE: "It cost time or money, and it can be put right",
            Severity.MAJOR: "A lost day, event or large sum; public or repeated; a broken promise",
            Severity.CRITICAL: "Safety, health, security, privacy, a vulnerable customer, or many customers",
        }[self]

    def raised(self) -> Severity:
        """One level up, to major at most: only a person calls a case critical (domain.md, F)."""
        return list(Severity)[self.rank] if self.rank < Severity.MAJOR.rank else self

    def lowered(self) -> Severity:
        """One level down; minor stays minor."""
        return list(Severity)[max(self.rank - 2, 0)]


class RaiseReason(TextChoices):
    """Why Amends itself raises a severity, once for each reason and case (domain.md, "Severity" and F)."""

    ATTEMPT = "attempt", "It was not the first attempt at the same service"
    SECOND_FAILURE = "second_failure", "Second failure for this customer within a year"
    BROKEN_PROMISE = "broken_promise", "A promise was broken"

    @property
    def is_known_at_logging(self) -> bool:
        """Such reasons add one level in all."""
        return self is not RaiseReason.BROKEN_PROMISE


class CriticalGround(TextChoices):
    """Why a person calls a case critical (domain.md, F)."""

    SAFETY = "safety", "Somebody's safety"
    HEALTH = "health", "Somebody's health, or a vulnerable customer"
    SECURITY = "security", "Security"
    PRIVACY = "privacy", "Privacy"
    MANY_CUSTOMERS = "many_customers", "Ten customers or more were hurt by the same incident"
    NOT_RECORDED = "not_recorded", "Not recorded"
    """Of old and imported cases."""

    @property
    def is_danger(self) -> bool:
        """Whether it is to be made safe first. Where nobody wrote down why, it may be."""
        return self is not CriticalGround.MANY_CUSTOMERS


class StepKind(TextChoices):
    """The six steps, in their order."""

    ACKNOWLEDGE = "acknowledge", "Acknowledge"
    APOLOGIZE = "apologize", "Apologize"
    CORRECT = "correct", "Correct"
    COMPENSATE = "compensate", "Compensate"
    CONFIRM = "confirm", "Confirm"
    FOLLOW_UP = "follow_up", "Follow up"

    @property
    def number(self) -> int:
        """1 to 6, as the rail shows it."""
        return list(StepKind).index(self) + 1

    @property
    def icon(self) -> str:
        return {
            StepKind.ACKNOWLEDGE: "phone",
            StepKind.APOLOGIZE: "message-2-heart",
            StepKind.CORRECT: "tool",
            StepKind.COMPENSATE: "gift",
            StepKind.CONFIRM: "mood-smile",
            StepKind.FOLLOW_UP: "mail-forward",
        }[self]

    @property
    def heading(self) -> str:
        """The full name of the step, as a heading."""
        return {
            StepKind.APOLOGIZE: "Apologize and explain",
            StepKind.CONFIRM: "Confirm satisfaction",
        }.get(self, str(self.label))

    @property
    def verb(self) -> str:
        """What the button in a list says."""
        return {
            StepKind.ACKNOWLEDGE: "Acknowledge",
            StepKind.APOLOGIZE: "Write apology",
            StepKind.CORRECT: "Record fix",
            StepKind.COMPENSATE: "Offer",
            StepKind.CONFIRM: "Ask customer",
            StepKind.FOLLOW_UP: "Write letter",
        }[self]


class StepStatus(TextChoices):
    PENDING = "pending", "Pending"
    DONE = "done", "Done"
    WAIVED = "waived", "Waived"


class WaivedBecause(TextChoices):
    """Why a step was waived, where no person gave a reason of their own. Those of an outcome have its code."""

    NEXT_ROUND = "next_round", "Carried into the next round"
    UNRECONCILED = "unreconciled", "Not owed: the customer could not be satisfied"
    NOT_UPHELD = "not_upheld", "Not owed: no failure was found"
    WITHDRAWN = "withdrawn", "Not owed: the case was withdrawn"
    DUPLICATE = "duplicate", "Not owed: the case is a duplicate"
    REFERRED = "referred", "Not owed here: the case was referred"


class ClockKind(TextChoices):
    """Whether minutes are counted in the calendar's working time or around the clock."""

    WORKING = "working", "Working time"
    CLOCK = "clock", "Around the clock"


class Role(TextChoices):
    AGENT = "agent", "Agent"
    MANAGER = "manager", "Manager"
    ADMINISTRATOR = "administrator", "Administrator"


class Origin(TextChoices):
    """Who noticed first. Finding it ourselves is good behavior, and shown as such."""

    CUSTOMER = "customer", "The customer told us"
    SELF_REPORTED = "self_reported", "We noticed it ourselves"
    THIRD_PARTY = "third_party", "Somebody else told us"


class Likeness(TextChoices):
    """What somebody who is written down anew shares with a customer who is known."""

    EMAIL = "email", "mail address"
    PHONE = "phone", "phone number"
    NAME = "name", "name"


class Channel(TextChoices):
    PHONE = "phone", "Phone"
    EMAIL = "email", "E-mail"
    IN_PERSON = "in_person", "In person"
    LETTER = "letter", "Letter"
    SMS = "sms", "Text message"
    CHAT = "chat", "Chat"
    WEB = "web", "Web form"
    SOCIAL = "social", "Social media"
    OTHER = "other", "Other"

    @property
    def is_live(self) -> bool:
        """Whether two people speak at the same moment (domain.md A1.3)."""
        return self in {Channel.PHONE, Channel.IN_PERSON}

    @property
    def icon(self) -> str:
        return {
            Channel.PHONE: "phone",
            Channel.EMAIL: "mail",
            Channel.IN_PERSON: "users",
            Channel.LETTER: "mail-forward",
        }.get(self, "message-2-heart")


class FaultParty(TextChoices):
    """Who caused it. Internal: the promise is ours whoever erred."""

    US = "us", "Us"
    SUPPLIER = "supplier", "A supplier or merchant"
    CUSTOMER = "customer", "The customer"
    SHARED = "shared", "Shared"
    UNKNOWN = "unknown", "Not known yet"


class CauseStatus(TextChoices):
    UNKNOWN = "unknown", "Not known yet"
    SUSPECTED = "suspected", "Suspected"
    CONFIRMED = "confirmed", "Confirmed"


class ConcernStatus(TextChoices):
    OPEN = "open", "Open"
    RESOLVED = "resolved", "Resolved"
    REFUSED = "refused", "Refused with a reason"


class Outcome(TextChoices):
    """How a case ended (domain.md, section E). "Closed" never equals "satisfied"."""

    SATISFIED = "satisfied", "Satisfied"
    SATISFIED_AFTER_MORE = "satisfied_after_more", "Satisfied after more"
    PARTLY_SATISFIED = "partly_satisfied", "Partly satisfied"
    RESOLVED_NO_ANSWER = "resolved_no_answer", "Resolved, no answer"
    UNRECONCILED = "unreconciled", "Could not be satisfied"
    SATISFIED_LATER_NOT = "satisfied_later_not", "Satisfied, later not"
    NOT_SATISFIED = "not_satisfied", "Not satisfied"
    NO_CONTACT_POSSIBLE = "no_contact_possible", "No contact possible"
    NOT_UPHELD = "not_upheld", "No failure found"
    WITHDRAWN = "withdrawn", "Withdrawn"
    DUPLICATE = "duplicate", "Duplicate"
    REFERRED = "referred", "Referred"
    NOT_RECORDED = "not_recorded", "Not recorded"

    @property
    def color(self) -> str:
        if self in {Outcome.SATISFIED, Outcome.SATISFIED_AFTER_MORE}:
            return "success"
        if self in {Outcome.UNRECONCILED, Outcome.PARTLY_SATISFIED}:
            return "warning"
        if self in {Outcome.SATISFIED_LATER_NOT, Outcome.NOT_SATISFIED}:
            return "danger"
        return "secondary"


class Reaction(TextChoices):
    """How the customer took a contact. Recorded; it never changes what is owed (domain.md A1.6)."""

    CALM = "calm", "Calm"
    ANNOYED = "annoyed", "Annoyed"
    ANGRY = "angry", "Angry"
    UNKNOWN = "unknown", "Could not tell"


class Direction(TextChoices):
    IN = "in", "From the customer"
    OUT = "out", "To the customer"


class Reached(TextChoices):
    """What came of a contact. A voicemail is an attempt and completes nothing (domain.md A4.3)."""

    REACHED = "reached", "Spoke or wrote with the customer"
    VOICEMAIL = "voicemail", "Left a voicemail"
    NO_ANSWER = "no_answer", "No answer"


class ReadBack(TextChoices):
    """What the customer said to our restatement of the concern."""

    AGREED = "agreed", "Yes, that is right"
    CORRECTED = "corrected", "Corrected, and written down as corrected"
    SENT_FOR_CONFIRMATION = "sent", "Could not ask: sent in writing for confirmation"


class ExplanationStatus(TextChoices):
    VERIFIED = "verified", "Known and verified"
    PROVISIONAL = "provisional", "Partly known, still provisional"
    UNKNOWN = "unknown", "Not known yet"
    CONFIDENTIAL = "confidential", "Known, but confidential"


class ApologyStatus(TextChoices):
    DRAFT = "draft", "Draft"
    IN_REVIEW = "in_review", "In review"
    SENT = "sent", "Sent"
    SPOKEN = "spoken", "Spoken"
    DELIVERED = "delivered", "Delivered"
    BOUNCED = "bounced", "Bounced"


class FollowUpStatus(TextChoices):
    DRAFT = "draft", "Draft"
    SENT = "sent", "Sent"
    SPOKEN = "spoken", "Spoken"
    DELIVERED = "delivered", "Delivered"
    BOUNCED = "bounced", "Bounced"


class FollowUpSays(TextChoices):
    """What a follow-up may claim, by what it tells of. The label goes on after somebody's name."""

    CHANGED = "changed", "told the customer what changed"
    PLANNED = "planned", "told the customer what we will change"
    NOTHING = "nothing", "told the customer what we found, and why nothing has changed yet"


class FollowUpResponse(TextChoices):
    """What came back after the follow-up (domain.md A2.5)."""

    NONE = "none", "Nothing yet"
    REPLIED = "replied", "Replied"
    WILL_STAY = "will_stay", "Will stay"
    ORDERED_AGAIN = "ordered_again", "Ordered again"
    LEFT = "left", "Left"


class CorrectionStatus(TextChoices):
    PLANNED = "planned", "Planned"
    DONE = "done", "Done"
    IMPOSSIBLE = "impossible", "Impossible"
    FAILED = "failed", "Failed"


class CompensationNature(TextChoices):
    """Two ledgers whose sums are never mixed."""

    RESTITUTION = "restitution", "Restitution: a proven loss returned"
    GOODWILL = "goodwill", "Goodwill: for the trouble"


class Payer(TextChoices):
    """Who pays in the end. What others reimburse is no cost of ours, and counts against limits all the same."""

    icon: str

    def __new__(cls, code: str, icon: str = "") -> Self:
        payer = str.__new__(cls, code)
        payer._value_, payer.icon = code, icon
        return payer

    US = "us", "building", "We pay"
    SUPPLIER = "supplier", "truck", "A supplier pays"
    MERCHANT = "merchant", "receipt", "The merchant pays"
    INSURER = "insurer", "shield", "An insurer pays"


class Holder(TextChoices):
    """Whose limit it is to return a loss alone. Administrators have none."""

    AGENT = "agent", "Agent"
    LEAD = "lead", "Lead of the team"
    MANAGER = "manager", "Manager"


class GivenSoFar(TextChoices):
    """How far a compensation has come when it is written down. Each part keeps its own event."""

    PROPOSED = "proposed", "Not offered yet"
    OFFERED = "offered", "Offered; the customer has not answered yet"
    ACCEPTED = "accepted", "Offered, and the customer accepted it"
    ISSUED = "issued", "The customer accepted it, and it is on its way or handed over"


class CompensationForm(TextChoices):
    MONEY = "money", "Money"
    CREDIT = "credit", "Credit on the account"
    VOUCHER = "voucher", "Voucher or gift card"
    GIFT = "gift", "Gift or flowers"
    SERVICE = "service", "Free service"
    DISCOUNT = "discount", "Discount"
    DONATION = "donation", "Donation"


class CompensationStatus(TextChoices):
    PROPOSED = "proposed", "Waiting for approval"
    APPROVED = "approved", "Approved"
    DECLINED = "declined", "Not approved"
    OFFERED = "offered", "Offered"
    ACCEPTED = "accepted", "Accepted"
    REFUSED = "refused", "Refused by the customer"
    ISSUED = "issued", "Issued"
    RECEIVED = "received", "Received"
    WITHDRAWN = "withdrawn", "Withdrawn"

    @property
    def color(self) -> str:
        return {
            CompensationStatus.PROPOSED: "warning",
            CompensationStatus.DECLINED: "danger",
            CompensationStatus.REFUSED: "secondary",
            CompensationStatus.WITHDRAWN: "secondary",
            CompensationStatus.RECEIVED: "success",
        }.get(self, "primary")


class CheckStatus(TextChoices):
    """The life of one asking (SatisfactionCheck)."""

    ASKED = "asked", "Asked"
    ANSWERED = "answered", "Answered"
    NO_ANSWER = "no_answer", "No answer"
    BOUNCED = "bounced", "Bounced"
    SUPERSEDED = "superseded", "Answered again later"


class Answer(TextChoices):
    """What the customer said when asked "are you satisfied, or would you like something more?"."""

    SATISFIED = "satisfied", "Satisfied"
    PARTLY = "partly", "Partly satisfied, wants nothing more"
    WANTS_MORE = "wants_more", "Would like something more"
    NOT_SATISFIED = "not_satisfied", "Not satisfied"
    WONT_SAY = "wont_say", "Would rather not say"


class PromiseStatus(TextChoices):
    OPEN = "open", "Open"
    KEPT = "kept", "Kept"
    BROKEN = "broken", "Broken"
    CANCELLED = "cancelled", "Released by the customer"

    @property
    def color(self) -> str:
        return {PromiseStatus.KEPT: "success", PromiseStatus.BROKEN: "danger"}.get(self, "secondary")


class PreventionStatus(TextChoices):
    PLANNED = "planned", "Planned"
    DONE = "done", "Done"
    VERIFIED = "verified", "Verified"
    DROPPED = "dropped", "Dropped"


class PreventionKind(TextChoices):
    TRAINING = "training", "Training"
    PROCESS = "process", "Process"
    TOOL = "tool", "Tool"


class PauseKind(TextChoices):
    CUSTOMER = "customer", "Waiting for the customer"
    LEGAL_HOLD = "legal_hold", "Legal hold"


class Priority(TextChoices):
    """How loudly a case asks for attention; severity says how badly the customer was hurt."""

    NORMAL = "normal", "Normal"
    RAISED = "raised", "Raised"
    ESCALATED = "escalated", "Escalated"


class Audience(TextChoices):
    """Internal mail and customer mail are two kinds: neither ever enters the other's thread."""

    STAFF = "staff", "Staff"
    CUSTOMER = "customer", "Customer"


class MessageStatus(TextChoices):
    QUEUED = "queued", "Waiting to be sent"
    SENT = "sent", "Sent"
    BOUNCED = "bounced", "Bounced"
    FAILED = "failed", "Could not be sent"
    CANCELLED = "cancelled", "No longer needed"
    HELD = "held", "Held back"


class WithheldBecause(TextChoices):
    """Why a mail to a customer is held back in the outbox."""

    NO_ADDRESS = "no_address", "The customer has no mail address"
    UNCONFIRMED = "unconfirmed", "Somebody has to say that the new mail address is theirs"


class MailFailure(TextChoices):
    """Why a mail will not be sent any more."""

    ADDRESS = "address", "The address was refused"
    MAIL = "mail", "The mail was refused"
    UNSENDABLE = "unsendable", "It cannot be sent as it is"
    GIVEN_UP = "given_up", "It was tried often enough"


class MessagePurpose(TextChoices):
    EARLY = "early", "Reminder of what is not late yet"
    REMINDER = "reminder", "Reminder"
    ESCALATION = "escalation", "Escalation"
    NOTICE = "notice", "Notice"
    TEST = "test", "Test mail"
    SIGN_IN = "sign_in", "Link to choose a password"
    UNDELIVERED = "undelivered", "Notice of a mail that did not arrive"
    ACKNOWLEDGEMENT = "acknowledgement", "Acknowledgement"
    APOLOGY = "apology", "Apology"
    SATISFACTION = "satisfaction", "Question to the customer"
    FOLLOW_UP = "follow_up", "Follow-up"


class NoticeDoor(TextChoices):
    """How a notice of a mail server reached us."""

    MAILBOX = "mailbox", "Mailbox"
    HOOK = "hook", "Handed over"


class NoticeReason(TextChoices):
    """Why nothing followed from a notice of a mail server."""

    EMPTY = "empty", "There is nothing in it"
    UNREADABLE = "unreadable", "It cannot be taken apart"
    NO_REPORT = "no_report", "It is no report of a mail server"
    NO_RESULT = "no_result", "It is a report that does not say what became of a mail"
    NOT_OURS = "not_ours", "It names no mail of ours that was sent"
    BROKE = "broke", "Amends broke on it; the log says where"


class Rung(TextChoices):
    """The rungs of the reminder ladder, from the lowest: the owner's, then the manager's, then the executive's."""

    EARLY = "early", "Early, before it is due"
    SOON = "soon", "Due soon"
    DUE = "due", "Due now"
    DAY_END = "day_end", "Promised for today"
    OVERDUE = "overdue", "Overdue"
    AGAIN = "again", "Overdue still"
    DAY_OVER = "day_over", "Promised for today, to the manager"
    MANAGER = "manager", "Overdue, to the manager"
    MANAGER_AGAIN = "manager_again", "Overdue still, to the manager"
    EXECUTIVE = "executive", "Overdue, to the manager's manager"

    @property
    def rank(self) -> int:
        """1 for the lowest. One mail tells each thing once, by the highest rung that is due."""
        return list(Rung).index(self) + 1

    @property
    def is_above_owner(self) -> bool:
        """Whether it goes to whoever answers for the owner."""
        return self.rank >= Rung.DAY_OVER.rank

    @property
    def is_optional(self) -> bool:
        """Whether a person may do without it: nothing is late yet."""
        return self in {Rung.EARLY, Rung.SOON}


class HeldBecause(TextChoices):
    """Why a reminder that is owed has not left yet."""

    NIGHT = "night", "Outside working hours"
    MORNING = "morning", "Not due for days: waits for the morning"
    DIGEST = "digest", "Waits for the daily digest"
    CAP = "cap", "Enough mails for one day"
    SNOOZED = "snoozed", "Put off, with a reason"
    PAUSED = "paused", "The clock stands still"


class DroppedBecause(TextChoices):
    """Why a reminder that was planned has led to no mail."""

    NO_LONGER_OWED = "no_longer_owed", "No longer owed"
    ANOTHER_MOMENT = "another_moment", "Due at another moment by now"
    TOLD_ABOVE = "told_above", "Told with a later one"
    NOT_WANTED = "not_wanted", "They want no mail before something is late"
    NOBODY_ABOVE = "nobody_above", "There is nobody above"


class CommitmentKind(TextChoices):
    """What may be owed by a moment: everything that a reminder can point at."""

    STEP = "step", "Step"
    PROMISE = "promise", "Promise"
    PREVENTION = "prevention", "Prevention action"
    UPDATE = "update", "Word to the customer"

    def in_words(self, name: str) -> str:
        """``name``: a step's code, a reason's code, or a promise's or prevention action's own words."""
        if self is CommitmentKind.STEP:
            return StepKind(name).heading
        return str(UpdateReason(name).label) if self is CommitmentKind.UPDATE else name


class UpdateReason(TextChoices):
    """Why the customer is owed a word from us by a moment."""

    SILENCE = "silence", "They have heard nothing from us for long"
    ASKED = "asked", "They had to ask"
    ESCALATED = "escalated", "Whoever is accountable speaks to them"
    LATER_NOT = "later_not", "They said after closing that it is not right"
    AFTER_CLOSING = "after_closing", "They came to us after closing"


OWED_AFTER_CLOSING = (UpdateReason.LATER_NOT, UpdateReason.AFTER_CLOSING)
"""What may be owed in a closed case."""


class ApprovalKind(TextChoices):
    """What may need a second person. (Compensation keeps its approval in its own row.)"""

    WAIVE_STEP = "waive_step", "Waive a step"
    NO_COMPENSATION = "no_compensation", "Offer no compensation"
    CLOSE_UNRECONCILED = "close_unreconciled", "Close as could not be satisfied"


class ApprovalStatus(TextChoices):
    ASKED = "asked", "Waiting for a second person"
    APPROVED = "approved", "Approved"
    DECLINED = "declined", "Not approved"
    WITHDRAWN = "withdrawn", "Taken back before it was decided"


class NotNeededBecause(TextChoices):
    """Why a second person has nothing left to decide."""

    SATISFIED = "satisfied", "The customer says that they are satisfied"
    CLOSED = "closed", "The case was closed"
    GOODWILL = "goodwill", "Goodwill is given after all"
    SETTLED = "settled", "The step was settled in another way"
    NEXT_ROUND = "next_round", "Another round has begun"


class MergeSide(TextChoices):
    """Which of two records of one customer, or of two cases about the same, an event is about."""

    KEPT = "kept", "The one that stays"
    DROPPED = "dropped", "The one that was merged into it"


class AddressBecause(TextChoices):
    """Why somebody has to say whether a mail address is the customer's. The label is what a person did."""

    CHANGED = "changed", "changed it"
    MOVED = "moved", "moved the case to this customer"
    MERGED = "merged", "merged two records of the customer"
    LOGGED = "logged", "logged the case"
    REOPENED = "reopened", "reopened the case"
    ASSIGNED = "assigned", "changed who owns the case"


class EventKind(TextChoices):
    """What can happen. The label is what a person did, in case nothing more is known: "Maya Osei closed the case".

    The sentence of each kind stands with its facts, in ``cases.actions.events``.
    """

    CASE_LOGGED = "case.logged", "logged the mistake"
    CASE_IMPORTED = "case.imported", "imported the case"
    IMPORT_UNDONE = "import.undone", "took the import back"
    CASE_CHANGED = "case.changed", "changed the case"
    FACTS_CORRECTED = "facts.corrected", "corrected the facts"
    CASE_MOVED = "case.moved", "gave the case to another customer"
    CASE_MADE_SAFE = "case.made_safe", "recorded that it was made safe"
    CASE_ASSIGNED = "case.assigned", "changed the owner"
    CASE_CLOSED = "case.closed", "closed the case"
    CASE_JOINED = "case.joined", "joined two cases about the same"
    CASE_REOPENED = "case.reopened", "reopened the case"
    CASE_ESCALATED = "case.escalated", "escalated the case"
    ESCALATION_DEALT_WITH = "escalation.dealt_with", "dealt with the escalation"
    SEVERITY_CHANGED = "severity.changed", "changed the severity"
    PRIORITY_RAISED = "priority.raised", "raised the priority"
    PRIORITY_LOWERED = "priority.lowered", "lowered the priority"
    ROUND_OPENED = "round.opened", "opened another round of recovery"
    CLOCK_PAUSED = "clock.paused", "paused the clock"
    CLOCK_RESUMED = "clock.resumed", "let the clock run again"
    CLOCKS_STARTED = "clocks.started", "took up the imported case: its clocks run"
    HOURS_CHANGED = "hours.changed", "changed working hours, and with them what is due when"
    CONCERN_ADDED = "concern.added", "noted another concern"
    CONCERN_SETTLED = "concern.settled", "settled a concern"
    CONTACT_LOGGED = "contact.logged", "recorded a contact"
    CALL_ASKED = "call.asked", "asked to be called"
    NOTE_ADDED = "note.added", "added a note"
    STEP_SETTLED = "step.settled", "completed a step"
    STEP_WAIVED = "step.waived", "waived a step"
    APPROVAL_ASKED = "approval.asked", "asked for a second person"
    APPROVAL_DECIDED = "approval.decided", "decided as the second person"
    APPROVAL_WITHDRAWN = "approval.withdrawn", "took back the question for a second person"
    APOLOGY_DRAFTED = "apology.drafted", "drafted the apology"
    APOLOGY_REVIEWED = "apology.reviewed", "reviewed the apology"
    APOLOGY_QUEUED = "apology.queued", "handed the apology to the mail"
    APOLOGY_SENT = "apology.sent", "apologized"
    APOLOGY_BOUNCED = "apology.bounced", "learned that the apology did not arrive"
    CORRECTION_PLANNED = "correction.planned", "planned the fix"
    CORRECTION_DONE = "correction.done", "put it right"
    CORRECTION_IMPOSSIBLE = (
        "correction.impossible",
        "recorded that it cannot be put right",
    )
    CORRECTION_FAILED = "correction.failed", "recorded that the fix failed"
    COMPENSATION_PROPOSED = "compensation.proposed", "proposed a compensation"
    COMPENSATION_CHANGED = "compensation.changed", "moved a compensation on"
    PROMISE_MADE = "promise.made", "made a promise"
    PROMISE_KEPT = "promise.kept", "kept a promise"
    PROMISE_BROKEN = "promise.broken", "did not keep a promise in time"
    PROMISE_KEPT_LATE = "promise.kept_late", "kept a promise late"
    PROMISE_RENEGOTIATED = "promise.renegotiated", "agreed a new date for a promise"
    PROMISE_CANCELLED = "promise.cancelled", "recorded that the customer released us from a promise"
    PROMISE_GIVEN_UP = "promise.given_up", "recorded that a promise was never kept"
    QUESTION_QUEUED = "question.queued", "handed the question to the mail"
    CUSTOMER_ASKED = "customer.asked", "asked whether we made it right"
    CUSTOMER_ANSWERED = "customer.answered", "recorded the customer’s answer"
    LATER_ANSWER_SETTLED = "later_answer.settled", "dealt with what the customer said after closing"
    CUSTOMER_CHANGED = "customer.changed", "changed the customer’s data"
    CUSTOMERS_MERGED = "customers.merged", "merged two records of the customer"
    FOLLOW_UP_DRAFTED = "follow_up.drafted", "drafted the follow-up"
    FOLLOW_UP_QUEUED = "follow_up.queued", "handed the follow-up to the mail"
    FOLLOW_UP_SENT = "follow_up.sent", "told the customer what came of it"
    FOLLOW_UP_BOUNCED = "follow_up.bounced", "learned that the follow-up did not arrive"
    FOLLOW_UP_RESPONSE = "follow_up.response", "recorded what came of the follow-up"
    LINK_MADE = "link.made", "made a link for the customer"
    LINKS_REVOKED = "links.revoked", "took back links of the customer"
    MAIL_MOVED = "mail.moved", "changed where waiting mail goes"
    MAIL_TAKEN_BACK = "mail.taken_back", "took back a mail before it left"
    ADDRESS_ASKED = "address.asked", "asked whether the new mail address is the customer’s"
    ADDRESS_CONFIRMED = "address.confirmed", "said that the new mail address is the customer’s"
    CATEGORY_CHANGED = "category.changed", "changed the category of the incident"
    CAUSE_CHANGED = "cause.changed", "changed the cause"
    PREVENTION_ADDED = "prevention.added", "added a prevention action"
    PREVENTION_CHANGED = "prevention.changed", "moved a prevention action on"
    PREVENTION_MOVED = "prevention.moved", "moved a prevention action to another date"
    REMINDER_SENT = "reminder.sent", "was reminded"
    REMINDER_SEEN = "reminder.seen", "has seen the reminder"
    REMINDERS_QUIET = "reminders.quiet", "put off reminders"
    MESSAGE_FAILED = "message.failed", "learned that a mail could not be sent"
    MESSAGE_BOUNCED = "message.bounced", "learned that a mail did not arrive"
