"""What cases are found by: their facts, customer, notes, contacts, letters, receipts, concerns and promises.

Limit: words of mails are left out, because they repeat the letters and hold links of customers.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from django.db import connection

from cases.models import Case, SearchText
from cases.rules import finding

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_OF_STEP = "JOIN cases_step s ON s.id = t.step_id WHERE s.case_id"
SOURCES: dict[str, tuple[str, tuple[str, ...]]] = {
    "cases_concern": ("WHERE t.case_id", ("t.text", "t.outcome")),
    "cases_contact": ("WHERE t.case_id", ("t.summary", "t.private_note")),
    "cases_event": ("WHERE t.case_id", ("t.facts ->> 'text'", "t.facts ->> 'reason'")),
    "cases_promise": ("WHERE t.case_id", ("t.words",)),
    "cases_acknowledgement": (_OF_STEP, ("t.read_back", "t.ownership", "t.not_live_because")),
    "cases_apology": ("WHERE t.case_id", ("t.body", "t.explanation", "t.review_note")),
    "cases_correction": (
        "WHERE t.case_id",
        ("t.what", "t.options_considered", "t.impossible_because", "t.alternative", "t.failed_because"),
    ),
    "cases_compensation": (
        "WHERE t.case_id",
        ("t.what", "t.recipient", "t.recipient_reason", "t.reason", "t.decision_note", "t.proof"),
    ),
    "cases_satisfactioncheck": ("WHERE t.case_id", ("t.words",)),
    "cases_followup": ("WHERE t.case_id", ("t.examined", "t.found", "t.nothing_changed_because", "t.body")),
    "cases_followupchange": ("JOIN cases_followup f ON f.id = t.follow_up_id WHERE f.case_id", ("t.words",)),
    "cases_approval": ("WHERE t.case_id", ("t.reason", "t.last_offer", "t.decision_note")),
    "cases_pause": ("WHERE t.case_id", ("t.question",)),
    "cases_statusupdate": ("WHERE t.case_id", ("t.dealt_with",)),
    "cases_step": ("WHERE t.case_id", ("t.note",)),
}
"""By table: how its rows belong to a case, and its columns of words. A new text of a case is a row here."""

_STORED = 0
_WRITTEN = 1


def refresh(case: Case) -> None:
    """Bring one case in line. One statement, and a second where its words have changed."""
    with connection.cursor() as cursor:
        cursor.execute(_statement(), [case.pk] * (len(SOURCES) + 1))
        rows = cursor.fetchall()
    stored = next((text for kind, text in rows if kind == _STORED), None)
    tokens = tokens_of(case, (text for kind, text in rows if kind == _WRITTEN and text))
    if stored is None:
        SearchText.objects.create(case=case, search_text=tokens)
    elif stored != tokens:
        SearchText.objects.filter(case=case).update(search_text=tokens)


def add(cases: Sequence[Case], texts: Iterable[str] = ()) -> None:
    """New cases, of which nothing more is written than these texts."""
    told = tuple(texts)
    SearchText.objects.bulk_create(SearchText(case=case, search_text=tokens_of(case, told)) for case in cases)


def tokens_of(case: Case, texts: Iterable[str]) -> str:
    """The tokens of the case, those of its customer among them. The case's own facts come first."""
    facts = (
        case.reference,
        case.title,
        case.subject,
        case.source_reference,
        case.business_unit,
        case.wants,
        case.description,
        case.contribution,
        case.escalated_because,
        case.outcome_reason,
        *dict.fromkeys(texts),
    )
    return finding.merged(case.customer.search_text, finding.kept("\n".join(facts)))


@cache
def _statement() -> str:
    """Of constants of this module."""
    asked = [f"SELECT {_STORED} AS kind, search_text FROM cases_searchtext WHERE case_id = %s"]  # noqa: S608
    for table, (belongs, columns) in SOURCES.items():
        words = " || ' ' || ".join(f"COALESCE({column}, '')" for column in columns)
        asked.append(f"SELECT {_WRITTEN} AS kind, {words} FROM {table} t {belongs} = %s")  # noqa: S608
    return " UNION ALL ".join(asked)
