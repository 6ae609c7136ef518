"""Reads and checks what a deployment may set in its environment.

Every reader either returns a usable value or ends the process with one sentence that says what is wanted.
Which variables exist, and their defaults, is said in settings.py.
"""

import errno
import os
import re
import sys
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import NoReturn
from urllib.parse import unquote, urlsplit
from zoneinfo import available_timezones

import dj_database_url
from dj_database_url import DBConfig
from django.core.management.utils import get_random_secret_key
from django.http.request import validate_host
from environs import Env, EnvError
from holidays.registry import COUNTRIES as HOLIDAY_CALENDARS

from cases.rules import addresses
from cases.rules.addresses import AddressError
from cases.rules.money import CURRENCIES

#: gunicorn gives up when its worker exits with this number; after any other it starts the next one, for ever.
REFUSED = 3

LOCAL_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
SECRET_LENGTH = 50
TOKEN_LENGTH = 32
_HOST_PATTERN = re.compile(r"\*|\.?[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*\.?|\[[0-9A-Fa-f:.]+\]")
_LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
_ATOM = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_MAIL_ADDRESS = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@{_LABEL}(?:\.{_LABEL})*")  # RFC 5321, 4.1.2, without quotes
TOKEN = re.compile(r"[A-Za-z0-9._~+/-]+=*")  # RFC 6750, 2.1

#: Countries whose public holidays are known. The registry names them without loading each one's calendar.
COUNTRIES = frozenset(names[1] for names in HOLIDAY_CALENDARS.values())

env = Env()


def refuse(sentence: str) -> NoReturn:
    """Stop the start. The sentence names the variable or the folder, and never repeats a secret."""
    sys.stderr.write(f"Amends cannot start: {sentence}\n")
    raise SystemExit(REFUSED)


def anything(_: object) -> bool:
    return True


def read[T](
    kind: Callable[[str, T], T], name: str, default: T, wanted: str, check: Callable[[T], bool] = anything
) -> T:
    """A variable, or the default where it is unset or empty. ``wanted`` ends the sentence NAME must be ..."""
    if not env.str(name, ""):
        return default
    try:
        value = kind(name, default)
    except EnvError:
        refuse(f"{name} must be {wanted}.")
    if not check(value):
        refuse(f"{name} must be {wanted}.")
    return value


def text(name: str, default: str = "") -> str:
    return read(env.str, name, default, "a line of text", str.isprintable)


def plain_text(name: str) -> str:
    """Python hands a mail server no other."""
    wanted = "a line of text without accents or other letters outside ASCII"
    return read(env.str, name, "", wanted, lambda word: word.isprintable() and word.isascii())


def token(name: str) -> str:
    """A secret word that a machine shows us; empty where none is set."""
    wanted = f"at least {TOKEN_LENGTH} letters and digits, or be left empty"
    return read(env.str, name, "", wanted, lambda word: len(word) >= TOKEN_LENGTH and TOKEN.fullmatch(word) is not None)


def flag(name: str, *, default: bool) -> bool:
    return read(env.bool, name, default, "on or off")


def whole_number(name: str, default: int, *, least: int, most: int) -> int:
    wanted = f"a whole number from {least} to {most}"
    return read(env.int, name, default, wanted, lambda value: least <= value <= most)


def names(name: str, default: list[str]) -> list[str]:
    found = read(env.list, name, default, "one or more names with commas between them")
    return [each.strip() for each in found if each.strip()]


def host_names(name: str, *, base: str, local: list[str]) -> list[str]:
    """The hosts that requests may ask for, with Django's patterns. ``base``, the host of the site, has to be one."""
    found = names(name, [])
    wrong = next((each for each in found if not _HOST_PATTERN.fullmatch(each)), "")
    if wrong:
        refuse(f"{name} must be host names without scheme, port and path; {wrong} is none.")
    if not validate_host(f"[{base}]" if ":" in base else base, [*found, *local]):
        refuse(f"{name} must name the host that people use, {base}, as AMENDS_BASE_URL does.")
    return [*found, *(each for each in local if each not in found)]


def networks(name: str, default: list[str]) -> list[IPv4Network | IPv6Network]:
    wanted = "addresses or networks with commas between them, such as 127.0.0.1, 10.0.0.0/8"
    try:
        return [ip_network(each) for each in names(name, default)]
    except ValueError:
        refuse(f"{name} must be {wanted}.")


def member(name: str, default: str, members: Collection[str], wanted: str) -> str:
    return read(env.str, name, default, wanted, lambda value: value in members)


def currency(name: str, default: str) -> str:
    return member(name, default, CURRENCIES, "a currency code of ISO 4217, such as USD")


def currencies(name: str, *, base: str) -> frozenset[str]:
    """Those in which amounts may be given, ``base`` among them. Unset: every one."""
    given = names(name, sorted(CURRENCIES))
    unknown = [code for code in given if code not in CURRENCIES]
    if unknown:
        refuse(f"{name} must be currency codes of ISO 4217 with commas between them, and {unknown[0]} is none.")
    return frozenset({base, *given})


def time_zone(name: str, default: str) -> str:
    return member(name, default, available_timezones(), "a time zone such as America/New_York")


def country(name: str, default: str) -> str:
    return member(name, default, COUNTRIES, "the two letters of a country, such as US")


def web_address(name: str, default: str) -> str:
    """Where people find the site: scheme and host, with no path behind them."""
    wanted = "an address such as https://amends.example.com, with no path behind it"
    return read(env.str, name, default, wanted, _is_origin).rstrip("/")


def _is_origin(address: str) -> bool:
    try:
        parts = urlsplit(address)
        _ = parts.port  # raises when it is no number
    except ValueError:
        return False
    bare = parts.path in {"", "/"} and not (parts.query or parts.fragment or parts.username) and address.isascii()
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and bare


def service(name: str, default: str, schemes: Collection[str]) -> str:
    """The address of a service that we speak to, in one of these schemes."""
    wanted = "an address that begins with " + " or ".join(f"{scheme}://" for scheme in schemes)
    return read(env.str, name, default, wanted, lambda address: address.partition("://")[0] in schemes)


def mail_address(name: str, default: str = "") -> str:
    """A bare address without a name, as envelopes have it. The default has to be one, too."""
    wanted = "a mail address such as bounces@example.com"
    address = read(env.str, name, default, wanted, _is_mail_address)
    if address and not _is_mail_address(address):
        refuse(f"{name} must be {wanted}, because none can be made of AMENDS_BASE_URL.")
    return address


def _is_mail_address(address: str) -> bool:
    try:
        return _MAIL_ADDRESS.fullmatch(address) is not None and bool(addresses.wire(address))
    except AddressError:
        return False


@dataclass(frozen=True, slots=True)
class MailboxAddress:
    """A folder that is read over IMAP. The password is shown nowhere."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    folder: str


_IMAP_PORT = 993


def mailbox(name: str) -> MailboxAddress | None:
    """Where to read mail: ``imaps://user:password@host/FOLDER``, its parts percent-encoded."""
    wanted = "an address such as imaps://user:password@mail.example.com/INBOX, with % and two digits for signs in it"
    address = read(env.str, name, "", wanted)
    if not address:
        return None
    try:
        parts = urlsplit(address)
        port = parts.port or _IMAP_PORT
    except ValueError:
        refuse(f"{name} must be {wanted}.")
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    folder = unquote(parts.path.removeprefix("/")) or "INBOX"
    plain = all(word.isascii() and word.isprintable() for word in (user, password, folder))
    if parts.scheme != "imaps" or not (parts.hostname and user and password and plain):
        refuse(f"{name} must be {wanted}.")
    return MailboxAddress(parts.hostname, port, user, password, folder)


def database(name: str, *, file: Path) -> DBConfig:
    """The database at the address given, or else SQLite in the file."""
    address = service(name, "", ["postgresql", "postgres", "sqlite"])
    try:
        config = dj_database_url.parse(address or "sqlite://", conn_max_age=60, conn_health_checks=True)
    except ValueError:
        refuse(f"{name} must be an address such as postgresql://user:password@host:5432/name.")
    if not address:
        config["NAME"] = str(file)
    return config


def owner_database(name: str, *, of: DBConfig) -> DBConfig | None:
    """The same PostgreSQL database by another address, or none."""
    if not service(name, "", ["postgresql", "postgres"]):
        return None
    owner = database(name, file=Path())
    if owner["ENGINE"] != of["ENGINE"] or owner["NAME"] != of["NAME"]:
        refuse(f"{name} must name the same PostgreSQL database as DATABASE_URL, with the role that owns its tables.")
    return owner


def listen_address(name: str, default: str) -> str:
    """An address of this machine to listen at; IPv6 in brackets, as a port follows it."""
    wanted = "an address of this machine, such as 127.0.0.1, or 0.0.0.0 for all of them"
    given = text(name, default).strip("[]")
    if given == "localhost":
        return given
    try:
        address = ip_address(given)
    except ValueError:
        refuse(f"{name} must be {wanted}.")
    return f"[{address}]" if isinstance(address, IPv6Address) else str(address)


def writable_folder(folder: Path, *, named_by: str = "AMENDS_VAR") -> Path:
    """The folder, made if it is not there. ``named_by``: the setting that names another."""
    other = f"or let {named_by} name another"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            refuse(f"the folder {folder} cannot be made, because its disk is full; make room, {other}.")
        refuse(f"the folder {folder} cannot be made; check who owns the folder above it, {other}.")
    if not os.access(folder, os.W_OK | os.X_OK):
        refuse(f"the folder {folder} cannot be written; check who owns it, {other}.")
    return folder


def private_folder(folder: Path) -> Path:
    """A writable folder that other users of the machine cannot look into."""
    writable_folder(folder).chmod(0o700)
    return folder


def secret_key(name: str, *, kept_in: Path, required: bool) -> str:
    """The key that signs sessions and customers' links.

    A site on this machine only needs none: it is made once, and kept in a file that only its owner can read. So a
    second start leaves everybody signed in.
    """
    wanted = f"at least {SECRET_LENGTH} random characters"
    if given := read(env.str, name, "", wanted, lambda key: len(key) >= SECRET_LENGTH):
        return given
    if required:
        refuse(f"{name} must be set to {wanted}, because AMENDS_BASE_URL is a public address.")
    try:
        return _kept_key(kept_in)
    except (OSError, UnicodeError) as error:
        refuse(f"the key in {kept_in} can be neither read nor written: {getattr(error, 'strerror', '') or error}.")


def _kept_key(file: Path) -> str:
    """A file that a full disk left empty holds no key, and is written anew."""
    if not file.exists() or len(file.read_text(encoding="ascii")) < SECRET_LENGTH:
        file.touch(mode=0o600)
        file.write_text(get_random_secret_key(), encoding="ascii")
    return file.read_text(encoding="ascii")
