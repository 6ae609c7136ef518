"""The facts of a mistake that are logged, one row a fact: forms, export, import and timeline read it.

A new one is a row here, a column of ``Case`` and a migration. Rows of other tables have code in ``actions.moving``.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from operator import attrgetter

from cases.rules import table
from cases.rules.folding import visible
from cases.rules.texts import plain_lines
from cases.rules.vocabulary import Channel, Origin

MOST_ATTEMPTS = 99


class Kind(Enum):
    """How a fact is typed, written and read."""

    LINE = auto()
    WORDS = auto()
    MOMENT = auto()
    CODE = auto()
    NUMBER = auto()
    RECORD = auto()
    """A row of another table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """``name``: of the form's field, and of the model's unless ``path`` leads elsewhere. ``noun``: in the timeline.

    ``is_personal``: its values may identify somebody, so no event holds them. ``is_weighty``: in a closed case only
    managers correct it. ``of_case``: stored in the case's own row.
    """

    name: str
    label: str
    noun: str
    kind: Kind
    column: str = ""
    help_text: str = ""
    codes: type[Channel | Origin] | None = None
    longest: int | None = None
    is_required: bool = False
    is_personal: bool = False
    is_weighty: bool = False
    is_imported: bool = True
    of_case: bool = True
    path: str = ""

    def value_of(self, case: object) -> object:
        """As it is stored: a record itself, a code as it is."""
        return attrgetter(self.path or self.name)(case)

    def shown(self, value: object) -> object:
        """A code in words; a moment as it is."""
        if self.codes is not None and value:
            return str(self.codes(str(value)).label)
        return value


FACTS = (
    Fact(
        name="title",
        label="What went wrong, in a few words?",
        noun="what went wrong",
        kind=Kind.LINE,
        column=table.TITLE,
        longest=200,
        is_required=True,
        is_personal=True,
    ),
    Fact(
        name="subject",
        label="What the customer reads",
        noun="what the customer reads",
        kind=Kind.LINE,
        column=table.SUBJECT,
        help_text="After “We are sorry:” in mails, and on their page. Left empty, it is the category or our reference.",
        longest=200,
        is_personal=True,
    ),
    Fact(
        name="description",
        label="In the customer's own words",
        noun="the customer’s words",
        kind=Kind.WORDS,
        is_personal=True,
    ),
    Fact(
        name="happened_at",
        label="When did it happen?",
        noun="when it happened",
        kind=Kind.MOMENT,
        column=table.HAPPENED,
        help_text="Leave it empty if nobody knows yet.",
    ),
    Fact(
        name="known_at",
        label="When did we first know?",
        noun="when we first knew",
        kind=Kind.MOMENT,
        column=table.KNOWN,
        help_text="Clocks count from this moment.",
        is_required=True,
        is_weighty=True,
    ),
    Fact(
        name="origin",
        label="Who noticed?",
        noun="who noticed",
        kind=Kind.CODE,
        column=table.ORIGIN,
        codes=Origin,
        is_required=True,
    ),
    Fact(
        name="channel",
        label="How did it reach us?",
        noun="how it reached us",
        kind=Kind.CODE,
        column=table.CHANNEL,
        codes=Channel,
        is_required=True,
    ),
    Fact(
        name="wants",
        label="What would the customer like?",
        noun="what the customer would like",
        kind=Kind.LINE,
        column=table.WANTS,
        longest=300,
        is_personal=True,
    ),
    Fact(
        name="needed_by",
        label="By when does the customer need it?",
        noun="by when the customer needs it",
        kind=Kind.MOMENT,
        column=table.NEEDED_BY,
        help_text="It is put right by then at the latest.",
    ),
    Fact(
        name="attempt",
        label="Which attempt at the same service was it?",
        noun="which attempt it was",
        kind=Kind.NUMBER,
        column=table.ATTEMPT,
        help_text="A second one raises the severity one level, to major at most, whoever moved the first.",
    ),
    Fact(
        name="business_unit",
        label="Business unit",
        noun="the business unit",
        kind=Kind.LINE,
        column=table.BUSINESS_UNIT,
        longest=160,
    ),
    Fact(
        name="contribution",
        label="What the customer did, if it matters",
        noun="what the customer did",
        kind=Kind.WORDS,
        help_text="Internal: never told, and left out of every export.",
        is_personal=True,
    ),
    Fact(
        name="team",
        label="Team",
        noun="the team",
        kind=Kind.RECORD,
        column=table.TEAM,
        is_imported=False,
    ),
    Fact(
        name="category",
        label="Category",
        noun="the category",
        kind=Kind.RECORD,
        column=table.CATEGORY,
        longest=255,
        of_case=False,
        path="incident.category",
    ),
    Fact(
        name="incident",
        label="Part of which incident?",
        noun="the incident",
        kind=Kind.RECORD,
        column=table.INCIDENT,
        help_text="Its reference, such as IN-1007. Leave it empty for a new one of its own.",
        is_weighty=True,
        path="incident.reference",
        of_case=False,
    ),
    Fact(
        name="customer",
        label="Customer",
        noun="the customer",
        kind=Kind.RECORD,
        column=table.CUSTOMER,
        is_personal=True,
        is_weighty=True,
        of_case=False,
    ),
)

BY_NAME = {fact.name: fact for fact in FACTS}
PLAIN = tuple(fact for fact in FACTS if fact.kind is not Kind.RECORD)
"""What is a value of the case's own row."""
IMPORTED = tuple(fact for fact in FACTS if fact.column and fact.is_imported)


def cleaned(fact: Fact, value: object) -> object:
    """A text as it is stored: one of invisible characters alone says nothing, and a line has no line break."""
    if not isinstance(value, str):
        return value
    if fact.kind is Kind.LINE:
        return visible(value)
    text = plain_lines(value).strip()
    return text if visible(text) else ""


def first_subject(reference: str, category: str = "") -> str:
    """What the customer reads where nobody wrote anything else: of "Delivery › Lost" the last part, else our reference.
    Never the title: that is a note among ourselves."""
    longest, kind = BY_NAME["subject"].longest or 0, category.rpartition("›")[2].strip()
    return kind if kind and len(kind) <= longest else f"Your case {reference}"
