"""Mail addresses: one spelling for each, and the form in which a mail server is told them.

Domains follow IDNA 2008 (RFC 5891) after the mapping of UTS 46, non-transitional: ``ß`` stays ``ß``.
Limit: whether somebody reads the mail there is not known.
"""

from __future__ import annotations

import re

import idna

from cases.errors import RuleError

LONGEST = 254
"""RFC 5321, 4.5.3.1.3: a path has 256 octets, two of them brackets."""
_ATOM = r"[-!#$%&'*+/=?^_`{|}~0-9A-Za-z\u00a1-\U0010ffff]+"
_LOCAL = re.compile(rf'{_ATOM}(?:\.{_ATOM})*|"(?:[ !#-\[\]-~]|\\[ -~])*"')
_LITERAL = re.compile(r"\[[0-9A-Za-z:.]{2,60}\]")
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_LONGEST_DOMAIN = 253
_IN_WORDS = re.compile(r"""<[^<>]*@[^<>]*>|"[^"\n]*"@[^\s<>,;:]+|[^\s<>,;:()"]+@[^\s<>,;:()"]*[^\s<>,;:()".]""")
"""Whatever may be an address in a mail server's answer; rather too much than too little."""
_INCOMPLETE = "Write a complete mail address, such as maya@example.com."


class AddressError(RuleError, ValueError):
    """No mail server can be told this address."""

    def __init__(self, sentence: str = _INCOMPLETE) -> None:
        super().__init__(sentence, field="email")


def canonical(address: str) -> str:
    """How an address is stored and compared: the domain in its own letters, small and composed. Raises
    ``AddressError``."""
    told = wire(address)
    local, _, domain = told.rpartition("@")
    _, dot, last = domain.rpartition(".")
    if not _LITERAL.fullmatch(domain) and domain != "localhost" and (not dot or last.isdecimal()):
        raise AddressError
    return f"{local}@{_legible(domain)}"


def folded(address: str) -> str:
    """Equal for two spellings of one address, whatever the letters' case; what is no address is only folded. Never
    ``casefold``: it would make ``strasse`` of ``straße``, another domain."""
    try:
        return canonical(address).lower()
    except AddressError:
        return address.strip().lower()


def wire(address: str) -> str:
    """As a mail server is told it: the domain in ASCII. Only the part before the ``@`` may hold other letters
    (RFC 6531). Raises ``AddressError``."""
    local, at, domain = address.strip().rpartition("@")
    if not at or not _LOCAL.fullmatch(local) or not local.isprintable():
        raise AddressError
    told = f"{local}@{ascii_domain(domain)}"
    if len(told.encode()) > LONGEST:
        raise AddressError(f"This mail address is too long: mail servers take up to {LONGEST} letters.")
    return told


def cut_out(words: str) -> str:
    """A text without the addresses in it, for what can never be erased."""
    return _IN_WORDS.sub("(address)", words)


def ascii_domain(domain: str) -> str:
    """The domain as name servers know it. Raises ``AddressError``."""
    if _LITERAL.fullmatch(domain):
        return domain
    try:
        told = domain.lower() if domain.isascii() else idna.encode(domain, uts46=True, transitional=False).decode()
    except UnicodeError as error:  # idna's own errors are of this kind
        raise AddressError("No mail server has a name like the part behind the @. Please look at it again.") from error
    if len(told) > _LONGEST_DOMAIN or not all(_LABEL.fullmatch(label) for label in told.split(".")):
        raise AddressError
    return told


def _legible(domain: str) -> str:
    """In its own letters, as far as it has others than ASCII."""
    try:
        return idna.decode(domain) if "xn--" in domain else domain
    except UnicodeError:
        return domain
