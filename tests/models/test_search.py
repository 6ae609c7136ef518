"""Finding cases and customers by words: the same answer on both databases, and no word that breaks them."""

from datetime import datetime

import pytest

from cases.actions.customers import CustomerDetails, change_customer
from cases.models import Case, Customer, User
from tests.conftest import Log

pytestmark = pytest.mark.django_db


def found(words: str) -> list[str]:
    return list(Case.objects.matching(words).values_list("reference", flat=True))


@pytest.mark.parametrize(
    "words",
    [
        "Parcel sent",
        "parc add",
        "PARCEL address",
        "old, address!",
        "Grace Whitlock",
        "whit",
        "grace@example.org",
        "example.org",
        "+1 555 0100",
        "0100",
    ],
)
def test_a_case_is_found_by_whole_words_and_their_beginnings(log: Log, words: str) -> None:
    case = log()

    assert found(words) == [case.reference]


def test_a_case_is_found_by_its_reference_however_it_is_written(log: Log) -> None:
    case, _ = log(), log()
    number = case.reference.removeprefix("SR-")

    for written in (case.reference, case.reference.lower(), number, f"sr {number}", f"({case.reference})"):
        assert found(written) == [case.reference]


@pytest.mark.parametrize("words", ["rc", "address gone", "whitlocks", "1556", "example.com", "arcels"])
def test_two_letters_from_the_middle_and_a_word_that_is_not_there_find_nothing(log: Log, words: str) -> None:
    log()

    assert found(words) == []


@pytest.mark.parametrize(
    ("story", "words"),
    [
        ("Paket für Jürgen Groß verloren", "jürgen"),
        ("Paket für Jürgen Groß verloren", "JURGEN gross"),
        ("Paket fu\u0308r Ju\u0308rgen", "für jürg"),
        ("東京への荷物が届かない", "東京"),
        ("الطلبية لم تصل", "الطلبية تصل"),
        ("החבילה לא הגיעה", "הגיעה"),
        ("पार्सल नहीं आया", "पार्सल"),
        ("Посылка не дошла", "ПОСЫЛКА"),
        ("\uff26\uff55\uff4c\uff4c width \uff11\uff12\uff13", "full 123"),
        ("🎁 gift_card is empty", "card"),
    ],
)
def test_every_script_is_searched_alike(log: Log, story: str, words: str) -> None:
    log()
    case = log(description=story)

    assert found(words) == [case.reference]


@pytest.mark.parametrize("signs", [*"\"':&|!*()^+-~:<>\\%_;{}[]@#$/", "\x00", "--", "<->", "''", "::"])
def test_quotes_and_operators_are_no_words(log: Log, signs: str) -> None:
    case = log()

    for words in (f"parcel{signs}", f"{signs}parcel", f"parcel {signs} sent", f"{signs}parcel{signs}"):
        assert found(words) == [case.reference]


@pytest.mark.parametrize("words", ["", "   ", "\x00", "!!!", "\"'", "-- ;", "🎁", "()"])
def test_nothing_but_punctuation_finds_nothing(log: Log, words: str) -> None:
    log()

    assert found(words) == []


@pytest.mark.parametrize("words", ["AND", "parcel OR pencil", "NOT pencil", "parcel NEAR(sent)", "title:parcel"])
def test_words_of_a_query_language_are_ordinary_words(log: Log, words: str) -> None:
    log()

    assert found(words) == []


def test_a_long_query_and_a_very_long_story_do_no_harm(log: Log) -> None:
    case = log(description="x" * 3000 + " " + " ".join(f"word{number}" for number in range(200_000)))

    assert found("parcel " * 500) == [case.reference]
    assert found("x" * 5000) == [case.reference]


def test_a_case_is_found_by_the_new_name_of_its_customer(
    log: Log, customer: Customer, agent: User, now: datetime
) -> None:
    case = log()

    change_customer(customer=customer, details=CustomerDetails(name="Grace Osborne"), actor=agent, now=now)

    assert found("osborne") == [case.reference]
    assert found("whitlock") == []


@pytest.mark.parametrize("words", ["grace", "whit gra", "EXAMPLE.ORG", "555", "", "gra\x00whit"])
def test_a_customer_is_found_by_any_part_of_name_address_or_number(customer: Customer, words: str) -> None:
    assert list(Customer.objects.matching(words)) == [customer]


@pytest.mark.parametrize(
    ("words", "is_found"),
    [
        ("grace@example.org", True),
        ("GRACE@EXAMPLE.OR", True),
        ("race@example.org", True),
        ("grace@exam", True),
        ("grace@xample.org", False),
        ("grace@example.com", False),
    ],
)
def test_a_mail_address_may_be_unfinished_at_its_ends_only(customer: Customer, words: str, is_found: bool) -> None:  # noqa: FBT001
    assert Customer.objects.matching(words).exists() is is_found


@pytest.mark.parametrize("words", ["grace reyes", "%", "_", "' OR 2=2"])
def test_a_customer_is_not_found_by_signs_of_a_query(customer: Customer, words: str) -> None:
    assert not Customer.objects.matching(words).exists()


@pytest.mark.parametrize(
    ("story", "words"),
    [
        ("Der Kindergeldantrag ist verloren", "geld"),
        ("Der Kindergeldantrag ist verloren", "geldantrag"),
        ("Der Kindergeldantrag ist verloren", "GELDANTRÄG"),
        ("Der Kindergeldantrag ist verloren", "trag"),
        ("Straßenbahnhaltestelle", "bahnhalte"),
        ("L'avion n’est pas parti", "avion"),
        ("L'avion n’est pas parti", "l’avion"),
        ("他的包裹没有送到北京市海淀区", "北京"),
        ("他的包裹没有送到北京市海淀区", "包裹没有送到北京"),
        ("他的包裹没有送到北京市海淀区", "区"),
        ("東京への荷物が届かない", "荷物"),
        ("カスタマーサポート", "サポート"),
        ("พัสดุไม่มาถึงกรุงเทพ", "กรุงเทพ"),
        ("택배가 서울에 도착하지 않았다", "도착"),
        ("The e-mail came late", "email"),
        ("Ref SR2026", "sr2026"),
        ("It is OK", "ok"),
        ("It is OK", "i"),
    ],
)
def test_parts_of_words_are_found_in_every_script(log: Log, story: str, words: str) -> None:
    log()
    case = log(description=story)

    assert found(words) == [case.reference]


@pytest.mark.parametrize("words", ["rg", "北市", "海京", "กท", "ld"])
def test_letters_that_do_not_stand_together_or_begin_no_word_find_nothing(log: Log, words: str) -> None:
    log(description="Kindergeldantrag 北京市海淀区 กรุงเทพ")

    assert found(words) == []
