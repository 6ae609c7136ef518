"""Which channel is proposed: the one by which the customer came, never one that they do not have."""

import pytest

from cases.rules.reach import proposed
from cases.rules.vocabulary import Channel

BOTH = {"has_phone": True, "has_email": True}


@pytest.mark.parametrize(
    ("came", "prefers", "has", "expected"),
    [
        (Channel.EMAIL, Channel.PHONE, BOTH, Channel.EMAIL),
        (Channel.CHAT, "", BOTH, Channel.CHAT),
        (Channel.EMAIL, "", {"has_phone": True, "has_email": False}, Channel.PHONE),
        (Channel.PHONE, "", {"has_phone": False, "has_email": True}, Channel.EMAIL),
        (Channel.SMS, "", {"has_phone": False, "has_email": True}, Channel.EMAIL),
        (Channel.WEB, Channel.LETTER, BOTH, Channel.LETTER),
        (Channel.WEB, "", {"has_phone": False, "has_email": False}, Channel.LETTER),
        (Channel.PHONE, Channel.EMAIL, {"has_phone": False, "has_email": False}, Channel.LETTER),
    ],
)
def test_the_channel_by_which_they_came_is_proposed_where_they_have_it(
    came: Channel, prefers: str, has: dict[str, bool], expected: Channel
) -> None:
    assert proposed((came, prefers), **has) is expected


@pytest.mark.parametrize(("has_phone", "expected"), [(True, Channel.PHONE), (False, Channel.IN_PERSON)])
def test_what_is_spoken_is_spoken_by_a_channel_that_they_have(has_phone: bool, expected: Channel) -> None:  # noqa: FBT001
    assert proposed((Channel.EMAIL, ""), has_phone=has_phone, has_email=True, live=True) is expected
