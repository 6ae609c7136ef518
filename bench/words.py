"""Invented names and sentences for the cases that are loaded. Nobody is meant."""

FIRST = [
    "Ada",
    "Amir",
    "Anya",
    "Bela",
    "Bo",
    "Carla",
    "Cem",
    "Dana",
    "Dov",
    "Edda",
    "Elif",
    "Emre",
    "Fay",
    "Femi",
    "Gil",
    "Gwen",
    "Hana",
    "Hugo",
    "Ida",
    "Imre",
    "Ines",
    "Ivo",
    "Jana",
    "Joel",
    "Kai",
    "Karim",
    "Lea",
    "Liv",
    "Lucia",
    "Malik",
    "Mara",
    "Milo",
    "Nadia",
    "Nils",
    "Noor",
    "Olga",
    "Omar",
    "Paolo",
    "Pia",
    "Quinn",
    "Rafa",
    "Rosa",
    "Sami",
    "Selma",
    "Tariq",
    "Tess",
    "Uma",
    "Vera",
    "Viktor",
    "Wanda",
    "Yara",
    "Yusuf",
    "Zoe",
]
LAST = [
    "Abara",
    "Adler",
    "Bakker",
    "Baptiste",
    "Castell",
    "Chandra",
    "Dahl",
    "Demir",
    "Ekholm",
    "Farah",
    "Ferro",
    "Gallo",
    "Grant",
    "Haddad",
    "Holm",
    "Ibarra",
    "Iversen",
    "Jansen",
    "Kaya",
    "Keller",
    "Kovac",
    "Laurent",
    "Lindgren",
    "Malm",
    "Marsh",
    "Mendes",
    "Nakata",
    "Novak",
    "Okoro",
    "Ortiz",
    "Petrov",
    "Pryce",
    "Quist",
    "Rahman",
    "Reyes",
    "Romero",
    "Sato",
    "Silva",
    "Stone",
    "Suzuki",
    "Torres",
    "Ueda",
    "Varga",
    "Vogel",
    "Walsh",
    "Weber",
    "Xu",
    "Yilmaz",
    "Zander",
    "Ziegler",
]
WHAT = (
    "Parcel left at the wrong door",
    "Charged twice for one order",
    "Engineer did not come",
    "Invoice names the wrong company",
    "Refund promised, not paid",
    "Booking lost by the system",
    "Wrong size delivered again",
    "Appointment missed by an hour",
    "Alarm reports no connection",
    "Chairs short for the meeting",
    "Contract ended without notice",
    "Letter with another customer's name",
)
DETAIL = (
    "the second time this month",
    "on the day before the move",
    "although it was confirmed by phone",
    "after three calls",
    "found by our own night shift",
    "and nobody called back",
    "with the meter reading of a neighbor",
    "while the family was waiting",
)
SAID = (
    "I stayed at home all day for this, and then nobody came and nobody called. I had to ask for another day off. "
    "What I want to know is when it will be done, and that somebody writes it down this time.",
    "It is not the money. I have told three different people the same thing, and each one was friendly, and each one "
    "said that a colleague would ring me. I would like one name and one date.",
    "We opened the box in front of our guests. You can imagine how that was. Please send the right one before Friday.",
)
READ_BACK = "You waited at home for the whole day, nobody came, and nobody told you why. Is that right?"
OWNERSHIP = "I own this until it is right."
APOLOGY = (
    "We said that we would come, and we did not. That was our mistake, and it cost you a day. The appointment was "
    "entered for the wrong week, and our check did not find it. I am sorry. I have booked you the first visit on the "
    "day that you choose, and I will call you when the engineer is on the way."
)
EXPLANATION = "The appointment was entered for the wrong week, and our check did not find it."
FIX = "A visit at the hour that the customer chose; the work was done and looked at together."
EXAMINED = "How the appointment was entered, and why the evening list did not show it."
FOUND = "The list shows only appointments that have a route, and this one had none."
LETTER = (
    "We have looked into what went wrong with your appointment. It had no route, so our evening list did not show it. "
    "The list now shows every appointment. Thank you for your patience; we hope to be of service again."
)
CHANGE = "The evening list shows every appointment, also those without a route."
PLEASED = "That was quicker than I had hoped. Thank you."
GIFTS = ("Gift card", "Credit on the next bill", "Flowers", "A month free of charge")
CAUSES = (
    "Order entry",
    "Route planning",
    "Handover between shifts",
    "Address data",
    "Billing run",
    "Supplier late",
    "Training",
    "Stock count",
    "Phone queue",
    "Contract template",
    "Label printer",
    "Night change",
)
CATEGORIES = tuple(
    f"{group} › {kind}"
    for group in ("Delivery", "Billing", "Appointments", "Installation", "Contract", "Support")
    for kind in ("Wrong", "Late", "Missing", "Twice")
)
