"""What people say they did, complete; a test replaces what it is about."""

from cases.actions.follow_ups import Letter
from cases.rules.evidence import AcknowledgementEvidence, AnswerEvidence, ApologyEvidence, CorrectionEvidence
from cases.rules.vocabulary import Answer, Channel, ExplanationStatus, ReadBack

ACKNOWLEDGED = AcknowledgementEvidence(
    channel=Channel.PHONE,
    read_back="The parcel went to your old address.",
    read_back_answer=ReadBack.AGREED,
    was_only_concern=True,
    ownership="I am Maya, and I own this.",
)
APOLOGIZED = ApologyEvidence(
    channel=Channel.PHONE,
    body="We sent it to the wrong place. That was our mistake, and I am sorry.",
    owns_it=True,
    explanation_status=ExplanationStatus.VERIFIED,
    explanation="We had kept the old address beside the new one.",
)
CORRECTED = CorrectionEvidence(what="Sent again, to the right address.")
SATISFIED = AnswerEvidence(channel=Channel.PHONE, answer=Answer.SATISFIED, score=5, words="Lovely, thank you.")
LETTER = Letter(
    channel=Channel.EMAIL,
    examined="How addresses are entered",
    found="Two fields look alike",
    body="Dear Grace,\n\nthank you for your patience.",
    nothing_changed_because="We are still looking for the cause.",
)
