"""What the dashboard shows, in words: tiles, what needs a manager, owners, and how it went.

Every number here comes from ``reports``, with the list behind it; this module only says it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from django.urls import reverse

from cases.reports.board import Need
from cases.reports.causes import Measure
from cases.reports.pictures import line
from cases.reports.rates import NOTHING
from cases.rules.explain import in_words
from cases.rules.money import Money
from cases.rules.vocabulary import Answer

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date

    from cases.reports.board import Board, NeedRow, WaitingApproval, WaitingCompensation
    from cases.reports.causes import Pareto
    from cases.reports.figures import Dashboard, Figures
    from cases.reports.filters import Number
    from cases.reports.outcomes import Week
    from cases.reports.pictures import Line
    from cases.reports.rates import Rate, Spread
    from cases.reports.spending import Ledger
    from cases.reports.timing import Compared


WIDTH, HEIGHT = 424, 150
"""Of the line, in the units of its drawing."""
MOST = 50
"""Percent: where the few causes end that make up most of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """One number, what it counts, how it moved, and the list behind it. ``opens`` says what that list holds."""

    label: str
    number: str
    note: str
    opens: str
    url: str
    is_late: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    label: str
    url: str
    is_primary: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedLine:
    """One case that waits for a manager: what for, and the ways to give it."""

    row: NeedRow
    icon: str
    tone: str
    says: str
    more: tuple[str, ...]
    buttons: tuple[Button, ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """A day below the picture; ``anchor`` is what of its words stands at ``x``."""

    x: float
    day: date
    anchor: str


@dataclass(frozen=True, slots=True)
class Picture:
    line: Line
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One figure of the period. ``url`` is empty where no list is behind it."""

    label: str
    number: str
    note: str
    url: str = ""


def is_empty(found: Dashboard) -> bool:
    """Whether nothing is open, came in or was closed: there is nothing to show, and a line that teaches is better."""
    figures = found.figures
    counted = (found.board.standing.open, figures.intake.known, figures.endings.closed)
    return not any(number.value for number in counted)


def tiles_of(found: Dashboard) -> list[Tile]:
    board, figures = found.board, found.figures
    overdue = board.standing.overdue.value
    return [
        Tile(
            label="Open cases",
            number=f"{board.standing.open.value:,}",
            note=_than_a_week_ago(found.change_in_a_week),
            opens="all open cases",
            url=list_of(board.standing.open),
        ),
        Tile(
            label="With an overdue step",
            number=f"{overdue:,}",
            note=f"of {board.standing.open.value:,} open cases",
            opens="the cases that are late",
            url=list_of(board.standing.overdue),
            is_late=overdue > 0,
        ),
        _rate_tile("Acknowledged on time", figures.on_time.acknowledged, "step", "acknowledged late"),
        _rate_tile("Promises kept", figures.promises.kept, "promise", "with a broken promise"),
        _rate_tile("Satisfied after recovery", figures.satisfied.satisfied, "answer", "not satisfied"),
        _money_tile("Goodwill given", figures.spending.goodwill),
        _money_tile("Losses returned", figures.spending.restitution),
    ]


def needs_of(board: Board) -> list[NeedLine]:
    return [_need_line(row) for row in board.waiting]


def facts_of(figures: Figures) -> list[Fact]:
    """What the tiles leave out, each with what it was taken from."""
    intake, ended, again = figures.intake, figures.endings, figures.second_failures
    return [
        Fact(
            label="Until the customer was reached",
            number=_median(intake.working),
            note=f"of working time, median of {intake.working.n}; nine in ten within {_p90(intake.working)}",
        ),
        Fact(
            label="Not reached yet",
            number=f"{intake.not_reached.value:,}",
            note=f"of {_cases(intake.known.value)} that came in",
            url=list_of(intake.not_reached),
        ),
        Fact(
            label="Noticed by ourselves",
            number=str(intake.self_reported),
            note=f"{intake.self_reported.part} of {_cases(intake.self_reported.whole)}, before any customer said it",
            url=list_of(intake.self_reported_cases),
        ),
        Fact(
            label="Cases whose customer had to ask again",
            number=str(again.chased),
            note=_part(again.chased),
            url=list_of(again.chased_cases),
        ),
        Fact(
            label="Recovery failed too",
            number=str(again.rate),
            note=_reasons(figures),
            url=list_of(again.cases),
        ),
        Fact(
            label="Closed with a satisfied customer",
            number=str(ended.recovery),
            note=f"{_part(ended.recovery)} where asking was possible; {ended.confirmed} of those who answered",
            url=list_of(ended.recovered),
        ),
        Fact(
            label="Reopened within 30 days",
            number=str(ended.reopened),
            note=_part(ended.reopened),
            url=list_of(ended.reopened_cases),
        ),
    ]


def finding(figures: Figures) -> str:
    """The title of the picture: what it shows."""
    satisfied = figures.satisfied.satisfied
    if satisfied.rate.percent is None:
        return "No customer has answered in this period"
    sentence = f"{satisfied.rate} of the answers were a four or five"
    if not satisfied.change:
        return sentence
    days = f"the {figures.period.days} days before"
    return (
        f"{sentence}, as in {days}" if satisfied.change == "as before" else f"{sentence}, {satisfied.change} on {days}"
    )


def picture_of(weeks: Sequence[Week]) -> Picture | None:
    """The share of satisfied answers, week by week; none where no week has one."""
    shares = [week.rate.percent for week in weeks]
    if not any(share is not None for share in shares):
        return None
    last = len(weeks) - 1
    wanted = {0: "start", last // 2: "middle", last: "end"} if last > 1 else {0: "start"}
    marks = [
        Mark(round(WIDTH * place / max(last, 1), 1), weeks[place].monday, anchor) for place, anchor in wanted.items()
    ]
    return Picture(line(shares, width=WIDTH, height=HEIGHT), tuple(marks))


def longest(pareto: Pareto) -> Decimal:
    """What a full bar stands for; never nothing."""
    return max((bar.value for bar in pareto.bars), default=Decimal(1)) or Decimal(1)


def unit_of(pareto: Pareto) -> str:
    """What the bars are counted in; empty for cases, which stand beside every bar."""
    return {
        Measure.CASES: "",
        Measure.INCIDENTS: "incidents",
        Measure.CONTACTS: "contacts",
        Measure.GOODWILL: pareto.currency,
    }[pareto.measure]


def leading(pareto: Pareto) -> str:
    """The title of the bars: which causes make up most of it."""
    known = [bar for bar in pareto.bars if bar.public_id is not None and bar.value]
    if not known:
        return "No cause is known yet"
    few = next((index for index, bar in enumerate(known, 1) if (bar.cumulative.percent or 0) >= MOST), len(known))
    said = "One cause makes" if few == 1 else f"{few} causes make"
    counted = "the goodwill" if pareto.measure is Measure.GOODWILL else f"all {unit_of(pareto) or 'cases'}"
    return f"{said} up {known[few - 1].cumulative} of {counted}" if few < len(known) else f"{known[0].name} comes first"


def list_of(number: Number) -> str:
    """The list of the cases behind a number."""
    return reverse("cases:list") + number.address


def in_sums(sums: Iterable[Money]) -> str:
    """One sum a currency; they are never added."""
    return " and ".join(str(money) for money in sums) or NOTHING


def _than_a_week_ago(change: int) -> str:
    if change == 0:
        return "as many as a week ago"
    return f"{abs(change):,} {'more' if change > 0 else 'fewer'} than a week ago"


def _rate_tile(label: str, compared: Compared, counted: str, failed: str) -> Tile:
    of = f"of {_number(compared.rate.whole, counted)}"
    return Tile(
        label=label,
        number=str(compared.rate),
        note=f"{of}, {compared.change}" if compared.change else of,
        opens=f"{_cases(compared.behind.value)} {failed}",
        url=list_of(compared.behind),
    )


def _money_tile(label: str, ledger: Ledger) -> Tile:
    a_case = f", {in_sums(ledger.a_case)} a closed case" if ledger.total else ""
    others = f"; {in_sums(ledger.reimbursed)} more paid by others" if ledger.reimbursed else ""
    return Tile(
        label=label,
        number=in_sums(ledger.total),
        note=f"in {_cases(ledger.compensated.value)}{a_case}{others}",
        opens="the cases that got it",
        url=list_of(ledger.compensated),
    )


def _need_line(row: NeedRow) -> NeedLine:
    said = list(_said(row))
    buttons = list(_buttons(row))
    icon, tone = _LOOKS[row.needs[0]]
    return NeedLine(
        row=row,
        icon=icon,
        tone=tone,
        says=said[0],
        more=(*said[1:], *filter(None, (row.owner or "nobody yet", row.why, _asked(row)))),
        buttons=tuple(buttons) or (Button(label="Open", url=_case_url(row)),),
    )


_LOOKS = {
    Need.ESCALATED: ("stairs-up", "tone-danger"),
    Need.COMPENSATION: ("gift", "tone-warning"),
    Need.APPROVAL: ("users", "tone-warning"),
    Need.NOT_SATISFIED: ("mood-sad", "tone-orange"),
    Need.UNOWNED: ("user-plus", "tone-danger"),
}


def _said(row: NeedRow) -> Iterator[str]:
    """Why it waits, the most pressing reason first."""
    for need in row.needs:
        if need is Need.ESCALATED:
            yield f"escalated: {row.escalated_because}" if row.escalated_because else "escalated"
        elif need is Need.COMPENSATION and row.compensation is not None:
            yield _proposed(row.compensation)
        elif need is Need.APPROVAL and row.approval is not None:
            by = _by(row.approval, row.approval.asked_by)
            yield f"{row.approval.kind.label.lower()}? Asked {by}: “{row.approval.reason}”"
        elif need is Need.NOT_SATISFIED:
            yield _answered(row)
        else:
            yield "late, and nobody owns it"


def _proposed(waiting: WaitingCompensation) -> str:
    by = _by(waiting, waiting.proposed_by)
    return f"approve {Money(waiting.amount, waiting.currency)}, {waiting.what}? Proposed {by}"


def _by(waiting: WaitingCompensation | WaitingApproval, person: str) -> str:
    return "by you, so somebody else has to decide" if waiting.is_own else f"by {person}"


def _asked(row: NeedRow) -> str:
    """Of what the reader asked for themselves, who was asked to decide it."""
    own = next((one for one in (row.compensation, row.approval) if one is not None and one.is_own), None)
    return f"{own.asked_to} was asked" if own is not None and own.asked_to else ""


def _answered(row: NeedRow) -> str:
    if row.answer is None or row.answer.answer is Answer.SATISFIED:
        return "not made right the first time"
    said = f"answered “{row.answer.answer.label.lower()}”"
    return f"{said} and asks for a call" if row.answer.wants_contact else said


def _buttons(row: NeedRow) -> Iterator[Button]:
    """Straight to the forms of what the reader may decide."""
    if row.compensation is not None and row.compensation.may_decide:
        yield Button(label="Decide", url=f"{_do_url(row, 'approve')}?of={row.compensation.public_id}", is_primary=True)
    if row.approval is not None and row.approval.may_decide:
        yield Button(label="Decide", url=f"{_do_url(row, 'decide')}?of={row.approval.public_id}", is_primary=True)
    if Need.UNOWNED in row.needs:
        yield Button(label="Find an owner", url=_do_url(row, "assign"))
    elif Need.ESCALATED in row.needs:
        yield Button(label="Take over", url=_do_url(row, "take-over"))


def _case_url(row: NeedRow) -> str:
    return reverse("cases:case", args=(row.reference,))


def _do_url(row: NeedRow, name: str) -> str:
    return reverse("cases:do", args=(row.reference, name))


def _reasons(figures: Figures) -> str:
    """Which of them, where there are any: one case may have several."""
    again = figures.second_failures
    found = [f"{number.value} {trait.label}" for trait, number in again.reasons if number.value]
    return f"{_part(again.rate)}: {'; '.join(found)}" if found else _part(again.rate)


def _part(rate: Rate) -> str:
    return f"{rate.part:,} of {_cases(rate.whole)}"


def _median(spread: Spread) -> str:
    return NOTHING if spread.median is None else in_words(timedelta(minutes=round(spread.median)))


def _p90(spread: Spread) -> str:
    return NOTHING if spread.p90 is None else in_words(timedelta(minutes=round(spread.p90)))


def _cases(number: int) -> str:
    return _number(number, "case")


def _number(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
