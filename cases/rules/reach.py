"""By which channel a customer is proposed to be reached: never by one that they do not have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cases.rules.vocabulary import Channel

if TYPE_CHECKING:
    from collections.abc import Iterable

_NEEDS_PHONE = frozenset({Channel.PHONE, Channel.SMS})
_ONE_WAY = frozenset({Channel.WEB, Channel.OTHER})
"""By which customers come to us, and nobody can be answered."""


def proposed(wanted: Iterable[str], *, has_phone: bool, has_email: bool, live: bool = False) -> Channel:
    """The first of ``wanted`` by which they can be reached, else one that they have. ``live``: only where two people
    speak at the same moment."""
    known = (*(Channel(code) for code in wanted if code), Channel.PHONE, Channel.EMAIL)
    for channel in known:
        is_there = has_phone if channel in _NEEDS_PHONE else channel is not Channel.EMAIL or has_email
        if is_there and channel not in _ONE_WAY and (channel.is_live or not live):
            return channel
    return Channel.IN_PERSON if live else Channel.LETTER
