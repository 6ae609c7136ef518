"""What goes wrong in the invented organization, and what is done about it: data for the scripts.

The mistakes are of many trades, so that everybody who looks finds one that they know.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from cases.actions.compensations import Proposal
from cases.rules.vocabulary import (
    Channel,
    CompensationForm,
    CompensationNature,
    CriticalGround,
    Origin,
    PreventionKind,
    Severity,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

CALL_BACK = "Call-back not made"
ADDRESS = "Address typed wrong at order entry"
BILLED = "Billed twice"
DIARY = "Appointment noted at the wrong hour"
TRANSIT = "Item damaged in transit"
DOUBLE = "Two bookings for one slot"
SHIFTS = "Note lost between two shifts"
STOCK = "Sold although out of stock"

_TOOL, _PROCESS, _TRAINING = PreventionKind.TOOL, PreventionKind.PROCESS, PreventionKind.TRAINING

CHANGES: Mapping[str, Sequence[tuple[PreventionKind, str]]] = {
    CALL_BACK: (
        (_TOOL, "Every call-back stands in the day of a named person, with a time"),
        (_PROCESS, "Who goes home hands open call-backs to somebody by name"),
        (_TOOL, "A call-back that is an hour old rings on the desk of the team leader"),
    ),
    ADDRESS: (
        (_TRAINING, "Order entry reads each address back before saving it"),
        (_TOOL, "An address that the post does not know is marked in red"),
        (_PROCESS, "The customer gets the address in writing before anything is sent"),
    ),
    BILLED: (
        (_TOOL, "The same amount for the same customer on one day is stopped and looked at"),
        (_PROCESS, "A payment run that stopped is started again by two people"),
        (_PROCESS, "A cancellation goes to the accounts in the same minute as to everybody else"),
    ),
    DIARY: (
        (_TOOL, "Every appointment is confirmed in writing within the hour"),
        (_PROCESS, "On the phone, day and hour are said back before the call ends"),
        (_TOOL, "The diary shows the weekday beside the date"),
    ),
    TRANSIT: (
        (_PROCESS, "Glass and china travel in the padded crates only"),
        (_TRAINING, "Drivers learned how to load what breaks"),
    ),
    DOUBLE: (
        (_TOOL, "The booking page locks a slot while somebody is on the phone about it"),
        (_PROCESS, "At four each day, tomorrow's bookings are read for doubles"),
    ),
    SHIFTS: (
        (_PROCESS, "The evening shift reads open notes aloud to the morning shift"),
        (_TOOL, "A note has a name on it, and stays on the screen until that person ticks it off"),
        (_PROCESS, "Two bags or papers are never put side by side without a name on both"),
    ),
    STOCK: (
        (_TOOL, "Stock is counted down when the order is placed, not when it is packed"),
        (_PROCESS, "Somebody writes to the customer on the day on which something turns out to be missing"),
    ),
}
"""What is changed against a cause, one after the other as it comes up again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plot:
    """One mistake. ``words`` are the customer's; ``because`` and ``fix`` are told to them; ``cause`` is empty where
    nobody knows yet."""

    title: str
    words: str
    category: str
    cause: str = ""
    severity: Severity = Severity.MODERATE
    critical_because: CriticalGround | None = None
    channel: Channel = Channel.PHONE
    origin: Origin = Origin.CUSTOMER
    wants: str
    because: str
    fix: str
    gift: Proposal | None = None
    in_field: bool = False


def goodwill(what: str, amount: int, form: CompensationForm = CompensationForm.VOUCHER) -> Proposal:
    return Proposal(
        nature=CompensationNature.GOODWILL,
        form=form,
        what=what,
        amount=Decimal(amount),
        reason="For the trouble and the time that it took.",
    )


def loss(what: str, amount: int) -> Proposal:
    return Proposal(
        nature=CompensationNature.RESTITUTION,
        form=CompensationForm.MONEY,
        what=what,
        amount=Decimal(amount),
        reason="Shown by the receipt and by our own record.",
    )


PLOTS = (
    Plot(
        title="Table for eight given to somebody else",
        words="We stood there with my parents-in-law, and eight people were eating at our table 😞",
        category="Booking › Restaurant",
        cause=DOUBLE,
        wants="Another evening, and not the table by the door.",
        because="Two of us took a booking for the same table within one minute.",
        fix="The corner table is theirs on Saturday at seven, with the menu as they had ordered it.",
        gift=goodwill("Dinner for two", 80),
    ),
    Plot(
        title="Lenses made to the old prescription",
        words="I see two of everything. These are the lenses from three years ago!",
        category="Workshop › Glasses",
        cause=SHIFTS,
        channel=Channel.IN_PERSON,
        wants="To see properly before the weekend.",
        because="The new prescription lay in the evening tray and was not handed over.",
        fix="New lenses were ground the same night and fitted.",
        gift=goodwill("Second pair of sunglasses lenses", 45, CompensationForm.GIFT),
    ),
    Plot(
        title="Monthly fee taken twice",
        words="You took 59 dollars on the first and 59 dollars on the third. I am not a bank.",
        category="Billing › Fees",
        cause=BILLED,
        channel=Channel.EMAIL,
        wants="The money back, and the charge that my bank took for it.",
        because="A payment run was started a second time after it had stopped half-way.",
        fix="The second fee and the bank's charge are back on the account.",
        gift=loss("Second fee and the charge of the bank", 74),
    ),
    Plot(
        title="Nobody called back about the boiler",
        words="Three days without hot water, and a baby in the house. You said within the hour.",
        category="Service › Call-backs",
        cause=CALL_BACK,
        severity=Severity.MAJOR,
        wants="A person who comes, and hot water.",
        because="The note said “call”, and it said neither who nor when.",
        fix="A fitter came the same afternoon and replaced the valve.",
        gift=goodwill("Half a year of maintenance", 95, CompensationForm.SERVICE),
        in_field=True,
    ),
    Plot(
        title="Wedding cake with the wrong name",
        words="It says “Congratulations Bob”. There is no Bob at this wedding.",
        category="Orders › Made to order",
        cause=SHIFTS,
        severity=Severity.MAJOR,
        channel=Channel.IN_PERSON,
        wants="The right name, before the guests come.",
        because="The slip of another order was pinned to this one when the shifts changed.",
        fix="The baker drove over and wrote the right names on the spot.",
        gift=goodwill("A cake for the first anniversary", 90, CompensationForm.GIFT),
    ),
    Plot(
        title="Parcel left at a house that we do not know",
        words="Delivered, says the page. To whom? I live at number 14, not at number 41.",
        category="Delivery › Wrong address",
        cause=ADDRESS,
        channel=Channel.WEB,
        wants="My parcel.",
        because="Two figures of the house number were swapped when the order was typed in.",
        fix="We fetched the parcel from number 41 and brought it over.",
        gift=goodwill("Free shipping for a year", 25),
    ),
    Plot(
        title="China arrived in pieces",
        words="Grandmother's pattern, six plates ordered, forty pieces delivered.",
        category="Delivery › Damage",
        cause=TRANSIT,
        channel=Channel.EMAIL,
        wants="Six whole plates.",
        because="The plates traveled in a box without padding.",
        fix="Six new plates came in a padded crate, and were looked at together with the driver.",
        gift=loss("The plates and the postage", 132),
    ),
    Plot(
        title="Technician came on the wrong day",
        words="I took Tuesday off. He came on Wednesday, and left a card.",
        category="Service › Appointments",
        cause=DIARY,
        severity=Severity.MODERATE,
        wants="A visit that does not cost me another day.",
        because="The visit was noted one day late in the diary.",
        fix="The technician came in the evening, after work.",
        gift=goodwill("A day's visit free of charge", 50, CompensationForm.CREDIT),
        in_field=True,
    ),
    Plot(
        title="Letter about a loan sent to a neighbor",
        words="My neighbor now knows what I owe. I do not know how to look at him.",
        category="Privacy › Letters",
        cause=ADDRESS,
        severity=Severity.CRITICAL,
        critical_because=CriticalGround.PRIVACY,
        wants="That nobody reads my letters, and that somebody tells me who did.",
        because="The letter went to the address of the entry above in the list.",
        fix="We fetched the letter, told the data protection officer, and locked the list.",
        gift=None,
    ),
    Plot(
        title="Coat sold and not there",
        words="You took the money on Monday and told me on Friday that there is no coat.",
        category="Orders › Availability",
        cause=STOCK,
        severity=Severity.MINOR,
        channel=Channel.CHAT,
        wants="The coat, or the truth a bit earlier.",
        because="The last one was sold in the shop an hour before, and the page did not know.",
        fix="A coat of the next delivery was put aside and sent by express.",
        gift=goodwill("Scarf to go with it", 20, CompensationForm.GIFT),
    ),
    Plot(
        title="Invoice for a course that was canceled",
        words="You canceled the course. Why am I to pay for it, with a late fee on top?",
        category="Billing › Invoices",
        cause=BILLED,
        channel=Channel.LETTER,
        wants="No invoice, and no more reminders of it.",
        because="The cancellation reached the teachers and never the accounts.",
        fix="Invoice and late fee are canceled, and a letter says so.",
        gift=goodwill("Seat in the next course at half the price", 35, CompensationForm.DISCOUNT),
    ),
    Plot(
        title="Hotel room with somebody in it",
        words="I opened the door at midnight, and a gentleman in pajamas looked at me.",
        category="Booking › Rooms",
        cause=DOUBLE,
        severity=Severity.MAJOR,
        channel=Channel.IN_PERSON,
        wants="A room of my own.",
        because="The room was given out twice within a minute.",
        fix="She moved to a larger room the same night, and breakfast came up.",
        gift=goodwill("The night free of charge", 100, CompensationForm.CREDIT),
    ),
    Plot(
        title="Dog came home with a stranger's collar",
        words="The haircut is lovely. The collar is pink, and belongs to Princess.",
        category="Service › Handover",
        cause=SHIFTS,
        severity=Severity.MINOR,
        channel=Channel.SOCIAL,
        wants="His own collar, it has our number on it.",
        because="Two collars hung on one hook when the shifts changed.",
        fix="Both dogs wear their own collars again.",
        gift=goodwill("Bag of treats 🦴", 12, CompensationForm.GIFT),
    ),
    Plot(
        title="We promised a call and forgot it",
        words="I waited at the telephone until six.",
        category="Service › Call-backs",
        cause=CALL_BACK,
        severity=Severity.MODERATE,
        origin=Origin.SELF_REPORTED,
        wants="An answer about the warranty.",
        because="The call stood on a paper that was thrown away.",
        fix="She has her answer in writing: the warranty runs for another year.",
        gift=goodwill("Voucher for the workshop", 30),
        in_field=True,
    ),
    Plot(
        title="Internet cut off by mistake",
        words="You cut off my line because somebody else in the house moved out. I work from home.",
        category="Service › Outage",
        severity=Severity.MAJOR,
        wants="My line back today, and the day's work that I lost.",
        because="We do not know yet how the two lines were mixed up.",
        fix="The line was switched on again from the distribution box.",
        gift=loss("A day of work at the rate of the contract", 210),
        in_field=True,
    ),
    Plot(
        title="Class trip without a bus",
        words="Twenty-six children in the rain, and no bus until half past ten.",
        category="Booking › Transport",
        cause=DIARY,
        severity=Severity.MAJOR,
        wants="That it never happens again to children.",
        because="The bus was booked for the right day of the wrong week.",
        fix="A bus of another firm came, and the museum let the class in later.",
        gift=goodwill("Ice cream for the class and a free trip", 100, CompensationForm.SERVICE),
    ),
    Plot(
        title="Medicine packed in the wrong bag",
        words="The tablets in my bag have another name on them. I nearly took one.",
        category="Safety › Handover",
        cause=SHIFTS,
        severity=Severity.CRITICAL,
        critical_because=CriticalGround.HEALTH,
        channel=Channel.PHONE,
        wants="My own tablets, and somebody who takes this seriously.",
        because="Two bags stood side by side at the change of shifts, and the names were not compared.",
        fix="The right tablets were brought within the hour, and the others taken back.",
        gift=None,
    ),
    Plot(
        title="Bicycle returned with the old brakes",
        words="I paid for new brakes. These are my old brakes, cleaned.",
        category="Workshop › Repairs",
        severity=Severity.MODERATE,
        channel=Channel.IN_PERSON,
        wants="The brakes that are on the bill.",
        because="We are still finding out who signed the job off.",
        fix="New brakes were fitted while he waited.",
        gift=goodwill("Free inspection in spring", 40, CompensationForm.SERVICE),
        in_field=True,
    ),
)
