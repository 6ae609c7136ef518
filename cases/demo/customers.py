"""Invented customers. No real person or firm is meant; addresses and telephone numbers are those kept for examples."""

from __future__ import annotations

from typing import NamedTuple

from cases.actions.customers import CustomerDetails
from cases.rules.vocabulary import Channel


class Person(NamedTuple):
    name: str
    salutation: str
    mail: str
    more: dict[str, str] = {}


def details(person: Person, number: int) -> CustomerDetails:
    """``number`` makes the telephone number; a customer of an even number prefers to be rung."""
    usual = {
        "email": f"{person.mail}@example.{'org' if number % 3 else 'net'}",
        "phone": f"+1 555 01{number:02}",
        "preferred_channel": Channel.PHONE if number % 2 == 0 else Channel.EMAIL,
    }
    return CustomerDetails(name=person.name, salutation=person.salutation, **{**usual, **person.more})


PEOPLE = (
    Person("Samira Haddad", "Ms. Haddad", "samira.haddad"),
    Person("Luis Ortega", "Mr. Ortega", "l.ortega"),
    Person("王小明", "王先生", "wang.xm", {"language": "zh"}),
    Person("Aoife Brennan", "Ms. Brennan", "aoife.b"),
    Person("Мария Кузнецова", "Мария Сергеевна", "m.kuznetsova", {"language": "ru"}),
    Person("Ruth Adeyemi", "Mrs. Adeyemi", "r.adeyemi"),
    Person("Lakeside Dental", "Dr. Petrov", "office.lakeside", {"answers_to": "Patients who had taken the day off"}),
    Person("Jean Moreau", "M. Moreau", "j.moreau", {"language": "fr"}),
    Person("أحمد الحسن", "السيد الحسن", "ahmed.h", {"language": "ar"}),
    Person("Sabine Brandt", "Frau Brandt", "s.brandt", {"language": "de"}),
    Person("田中さくら", "田中様", "sakura.t", {"language": "ja"}),
    Person("Kwame Boateng", "Mr. Boateng", "kwame.boateng"),
    Person("Giulia Ferraro", "Ms. Ferraro", "giulia.f"),
    Person("김서연", "김서연 님", "seoyeon.k", {"language": "ko"}),
    Person("Ποδηλάτες Αθηνών", "κυρία Παππά", "podilates", {"language": "el"}),
    Person("Tomasz Zieliński", "Mr. Zieliński", "tomasz.z"),
    Person("דנה לוי", "דנה", "dana.levi", {"language": "he"}),
    Person("Priyanka Rao", "Ms. Rao", "priyanka.rao"),
    Person("Nguyễn Thị Hoa", "Chị Hoa", "hoa.nguyen", {"language": "vi"}),
    Person("Bramble & Finch Books", "Mr. Finch", "orders.bramble", {"answers_to": "A reading for forty guests"}),
    Person("Isabel Silva Santos", "Dona Isabel", "isabel.santos", {"language": "pt"}),
    Person("Henrik Dahl", "Mr. Dahl", "henrik.dahl", {"needs": "A slow call, please"}),
    Person("Zeynep Kaya", "Ms. Kaya", "zeynep.k"),
    Person("Amara Nwosu", "Ms. Nwosu", "amara.nwosu"),
    Person("Pavel Horák", "Mr. Horák", "p.horak"),
    Person("Riverbend School", "Ms. Castillo", "riverbend", {"answers_to": "The parents of class 4b"}),
    Person("Noah Weiss", "Mr. Weiss", "noah.weiss"),
    Person("आरव शर्मा", "आरव जी", "aarav.s", {"language": "hi"}),
    Person("Leilani Kealoha", "Ms. Kealoha", "leilani.k"),
    Person("Stellan Berg", "Mr. Berg", "stellan.berg"),
    Person("Fatou Diop", "Mme Diop", "fatou.diop", {"language": "fr"}),
    Person("Oliver Grantham", "Mr. Grantham", "o.grantham", {"needs": "Letters in large print"}),
    Person("Mele Tupou", "Ms. Tupou", "mele.tupou"),
    Person("Hassan Farouk", "Mr. Farouk", "h.farouk"),
    Person("Corner Bakery No. 9", "Ms. Lindner", "bakery9", {"answers_to": "A bride"}),
    Person("Emilia Kowalczyk", "Ms. Kowalczyk", "emilia.k"),
    Person("Joaquín Peña", "Mr. Peña", "joaquin.p"),
    Person("Ingrid Solberg", "Ms. Solberg", "ingrid.s"),
    Person("Chen Wei-Ting", "Ms. Chen", "weiting.chen"),
    Person("Dmytro Bondarenko", "Mr. Bondarenko", "dmytro.b"),
    Person("Marguerite O’Neill", "Mrs. O’Neill", "m.oneill", {"needs": "Her son may speak for her"}),
    Person("Yusuf Abdi", "Mr. Abdi", "yusuf.abdi"),
    Person("Hannah Vogel", "Ms. Vogel", "hannah.vogel"),
    Person("Ravensworth Choir", "Ms. Ashdown", "choir", {"answers_to": "Sixty singers"}),
    Person("Carlos Iglesias", "Mr. Iglesias", "c.iglesias"),
    Person("Anneke de Vries", "Ms. de Vries", "anneke.dv"),
    Person("Malik Johnson", "Mr. Johnson", "malik.j"),
    Person("Sofía Restrepo", "Ms. Restrepo", "sofia.r"),
    Person("Tariq Aziz Khan", "Mr. Khan", "tariq.khan"),
    Person("Lucía Benítez 🌻", "Ms. Benítez", "lucia.b"),
    Person("Edmund Fairweather", "Mr. Fairweather", "e.fairweather"),
    Person("Nadia Rahimi", "Ms. Rahimi", "nadia.rahimi"),
    Person("Otto Lindgren", "Mr. Lindgren", "otto.l"),
    Person("Bich Tran", "Ms. Tran", "bich.tran"),
    Person("Gwen Pritchard", "Ms. Pritchard", "gwen.p"),
    Person("Mateo Álvarez", "Mr. Álvarez", "mateo.a"),
)
