"""What lets the reader of one mail do one thing without signing in: a key of the mail and the moment, signed for that
thing alone.

Limit: it says whose mail it was. Whether they may still do it is decided where it is done.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.core.signing import BadSignature, SignatureExpired, Signer, TimestampSigner

SEEN = "cases.mail.seen"
STOP = "cases.mail.stop-early"
LASTING = timedelta(days=30)
"""How long a link opens. One that ends mail must do so for 30 days at least (15 U.S.C. 7704(a)(3)(A))."""


class LapsedError(Exception):
    """The token was ours, and its time is over."""


def token(key: UUID, purpose: str) -> str:
    """For the mail with this public key, from now on."""
    return TimestampSigner(salt=purpose).sign(key.hex).replace(":", ".")


def public_id(token: str, purpose: str) -> UUID | None:
    """Of the mail; ``None`` where the token is not ours, or for something else. Raises ``LapsedError``."""
    signed = token.replace(".", ":")
    try:
        return UUID(TimestampSigner(salt=purpose).unsign(signed, max_age=LASTING))
    except SignatureExpired as error:
        raise LapsedError from error
    except (BadSignature, ValueError):
        pass
    if _is_without_moment(signed, purpose):
        raise LapsedError
    return None


def _is_without_moment(signed: str, purpose: str) -> bool:
    """Tokens of earlier releases had none, and would open for ever."""
    try:
        UUID(Signer(salt=purpose).unsign(signed))
    except (BadSignature, ValueError):
        return False
    return True
