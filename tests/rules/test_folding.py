"""Names, mail addresses and phone numbers that are the same to people, however they are written."""

# ruff: noqa: RUF001 - letters that look like others are what is tested

from unicodedata import normalize

import pytest

from cases.rules.folding import fold, mail_key, name_key, phone_key, phone_keys, visible, written_out


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("O'Brien", "obrien"),
        ("O’Brien", "obrien"),
        ("OʼBRIEN", "obrien"),
        ("o`brien", "obrien"),
        ("O´Brien", "obrien"),
        ("O＇Brien", "obrien"),
        ("Łukasz", "lukasz"),
        ("SØREN", "soren"),
        ("Straße", "strasse"),
        ("STRASSE", "strasse"),
        ("STRAẞE", "strasse"),
        ("Ægir Þór", "aegir thor"),
        ("Đặng", "dang"),
        ("İpek", "ipek"),
        ("IŞIK ışık", "isik isik"),
        ("José", "jose"),
        (normalize("NFD", "José"), "jose"),
        ("Ｊｏｓｅ", "jose"),
        ("ﬁnn", "finn"),
        ("Ann\u200bMarie", "annmarie"),
        ("\u202eAnn\u202c", "ann"),
        ("Anne‑Marie", "anne marie"),
        ("Ann\u00a0 Lee", "ann lee"),
        ("Γιώργος", "γιωργοσ"),
        ("Семён", "семен"),
        ("أحمد", "احمد"),
        ("がき", "がき"),
        ("ｶﾞｷ", "ガキ"),
        ("กำลัง", "กําลัง"),
        ("🎻", "🎻"),
    ],
)
def test_a_name_has_one_key_however_it_is_written(written: str, key: str) -> None:
    assert name_key(written) == name_key(key) == normalize("NFC", key)


def test_people_stand_where_a_reader_looks_for_them() -> None:
    names = ["Zoe", "Ärger", "adam", "Österle", "Ålund", "Łukasz", "Mia", "O’Brien", "Obama", "Émile"]

    in_order = sorted(names, key=name_key)

    assert in_order == ["adam", "Ålund", "Ärger", "Émile", "Łukasz", "Mia", "Obama", "O’Brien", "Österle", "Zoe"]


@pytest.mark.parametrize("written", ["Müller", normalize("NFD", "Müller")])
def test_umlauts_are_written_out_as_keyboards_without_them_do(written: str) -> None:
    assert fold(written) == "muller"
    assert fold(written_out(written)) == "mueller"


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("  Ann\u200b \u00a0Lee\ufeff ", "Ann Lee"),
        ("\u202bנור\u202c", "נור"),
        ("e\u0301mile", "émile"),
        ("a\u00adb\u2060c\u3164", "abc"),
        ("نمی\u200cخواهم", "نمی\u200cخواهم"),
        ("\u200bAnn\u200d", "Ann"),
        ("A\u0007nn", "Ann"),
        ("👩\u200d👧 Ann", "👩\u200d👧 Ann"),
        ("Maya\ufe0e Roy", "Maya Roy"),
        ("m+\ufe0f@example.org", "m+@example.org"),
        ("邉\U000e0101", "邉"),
        ("☎\ufe0f Ann ✂\ufe0e", "☎\ufe0f Ann ✂\ufe0e"),
    ],
)
def test_what_nobody_can_see_is_not_stored(typed: str, stored: str) -> None:
    assert visible(typed) == stored


def test_a_mail_address_keeps_its_accents_and_loses_its_case() -> None:
    assert mail_key(" Grace\u200b@EXAMPLE.org") == "grace@example.org"
    assert mail_key("josé@example.org") != mail_key("jose@example.org")


@pytest.mark.parametrize(
    "written",
    [
        "+49 30 123456",
        "+49 (0)30 123456",
        "+49 (0) 30 / 12 34 56",
        "0049 30 123456",
        "0049 (0)30 123456",
        "030/123456",
        "030-12 34 56",
        "(030) 123 456",
        "030 123456 x123",
        "030 123456 ext. 12",
        "030 123456, ext 12",
        "030 123456 Durchwahl 12",
        "030 123456x12",
        "030 123456 #12",
        "030 123456 Apparat 12",
        "030 123456 App. 12",
        "030 123456 ramal: 5",
        "030 123456 (toestel 12)",
        "030-123456 内線12",
        "030 123456 вн. 7",
        "０３０ １２３４５６",
        "\u202a+49 30 123456\u202c",
        "+49\u00a030\u00a0123456",
        "030–123456",
        "Tel.: 030 123456",
        "Tel.: 0049 30 123456",
        "030 123456 (Ute)",
        "030 123456 Ute",
        "030 123456Ute",
        "030 123456, 3. Stock",
        "030 (Berlin) 123456",
        "030 123456 Apparat 12 (Ute)",
        "030 123456 ext. 12 Ute",
        "030 123456 sonst 0171 7654321",
    ],
)
def test_a_phone_number_is_the_same_however_it_is_written(written: str) -> None:
    assert phone_key(written, "DE") == "+4930123456"


@pytest.mark.parametrize(
    ("written", "region", "key"),
    [
        ("(212) 555-0100", "US", "+12125550100"),
        ("1-212-555-0100 x7", "US", "+12125550100"),
        ("011 49 30 123456", "US", "+4930123456"),
        ("0049 30 123456", "US", "+4930123456"),
        ("020 7946 0958", "GB", "+442079460958"),
        ("06 12 34 56 78", "FR", "+33612345678"),
        ("03-1234-5678", "JP", "+81312345678"),
        ("03-1234-5678 内線12", "JP", "+81312345678"),
        ("(11) 2345-6789 ramal 5", "BR", "+551123456789"),
        ("1-800-GOT-2BUY", "US", "+18004682289"),
        ("1-800-FLOWERS", "US", "+18003569377"),
        ("1 800 555 GIFT", "US", "+18005554438"),
        ("1-800-356-9377 (FLOWERS)", "US", "+18003569377"),
        ("212-555-CARE", "US", "+12125552273"),
        ("234 5678 TOM", "US", "2345678"),
        ("212 555 0142 3rd floor", "US", "+12125550142"),
        ("0412 345 679 (Lee)", "AU", "+61412345679"),
        ("03-1234-5679（自宅）", "JP", "+81312345679"),
        ("311 ext 5", "US", "311"),
        ("+1 555 0100", "US", "15550100"),
        ("110", "DE", "110"),
        ("next door", "DE", ""),
        ("", "DE", ""),
    ],
)
def test_a_number_is_read_as_one_of_the_country_and_falls_back_to_its_digits(
    written: str, region: str, key: str
) -> None:
    assert phone_key(written, region) == key


@pytest.mark.parametrize(
    ("written", "keys"),
    [
        ("030 1234568 / 0171 7654322", ["49301234568", "491717654322"]),
        ("02203/123457 und 0171 7654322", ["492203123457", "491717654322"]),
        ("privat: 030 123457 mobil: 0171 7654322 (abends)", ["4930123457", "491717654322"]),
        ("030/123457/0171 7654322", ["4930123457", "491717654322"]),
        ("+49 30 123457 +49 171 7654322", ["4930123457", "491717654322"]),
        ("030 123457 / 030 123457", ["4930123457"]),
        ("030 123457 / 12", ["4930123457"]),
        ("030 123457 Durchwahl 1234567", ["4930123457"]),
        ("030/123457", ["4930123457"]),
        ("0049 2203/123457", ["492203123457"]),
        ("+49 (0)2203/123457", ["492203123457"]),
        ("next door", []),
    ],
)
def test_a_field_may_hold_several_numbers(written: str, keys: list[str]) -> None:
    assert phone_keys(written, "DE") == keys
    assert phone_key(written, "DE").removeprefix("+") == "".join(keys[:1])
