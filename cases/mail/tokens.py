"""What lets the reader of one mail do one thing without signing in: a key of the mail, signed for that thing alone.

Limit: it says whose mail it was. Whether they may still do it is decided where it is done.
"""

from __future__ import annotations

from uuid import UUID

from django.core.signing import BadSignature, Signer

SEEN = "cases.mail.seen"
STOP = "cases.mail.stop-early"


def token(key: UUID, purpose: str) -> str:
    """For the mail with this public key."""
    return Signer(salt=purpose).sign(key.hex).replace(":", ".")


def public_id(token: str, purpose: str) -> UUID | None:
    """Of the mail; ``None`` where the token is not ours, or for something else."""
    try:
        return UUID(Signer(salt=purpose).unsign(token.replace(".", ":")))
    except (BadSignature, ValueError):
        return None
