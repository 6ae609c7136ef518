"""A form acts once. Its key stands for one content: the same content is not recorded twice, other content is refused
until it is sent with a fresh key."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from django.core import signing
from django.db import IntegrityError, transaction

from cases.errors import ResentError, SentBeforeError, UnknownKeyError
from cases.models import Submission
from cases.rules.texts import plain_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from cases.models import CustomerLink, User

FORMS_LAST = timedelta(days=7)
"""A form that was opened longer ago is given back with a fresh key."""
FORMS_KEPT = FORMS_LAST + timedelta(days=1)
"""How long a submission is remembered: longer than any form lasts that could have been opened before it."""
NO_CONTENT = frozenset({"csrfmiddlewaretoken", "key", "version"})
"""Names of fields that say nothing of what was typed."""

_SIGNER = signing.Signer(salt="cases.forms")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A form as it was posted: its signed key, a digest of its content, and the sender. A customer has no account:
    their link stands for them."""

    key: str
    digest: str
    actor: User | None = None
    link: CustomerLink | None = None


def new_key(now: datetime) -> str:
    """A key for a form that is drawn at this moment."""
    return _SIGNER.sign(f"{uuid4()}.{int(now.timestamp())}")


def digest_of(fields: Iterable[tuple[str, list[str]]], *, about: str) -> str:
    """A digest of what was posted, the pressed button and names of files included. ``about``: form and record.

    A line break counts as the same in whichever way a browser sends it.
    """
    content = sorted((name, [plain_lines(one) for one in typed]) for name, typed in fields if name not in NO_CONTENT)
    return hashlib.sha256(json.dumps([about, content]).encode()).hexdigest()


def once[T](
    verb: Callable[[], T],
    *,
    sent: Sent,
    now: datetime,
    address: Callable[[T], str] = lambda _: "",
    check: Callable[[], None] = lambda: None,
) -> T:
    """Run ``verb`` once for this key. ``address`` of what it made is kept; ``check`` runs before it, inside.

    Raises what ``check_key`` raises. Whenever anything is raised the key is not used up.
    """
    key = check_key(sent, now=now)
    try:
        with transaction.atomic():
            kept = Submission.objects.create(key=key, actor=sent.actor, link=sent.link, digest=sent.digest, at=now)
            check()
            made = verb()
            Submission.objects.filter(pk=kept.pk).update(address=address(made))
            return made
    except IntegrityError:
        check_key(sent, now=now)
        raise


def check_key(sent: Sent, *, now: datetime) -> UUID:
    """The key of a form that may act.

    Raises ``SentBeforeError`` where the same content was recorded, ``ResentError`` where other content was, and
    ``UnknownKeyError`` where the key is forged, too old or somebody else's: those three are told alike.
    """
    key, drawn_at = _read(sent.key)
    kept = Submission.objects.filter(key=key).first() if key is not None else None
    if kept is not None and _is_senders(kept, sent):
        refusal = SentBeforeError if kept.digest == sent.digest else ResentError
        raise refusal(key=kept.key, at=kept.at, address=kept.address)
    if key is None or kept is not None or drawn_at is None or now - drawn_at > FORMS_LAST:
        raise UnknownKeyError
    return key


def recorded_by(link: CustomerLink, key: str) -> datetime | None:
    """When a form with this key was recorded by the customer with this link."""
    name = _bare(key)
    return Submission.objects.filter(key=name, link=link).values_list("at", flat=True).first() if name else None


def _is_senders(kept: Submission, sent: Sent) -> bool:
    sender = (sent.actor and sent.actor.pk, sent.link and sent.link.pk)
    return any(sender) and (kept.actor_id, kept.link_id) == sender


def _read(key: str) -> tuple[UUID | None, datetime | None]:
    """The key and the moment of its form. A key without a signature is an earlier release's: it has no moment."""
    try:
        name, _, seconds = _SIGNER.unsign(key).partition(".")
        return UUID(name), datetime.fromtimestamp(int(seconds), UTC)
    except signing.BadSignature:
        return _bare(key), None


def _bare(key: str) -> UUID | None:
    try:
        return UUID(key)
    except ValueError:
        return None
