"""One spelling for each mail address, and the one that a mail server is told."""

import pytest

from cases.rules import addresses
from cases.rules.addresses import AddressError


@pytest.mark.parametrize(
    ("typed", "stored", "told"),
    [
        ("maya@straße.example", "maya@straße.example", "maya@xn--strae-oqa.example"),
        ("maya@strasse.example", "maya@strasse.example", "maya@strasse.example"),
        ("maya@xn--strae-oqa.example", "maya@straße.example", "maya@xn--strae-oqa.example"),
        ("Maya@STRAẞE.example", "Maya@straße.example", "Maya@xn--strae-oqa.example"),
        (" maya@bu\u0308cher.Example ", "maya@bücher.example", "maya@xn--bcher-kva.example"),
        ("maya@ΒΌΛΟς.gr", "maya@βόλος.gr", "maya@xn--nxasmm1c.gr"),
        ("maya@例え。テスト", "maya@例え.テスト", "maya@xn--r8jz45g.xn--zckzah"),
        ("jörg@Example.com", "jörg@example.com", "jörg@example.com"),
        ('"maya osei"@example.com', '"maya osei"@example.com', '"maya osei"@example.com'),
        ("maya@[192.0.2.7]", "maya@[192.0.2.7]", "maya@[192.0.2.7]"),
        ("maya@localhost", "maya@localhost", "maya@localhost"),
    ],
)
def test_a_domain_has_one_spelling_and_its_own_name(typed: str, stored: str, told: str) -> None:
    assert addresses.canonical(typed) == stored
    assert addresses.wire(typed) == addresses.wire(stored) == told
    assert addresses.folded(typed) == stored.lower()


@pytest.mark.parametrize(
    "typed",
    [
        *("", "maya", "maya@", "@example.com", "maya@example", "maya@x..example", "maya@-x.example", "maya@1.2.3.4"),
        *("ma ya@example.com", "maya@exa mple.com", "maya\0@example.com", "maya@exam\0ple.com", "a\nb@example.com"),
        *("maya\u200b@example.com", "maya@a\u200db.example", "maya@☃.example", "maya\ud800@example.com"),
        *("maya@\ud800.example", '"a\r\nb"@example.com', "maya\uff20example.com", "maya@" + "ü" * 70 + ".example"),
        *("m" * 250 + "@example.com", "maya@" + "a." * 130 + "example"),
    ],
)
def test_what_no_server_can_be_told_is_refused_with_a_sentence(typed: str) -> None:
    with pytest.raises(AddressError, match=r"\.$"):
        addresses.canonical(typed)
    assert addresses.folded(typed) == typed.strip().lower()


def test_two_domains_that_older_rules_took_for_one_are_two() -> None:
    assert addresses.folded("maya@straße.example") != addresses.folded("maya@strasse.example")


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        ("550 5.1.1 <maya@example.com>: User unknown", "550 5.1.1 (address): User unknown"),
        ("No mailbox maya.osei+x@straße.example. Goodbye", "No mailbox (address). Goodbye"),
        ('550 "maya osei"@example.com is full', "550 (address) is full"),
        ("rfc822;maya@[192.0.2.7]; 4.2.2", "rfc822;(address); 4.2.2"),
        ("RCPT TO:<maya@exa", "RCPT TO:<(address)"),
        (
            "It came back for maya@example.com: 5.1.1 (maya@example.com)",
            "It came back for (address): 5.1.1 ((address))",
        ),
        ("421 Try later, at 10:00", "421 Try later, at 10:00"),
    ],
)
def test_what_a_mail_server_answered_is_kept_without_addresses(words: str, kept: str) -> None:
    assert addresses.cut_out(words) == kept
