"""Every shape in which an event was recorded before facts had types, and the sentence that it must read as.

A shape is never changed and never removed: rows of it stand in databases.
"""

from typing import Any

ACTOR, CUSTOMER, MOMENT = "Priya Shah", "Grace Whitlock", "2025-09-15T14:00:00Z"
LATER = "2025-09-15T16:30:00Z"
GIFT = {"what": "A voucher", "amount": "25.00", "currency": "USD", "nature": "goodwill", "recipient": CUSTOMER}
WHAT = [{"kind": "step", "name": "apologize"}, {"kind": "promise", "name": "We call you"}]
LOGGED = {"severity": "major", "raised_because": "Attempt 2 at the same service", "origin": "self_reported"}
CONTACT = {"channel": "phone", "summary": "They asked", "is_chase": True, "reaction": ""}
READ_BACK = {"step": "acknowledge", "channel": "phone", "read_back": "It went astray", "read_back_answer": "agreed"}

OLDER: list[tuple[str, dict[str, Any], bool, str]] = [
    # kind, facts, whether a person did it, "who did"
    (
        "case.logged",
        {**LOGGED, "channel": "web", "known_at": MOMENT, "owner": ""},
        True,
        "Priya Shah logged the mistake",
    ),
    (
        "case.imported",
        {"source": "cfpb", "reference": "17", "told": {"Company": "A"}},
        True,
        "Priya Shah imported the case",
    ),
    ("case.assigned", {"before": "", "after": ACTOR, "note": ""}, True, "Priya Shah took the case over"),
    ("case.assigned", {"before": "Tom Reyes", "after": ACTOR}, True, "Priya Shah took the case over from Tom Reyes"),
    (
        "case.assigned",
        {"before": ACTOR, "after": "Maya Osei", "note": "x"},
        True,
        "Priya Shah gave the case to Maya Osei",
    ),
    (
        "case.assigned",
        {"before": "Tom Reyes", "after": ""},
        True,
        "Priya Shah took the case from Tom Reyes; nobody owns it now",
    ),
    ("case.changed", {"what": "made_safe", "after": MOMENT}, True, "Priya Shah recorded that it was made safe"),
    (
        "case.changed",
        {"what": "priority", "before": "escalated", "after": "raised", "reason": "Seen"},
        True,
        "Priya Shah dealt with the escalation",
    ),
    ("case.changed", {"what": "customer", "fields": ["answers_to"]}, True, "Priya Shah changed the customer’s data"),
    (
        "case.changed",
        {"reason": "The working hours of “Week” were changed", "before": MOMENT, "after": MOMENT},
        True,
        "Priya Shah changed working hours, and with them what is due when",
    ),
    (
        "case.changed",
        {"reason": "The working hours of “Week” were changed", "before": MOMENT, "after": None},
        True,
        "Priya Shah changed working hours, and with them what is due when",
    ),
    ("case.changed", {}, False, "Amends changed the case"),
    (
        "case.closed",
        {"outcome": "resolved_no_answer", "reason": "", "second_person": ""},
        True,
        "Priya Shah closed the case",
    ),
    ("case.reopened", {"before": "satisfied", "reason": "It broke again"}, False, "Amends reopened the case"),
    (
        "case.escalated",
        {"before": "normal", "after": "escalated", "reason": "They came 3 times"},
        False,
        "Amends escalated the case",
    ),
    ("severity.changed", {"before": "minor", "after": "major", "reason": "x"}, False, "Amends raised the severity"),
    ("severity.changed", {"before": "major", "after": "minor", "reason": "x"}, True, "Priya Shah lowered the severity"),
    ("priority.raised", {"before": "normal", "after": "raised", "reason": "x"}, False, "Amends raised the priority"),
    (
        "round.opened",
        {"round": 2, "reason": "Would like something more"},
        False,
        "Amends opened round 2 of the recovery",
    ),
    (
        "clock.paused",
        {"pause": "legal_hold", "question": "Which day?", "until": MOMENT},
        True,
        "Priya Shah paused the clock",
    ),
    ("clock.resumed", {}, True, "Priya Shah let the clock run again"),
    ("clock.resumed", {"what": "imported"}, True, "Priya Shah took up the imported case: its clocks run"),
    ("concern.added", {"text": "The bill too"}, True, "Priya Shah noted another concern"),
    (
        "concern.settled",
        {"text": "The bill", "after": "refused", "outcome": "It was right"},
        True,
        "Priya Shah settled a concern",
    ),
    (
        "contact.logged",
        {**CONTACT, "direction": "in", "reached": "reached"},
        True,
        "Priya Shah recorded that the customer came to us",
    ),
    (
        "contact.logged",
        {**CONTACT, "direction": "in", "reached": "reached", "channel": "web"},
        False,
        "Grace Whitlock asked to be called",
    ),
    (
        "contact.logged",
        {**CONTACT, "direction": "out", "reached": "voicemail"},
        True,
        "Priya Shah left the customer a voicemail",
    ),
    (
        "contact.logged",
        {**CONTACT, "direction": "out", "reached": "reached", "channel": "letter", "reaction": "calm"},
        True,
        "Priya Shah wrote to the customer",
    ),
    ("note.added", {"text": "Nice of them"}, True, "Priya Shah added a note"),
    (
        "step.settled",
        {**READ_BACK, "more_concerns": ["The bill"], "ownership": "I see to it", "reaction": ""},
        True,
        "Priya Shah completed “Acknowledge”",
    ),
    (
        "step.settled",
        {"step": "compensate", "none_because": "Nothing lost"},
        True,
        "Priya Shah decided that nothing is due",
    ),
    (
        "step.settled",
        {"step": "compensate", "reason": "Nothing lost", "second_person": "Tom Reyes"},
        True,
        "Priya Shah decided that nothing is due",
    ),
    (
        "step.settled",
        {"step": "confirm", "no_answer": True},
        True,
        "Priya Shah recorded that the customer did not answer",
    ),
    ("step.waived", {"step": "follow_up", "reason": "They asked for it"}, True, "Priya Shah left out “Follow up”"),
    (
        "step.waived",
        {"step": "apologize", "reason": "x", "second_person": "Tom Reyes"},
        True,
        "Priya Shah left out “Apologize and explain”",
    ),
    (
        "approval.asked",
        {"approval": "close_unreconciled", "step": "", "reason": "x"},
        True,
        "Priya Shah asked for a second person",
    ),
    (
        "approval.decided",
        {"approval": "waive_step", "after": "declined", "note": "No", "step": "confirm"},
        True,
        "Priya Shah did not agree, as the second person",
    ),
    (
        "approval.decided",
        {"approval": "no_compensation", "after": "approved", "note": "", "step": "compensate"},
        True,
        "Priya Shah agreed, as the second person",
    ),
    ("apology.drafted", {}, True, "Priya Shah drafted the apology"),
    ("apology.reviewed", {"after": "in_review"}, True, "Priya Shah asked a colleague to look at the apology"),
    ("apology.reviewed", {"after": "draft", "note": "Warmer"}, True, "Priya Shah reviewed the apology"),
    ("apology.queued", {"body": "We are sorry"}, True, "Priya Shah handed the apology to the mail"),
    (
        "apology.sent",
        {"channel": "email", "body": "We are sorry", "explanation": "A label", "explanation_status": "verified"},
        True,
        "Priya Shah apologized",
    ),
    ("apology.bounced", {"error": "550 no"}, False, "Amends learned that the apology did not arrive"),
    (
        "apology.bounced",
        {"error": "550 no", "owed_again": "apologize"},
        False,
        "Amends learned that the apology did not arrive",
    ),
    ("correction.planned", {"what": "A new parcel"}, True, "Priya Shah planned the fix"),
    (
        "correction.done",
        {"what": "A new parcel", "because": "", "alternative": ""},
        True,
        "Priya Shah put it right",
    ),
    (
        "correction.impossible",
        {"what": "The party", "because": "It is over", "alternative": "Flowers"},
        True,
        "Priya Shah recorded that it cannot be put right",
    ),
    (
        "correction.failed",
        {"what": "A new parcel", "because": "It broke"},
        True,
        "Priya Shah recorded that the fix failed",
    ),
    ("compensation.proposed", {**GIFT, "after": "proposed"}, True, "Priya Shah proposed a compensation"),
    (
        "compensation.changed",
        {**GIFT, "before": "offered", "after": "refused", "note": ""},
        True,
        "Priya Shah recorded that the customer refused a compensation",
    ),
    ("promise.made", {"words": "We call you", "due": MOMENT}, True, "Priya Shah made a promise"),
    ("promise.kept", {"words": "We call you", "due": MOMENT}, True, "Priya Shah kept a promise"),
    (
        "promise.broken",
        {"words": "We call you", "due": MOMENT},
        False,
        "We did not keep a promise in time; who owed it is not recorded",
    ),
    (
        "promise.broken",
        {"words": "We call you", "due": MOMENT, "done_late_at": LATER},
        True,
        "Priya Shah kept a promise late",
    ),
    (
        "promise.broken",
        {"words": "We call you", "due": MOMENT, "done_late_at": MOMENT},
        True,
        "Priya Shah recorded that a promise had been kept in time",
    ),
    (
        "promise.renegotiated",
        {"words": "We call you", "before": MOMENT, "after": MOMENT, "reason": "They agreed"},
        True,
        "Priya Shah agreed a new date for a promise",
    ),
    (
        "promise.cancelled",
        {"words": "We call you", "reason": "No need"},
        True,
        "Priya Shah recorded that the customer released us from a promise",
    ),
    ("customer.asked", {"channel": "email"}, True, "Priya Shah asked whether we made it right"),
    (
        "customer.answered",
        {"answer": "wants_more", "score": 2, "words": "The bill"},
        False,
        "Grace Whitlock answered: would like something more",
    ),
    (
        "customer.answered",
        {"answer": "satisfied", "score": None, "words": "", "again": True},
        False,
        "Grace Whitlock answered again: satisfied",
    ),
    (
        "customer.answered",
        {"answer": "wont_say", "score": None, "words": ""},
        True,
        "Priya Shah recorded the customer’s answer: would rather not say",
    ),
    ("follow_up.drafted", {}, True, "Priya Shah drafted the follow-up"),
    ("follow_up.queued", {}, True, "Priya Shah handed the follow-up to the mail"),
    (
        "follow_up.sent",
        {"channel": "in_person", "examined": "Labels", "found": "A typo", "changes": ["A check"], "body": "Dear"},
        True,
        "Priya Shah told the customer what changed",
    ),
    (
        "follow_up.sent",
        {"channel": "letter", "examined": "Labels", "found": "A typo", "changes": [], "body": "Dear"},
        True,
        "Priya Shah told the customer what we found",
    ),
    (
        "follow_up.bounced",
        {"error": "550", "owed_again": ""},
        False,
        "Amends learned that the follow-up did not arrive",
    ),
    (
        "follow_up.response",
        {"response": "ordered_again"},
        True,
        "Priya Shah recorded what came of the follow-up",
    ),
    ("link.made", {"until": MOMENT}, True, "Priya Shah made a link for the customer"),
    (
        "cause.changed",
        {
            "before": {"cause": "", "status": "unknown"},
            "after": {"cause": "Labels", "status": "suspected"},
            "fault_party": "supplier",
        },
        True,
        "Priya Shah changed the cause",
    ),
    (
        "prevention.added",
        {"change": "A check", "owner": "Tom Reyes", "due": MOMENT},
        True,
        "Priya Shah added a prevention action",
    ),
    (
        "prevention.changed",
        {"change": "A check", "before": MOMENT, "after": MOMENT, "reason": "Late"},
        True,
        "Priya Shah moved a prevention action to another date",
    ),
    (
        "prevention.changed",
        {"change": "A check", "before": "planned", "after": "dropped"},
        True,
        "Priya Shah dropped a prevention action",
    ),
    ("reminder.sent", {"who": ACTOR, "rung": "day_over", "what": WHAT}, True, "Priya Shah was reminded"),
    ("reminder.seen", {"who": ACTOR, "what": WHAT}, True, "Priya Shah has seen the reminder"),
    ("reminders.quiet", {"until": MOMENT, "reason": "The carrier calls"}, True, "Priya Shah put off reminders"),
    (
        "message.failed",
        {"purpose": "satisfaction", "error": "550"},
        False,
        "Amends learned that a mail could not be sent",
    ),
    (
        "message.bounced",
        {"purpose": "satisfaction", "error": "550", "owed_again": "confirm"},
        False,
        "Amends learned that a mail did not arrive",
    ),
    # What nobody foresaw is read as its label, without a code.
    ("case.closed", {"outcome": "made_up", "reason": "Because of it"}, True, "Priya Shah closed the case"),
    ("promise.kept", {}, True, "Priya Shah kept a promise"),
    ("no.such_kind", {"what": "made_safe"}, False, "Amends changed the case"),
]
