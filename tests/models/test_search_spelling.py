"""Customers and cases are found however they are written, on both databases."""

# ruff: noqa: RUF001 - letters that look like others are what is tested

from collections.abc import Callable
from datetime import datetime
from importlib import import_module
from unicodedata import normalize

import pytest
from django.apps import apps
from django.conf import LazySettings

from cases.actions.customers import CustomerDetails, add_customer, change_customer
from cases.models import Case, Customer, User
from cases.rules.vocabulary import Likeness
from tests.conftest import Log

pytestmark = pytest.mark.django_db

type Write = Callable[..., Customer]


@pytest.fixture
def write(agent: User, now: datetime, settings: LazySettings) -> Write:
    """Write down a customer of a German organization."""
    settings.AMENDS_COUNTRY = "DE"

    def written(name: str = "Somebody", **known: str) -> Customer:
        return add_customer(details=CustomerDetails(name=name, **known), actor=agent, now=now)

    return written


NAMES = [
    ("O'Brien", "O’Brien"),
    ("O’Brien", "obrien"),
    ("OBRIEN", "o'brien"),
    ("O'Brien", "O Brien"),
    ("Łukasz Żółć", "lukasz zolc"),
    ("Lukasz", "ŁUKASZ"),
    ("Søren", "soren"),
    ("Soren", "SØREN"),
    ("Søren", "Soeren"),
    ("Müller", "Mueller"),
    ("Mueller", "Müller"),
    ("Müller", "muller"),
    ("Strauß", "STRAUSS"),
    ("Strauss", "strauß"),
    ("José", normalize("NFD", "JOSÉ")),
    (normalize("NFD", "José"), "jose"),
    ("Anna\u200bMaria", "annamaria"),
    ("\u202eנור\u202c", "נור"),
    ("Ｇｒａｃｅ", "grace"),
    ("Émile Zola", "zola, emile"),
    ("Anne-Marie", "annemarie"),
    ("Anne‑Marie", "Anne Marie"),
    ("İpek Işık", "ipek isik"),
    ("王小明", "小明"),
    ("山田 太郎", "山田太郎"),
    ("山田　太郎", "田太"),
    ("山田太郎", "山田 太郎"),
    ("สม ใจ", "สมใจ"),
    ("สมชาย ใจดี", "ใจดี"),
    ("김철수", "철수"),
    ("ヤマダ", "ﾔﾏﾀﾞ"),
    ("Wolfeschlegelstein", "schlegel"),
]


@pytest.mark.parametrize(("stored", "typed"), NAMES)
def test_a_name_is_found_however_it_is_written(write: Write, stored: str, typed: str) -> None:
    write("Nobody Else")
    customer = write(stored)

    assert list(Customer.objects.matching(typed)) == [customer]


PHONES = ["+49 30 123456", "+49 (0)30 123456", "0049 30 123456", "030/123456", "(030) 12 34 56", "030 123456 x123"]
TYPED = [*PHONES, "030 123456, ext. 12", "030–123 456", "\u202a0３0 123456\u202c", "30123456", "123456", "0301234"]


@pytest.mark.parametrize("stored", PHONES)
@pytest.mark.parametrize("typed", TYPED)
def test_a_phone_is_found_however_it_is_written(write: Write, stored: str, typed: str) -> None:
    write(phone="+49 30 654321")
    customer = write("Grace Whitlock", phone=stored)

    assert list(Customer.objects.matching(typed)) == [customer]
    assert list(Customer.objects.matching(f"grace {typed}")) == [customer]
    assert customer.phone_key == "+4930123456"


@pytest.mark.parametrize("stored", ["030 1234568 / 0171 7654322", "0171 7654322 (Ute) oder 030 1234568"])
@pytest.mark.parametrize("typed", ["+49 30 1234568", "0171/7654322", "+491717654322 Ute"])
def test_each_of_two_numbers_finds_a_customer(write: Write, stored: str, typed: str) -> None:
    write(phone="030 1234569 / 0171 7654323")
    customer = write("Ute Grace", phone=stored)

    assert list(Customer.objects.alike(phone=typed)) == [customer]
    assert list(Customer.objects.matching(typed)) == [customer]
    assert customer.likeness(phone=typed) == (Likeness.PHONE,)
    assert list(Customer.objects.matching("7654322")) == [customer]


@pytest.mark.parametrize("typed", ["GRACE@example.ORG", "grace@example", "\u200bgrace@example.org", "ample.org"])
def test_a_mail_address_is_found_by_its_parts(write: Write, typed: str) -> None:
    customer = write("Whitlock", email="Grace\u200b@Example.org")

    assert customer.email == "Grace@example.org"
    assert list(Customer.objects.matching(typed)) == [customer]


def test_former_numbers_and_addresses_find_a_customer_and_their_cases(
    write: Write, agent: User, now: datetime, log: Log
) -> None:
    customer = write("Grace", email="grace@old.example", phone="030 123456")
    case = log(whom=customer)
    new = CustomerDetails(name="Grace", email="grace@new.example", phone="040 654321")

    customer = change_customer(customer=customer, details=new, actor=agent, now=now)

    for words in ("grace@old.example", "+49 30 123456", "grace@new.example", "040654321"):
        assert list(Customer.objects.matching(words)) == [customer]
        assert list(Case.objects.matching(words)) == [case]
    assert customer.likeness(email="GRACE@old.example", phone="004930123456") == (Likeness.EMAIL, Likeness.PHONE)


@pytest.mark.parametrize(
    "typed",
    [
        {"name": "MUELLER, Jörg"},
        {"name": "jorg müller"},
        {"phone": "+49 30 123456 ext. 4"},
        {"email": "Joerg@Example.org"},
        {"name": "Somebody", "phone": "030-123456"},
    ],
)
def test_who_has_the_same_name_number_or_address_is_alike(write: Write, typed: dict[str, str]) -> None:
    write("Jörg Möller", email="moeller@example.org", phone="030 123457")
    customer = write("Jörg Müller", email="joerg@example.org", phone="030 123456")

    assert list(Customer.objects.alike(**typed)) == [customer]


@pytest.mark.parametrize(
    ("stored", "typed"),
    [
        ("山田 太郎", "山田太郎"),
        ("山田太郎", "山田　太郎"),
        ("Zoë O’Brien-Müller", "Zoe O Brien Müller"),
        ("김 철수", "김철수"),
        ("van der Berg", "Vanderberg"),
    ],
)
def test_who_has_the_same_name_but_for_its_blanks_is_alike(write: Write, stored: str, typed: str) -> None:
    write("Somebody Else")
    customer = write(stored)

    assert list(Customer.objects.alike(name=typed)) == [customer]
    assert customer.likeness(name=typed) == (Likeness.NAME,)


@pytest.mark.parametrize("typed", [{}, {"name": " "}, {"name": "Jörg"}, {"email": "joerg@example.or"}, {"phone": "x"}])
def test_who_shares_a_part_only_is_not_alike(write: Write, typed: dict[str, str]) -> None:
    write("Jörg Müller", email="joerg@example.org", phone="030 123456")

    assert not Customer.objects.alike(**typed).exists()


def test_customers_written_many_at_once_are_found_too(write: Write, now: datetime) -> None:
    Customer.objects.bulk_create(Customer(name=f"Zoë \u200b{word}", created_at=now) for word in ("Åse", "Bø"))

    assert [customer.name for customer in Customer.objects.matching("zoe")] == ["Zoë Åse", "Zoë Bø"]


def test_people_stand_in_the_order_of_their_names_whatever_their_case_and_accents(write: Write) -> None:
    names = ["adam", "Ärger", "Łukasz", "Mia", "Österle", "zoe"]
    for name in reversed(names):
        write(name)

    assert list(Customer.objects.values_list("name", flat=True)) == names


def test_people_of_before_are_found_without_their_blanks(write: Write) -> None:
    customer = write("山田 太郎", phone="030 123456 Apparat 12")
    Customer.objects.update(search_text="=n太郎.山田", phone_key="3012345612")

    import_module("cases.migrations.0043_names_without_blanks").fill_customers(apps, "default")

    assert list(Customer.objects.alike(name="山田太郎")) == [customer]
    assert list(Customer.objects.alike(phone="+49 30 123456")) == [customer]
