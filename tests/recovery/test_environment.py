"""What a deployment may say, and the sentence that it gets for what cannot work."""

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from cases.rules.money import CURRENCIES
from recovery import environment

NAME = "SETTING"
Refusal = Callable[[Callable[[], object]], str]


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Sets the variable."""
    return lambda value: monkeypatch.setenv(NAME, value)


@pytest.fixture
def refusal(capsys: pytest.CaptureFixture[str]) -> Refusal:
    """The sentence that stops the start, without its beginning."""

    def of(reading: Callable[[], object]) -> str:
        with pytest.raises(SystemExit) as stop:
            reading()
        assert stop.value.code == environment.REFUSED
        begin, _, sentence = capsys.readouterr().err.partition(": ")
        assert begin == "Amends cannot start"
        return sentence.rstrip("\n")

    return of


def test_an_unset_variable_means_its_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(NAME, raising=False)

    assert environment.whole_number(NAME, 8000, least=1, most=9000) == 8000


def test_an_empty_variable_means_its_default(given: Callable[[str], None]) -> None:
    given("")

    assert environment.flag(NAME, default=True) is True


@pytest.mark.parametrize("said", ["on", "true", "1", "yes"])
def test_a_flag_is_understood_in_the_usual_words(given: Callable[[str], None], said: str) -> None:
    given(said)

    assert environment.flag(NAME, default=False) is True


def test_names_are_parted_by_commas_and_blanks_do_not_count(given: Callable[[str], None]) -> None:
    given("a.example.com, b.example.com,")

    assert environment.names(NAME, []) == ["a.example.com", "b.example.com"]


@pytest.mark.parametrize("number", ["0", "65536", "1e3", "eight"])
def test_a_number_out_of_range_is_refused(given: Callable[[str], None], refusal: Refusal, number: str) -> None:
    given(number)

    sentence = refusal(lambda: environment.whole_number(NAME, 1, least=1, most=65535))

    assert sentence == "SETTING must be a whole number from 1 to 65535."


@pytest.mark.parametrize("word", ["", "abcDEF0123456789-._~" * 2, "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0="])
def test_a_token_is_taken_or_left_out(given: Callable[[str], None], word: str) -> None:
    given(word)

    assert environment.token(NAME) == word


@pytest.mark.parametrize(
    "word", ["tooshort", "with a blank between the many words of it", "not-ascii-naïveté-naïveté-naïveté-naïveté"]
)
def test_a_token_that_no_header_carries_is_refused_and_not_repeated(
    given: Callable[[str], None], refusal: Refusal, word: str
) -> None:
    given(word)

    assert refusal(lambda: environment.token(NAME)) == (
        "SETTING must be at least 32 letters and digits, or be left empty."
    )


def test_a_text_of_two_lines_is_refused(given: Callable[[str], None], refusal: Refusal) -> None:
    given("Northside\nBcc: everybody")

    assert refusal(lambda: environment.text(NAME)) == "SETTING must be a line of text."


@pytest.mark.parametrize("code", ["EUR", "USD", "JPY"])
def test_a_currency_is_taken(given: Callable[[str], None], code: str) -> None:
    given(code)

    assert environment.currency(NAME, "CHF") == code


@pytest.mark.parametrize("code", ["usd", "XAU", "ABC", "$"])
def test_what_is_no_currency_is_refused(given: Callable[[str], None], refusal: Refusal, code: str) -> None:
    given(code)

    assert "ISO 4217" in refusal(lambda: environment.currency(NAME, "USD"))


def test_the_base_currency_is_always_among_those_that_may_be_used(given: Callable[[str], None]) -> None:
    given("JPY, KWD")

    assert environment.currencies(NAME, base="USD") == {"JPY", "KWD", "USD"}


def test_every_currency_may_be_used_where_none_is_named(given: Callable[[str], None]) -> None:
    given("")

    assert environment.currencies(NAME, base="USD") == CURRENCIES


def test_an_unknown_one_among_the_currencies_is_refused(given: Callable[[str], None], refusal: Refusal) -> None:
    given("EUR,FOO")

    assert refusal(lambda: environment.currencies(NAME, base="USD")) == (
        "SETTING must be currency codes of ISO 4217 with commas between them, and FOO is none."
    )


def test_an_unknown_time_zone_is_refused(given: Callable[[str], None], refusal: Refusal) -> None:
    given("Mars/Olympus")

    assert "America/New_York" in refusal(lambda: environment.time_zone(NAME, "UTC"))


def test_a_country_without_known_holidays_is_refused(given: Callable[[str], None], refusal: Refusal) -> None:
    given("USA")

    assert "two letters" in refusal(lambda: environment.country(NAME, "US"))


@pytest.mark.parametrize("address", ["https://amends.example.com/", "http://localhost:8000"])
def test_an_address_of_the_site_is_taken_without_its_slash(given: Callable[[str], None], address: str) -> None:
    given(address)

    assert environment.web_address(NAME, "") == address.rstrip("/")


@pytest.mark.parametrize(
    "address",
    [
        "amends.example.com",
        "ftp://example.com",
        "https://",
        "https://example.com:port",
        "https://example.com/path",
        "https://☃.example",
    ],
)
def test_an_address_that_links_cannot_begin_with_is_refused(
    given: Callable[[str], None], refusal: Refusal, address: str
) -> None:
    given(address)

    assert "https://amends.example.com" in refusal(lambda: environment.web_address(NAME, ""))


def test_without_a_database_it_is_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv(NAME, raising=False)
    file = tmp_path / "100% mine.sqlite3"

    config = environment.database(NAME, file=file)

    assert (config["ENGINE"], config["NAME"]) == ("django.db.backends.sqlite3", str(file))


def test_a_database_is_read_from_its_address(given: Callable[[str], None], tmp_path: Path) -> None:
    given("postgresql://amy:s%40crab@db.example.com:5433/amends")

    config = environment.database(NAME, file=tmp_path)

    assert (config["HOST"], config["PORT"], config["PASSWORD"]) == ("db.example.com", 5433, "s@crab")


@pytest.mark.parametrize("address", ["mysql://db/amends", "postgresql://db:port/amends", "amends.sqlite3"])
def test_an_address_of_no_database_we_know_is_refused(
    given: Callable[[str], None], refusal: Refusal, tmp_path: Path, address: str
) -> None:
    given(address)

    assert "postgresql://" in refusal(lambda: environment.database(NAME, file=tmp_path))


def test_a_folder_is_made(tmp_path: Path) -> None:
    assert environment.writable_folder(tmp_path / "new" / "folder").is_dir()


def test_a_folder_that_cannot_be_made_is_refused(refusal: Refusal, tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    sentence = refusal(lambda: environment.writable_folder(tmp_path / "file" / "folder"))

    assert sentence.startswith(f"the folder {tmp_path}/file/folder cannot be made")


def test_a_folder_that_cannot_be_written_is_refused(
    monkeypatch: pytest.MonkeyPatch, refusal: Refusal, tmp_path: Path
) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)  # root may write anywhere

    assert "AMENDS_VAR" in refusal(lambda: environment.writable_folder(tmp_path))


def test_a_site_on_this_machine_makes_a_key_and_keeps_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv(NAME, raising=False)
    file = tmp_path / "secret_key"

    first = environment.secret_key(NAME, kept_in=file, required=False)

    assert len(first) >= environment.SECRET_LENGTH
    assert environment.secret_key(NAME, kept_in=file, required=False) == first
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_public_site_is_told_to_bring_its_key(
    monkeypatch: pytest.MonkeyPatch, refusal: Refusal, tmp_path: Path
) -> None:
    monkeypatch.delenv(NAME, raising=False)
    file = tmp_path / "secret_key"

    sentence = refusal(lambda: environment.secret_key(NAME, kept_in=file, required=True))

    assert "AMENDS_BASE_URL is a public address" in sentence
    assert not file.exists()


def test_a_short_key_is_refused_and_not_repeated(
    given: Callable[[str], None], refusal: Refusal, tmp_path: Path
) -> None:
    given("hunter2")

    sentence = refusal(lambda: environment.secret_key(NAME, kept_in=tmp_path / "secret_key", required=False))

    assert sentence == "SETTING must be at least 50 random characters."


def test_a_mailbox_is_read_from_its_address_and_shows_no_password(given: Callable[[str], None]) -> None:
    given("imaps://bounces%40example.com:p%2Fond@mail.example.com/Bounce%20mail")

    mailbox = environment.mailbox(NAME)

    assert mailbox == environment.MailboxAddress("mail.example.com", 993, "bounces@example.com", "p/ond", "Bounce mail")
    assert "p/ond" not in repr(mailbox)


def test_a_mailbox_has_a_folder_and_a_port_that_need_not_be_named(given: Callable[[str], None]) -> None:
    given("imaps://bounces:pond@mail.example.com:1993")

    assert environment.mailbox(NAME) == environment.MailboxAddress("mail.example.com", 1993, "bounces", "pond", "INBOX")


@pytest.mark.parametrize(
    "address",
    [
        "imap://bounces:pond@mail.example.com/INBOX",
        "imaps://mail.example.com/INBOX",
        "imaps://bounces@mail.example.com",
        "imaps://bounces:pond@/INBOX",
        "imaps://bounces:pond@mail.example.com:many/INBOX",
        "imaps://bounces:po#nd@mail.example.com/INBOX",
        "imaps://bounces:pond%0d%0aA1@mail.example.com/INBOX",
        "bounces:pond",
    ],
)
def test_an_address_of_no_mailbox_is_refused_and_not_repeated(
    given: Callable[[str], None], refusal: Refusal, address: str
) -> None:
    given(address)

    sentence = refusal(lambda: environment.mailbox(NAME))

    assert sentence.startswith("SETTING must be an address such as imaps://user:password@mail.example.com/INBOX")
    assert "pond" not in sentence


def test_without_the_settings_of_bounces_there_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(NAME, raising=False)

    assert (environment.mailbox(NAME), environment.mail_address(NAME), environment.token(NAME)) == (None, "", "")


@pytest.mark.parametrize(
    ("reading", "value", "wanted"),
    [
        (environment.mail_address, "bounces", "a mail address such as bounces@example.com"),
        (environment.mail_address, "a@b@c", "a mail address such as bounces@example.com"),
        (environment.mail_address, f"us@{'a' * 64}.example", "a mail address such as bounces@example.com"),
        (environment.mail_address, f"{'us' * 125}@example.com", "a mail address such as bounces@example.com"),
        (environment.mail_address, "Us <a@example.com>", "a mail address such as bounces@example.com"),
    ],
)
def test_an_address_that_cannot_work_is_refused(
    given: Callable[[str], None], refusal: Refusal, reading: Callable[[str], object], value: str, wanted: str
) -> None:
    given(value)

    assert refusal(lambda: reading(NAME)) == f"SETTING must be {wanted}."


@pytest.mark.parametrize("allowed", ["*", ".example.com", "other.test, desk.example.com", "[2001:db8::7],*"])
def test_hosts_are_taken_where_the_sites_own_is_one_of_them(given: Callable[[str], None], allowed: str) -> None:
    given(allowed)

    assert environment.host_names(NAME, base="desk.example.com", local=[])


@pytest.mark.parametrize("allowed", ["", "example.com", "other.test, desk.example.org", ".desk.example.net"])
def test_hosts_without_the_sites_own_are_refused(given: Callable[[str], None], refusal: Refusal, allowed: str) -> None:
    given(allowed)

    sentence = refusal(lambda: environment.host_names(NAME, base="desk.example.com", local=[]))

    assert sentence == "SETTING must name the host that people use, desk.example.com, as AMENDS_BASE_URL does."


@pytest.mark.parametrize("host", ["https://desk.example.com", "desk.example.com:8000", "desk.example.com/path"])
def test_a_host_is_no_address(given: Callable[[str], None], refusal: Refusal, host: str) -> None:
    given(f"desk.example.com, {host}")

    assert host in refusal(lambda: environment.host_names(NAME, base="desk.example.com", local=[]))


def test_a_site_on_this_machine_answers_to_it_beside_other_hosts(given: Callable[[str], None]) -> None:
    given(".example.com")

    assert environment.host_names(NAME, base="localhost", local=["localhost"]) == [".example.com", "localhost"]


def test_networks_are_addresses_too(given: Callable[[str], None]) -> None:
    given("127.0.0.1, 10.0.0.0/8, ::1")

    assert [str(network) for network in environment.networks(NAME, [])] == ["127.0.0.1/32", "10.0.0.0/8", "::1/128"]


@pytest.mark.parametrize("network", ["proxy.example.com", "10.0.0.1/8", "10.0.0.0/40"])
def test_what_is_no_network_is_refused(given: Callable[[str], None], refusal: Refusal, network: str) -> None:
    given(network)

    assert "such as 127.0.0.1, 10.0.0.0/8" in refusal(lambda: environment.networks(NAME, []))


@pytest.mark.parametrize(
    ("address", "listening_at"),
    [("127.0.0.1", "127.0.0.1"), ("::", "[::]"), ("[::1]", "[::1]"), ("localhost", "localhost")],
)
def test_an_address_to_listen_at_takes_a_port_behind_it(
    given: Callable[[str], None], address: str, listening_at: str
) -> None:
    given(address)

    assert environment.listen_address(NAME, "") == listening_at


def test_a_name_is_no_address_to_listen_at(given: Callable[[str], None], refusal: Refusal) -> None:
    given("amends.example.com")

    assert "such as 127.0.0.1" in refusal(lambda: environment.listen_address(NAME, ""))
