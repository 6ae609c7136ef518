"""What a notice says: bytes in, a bounce out; and nothing where there is none."""

from uuid import UUID

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cases.mail import bounces
from cases.mail.bounces import MOST_BYTES, Bounce, read
from tests.notices import BOUNDARY, HOST, PROSE, absence, exim, notice, original, report

KEY = UUID("6f1c1a52-3c0f-4a2b-9a4e-0d5f5b1f9c11")
OTHER = UUID("00000000-0000-4000-8000-000000000001")
UNKNOWN = Bounce(
    (KEY,), "grace@example.org", "5.1.1", "550 5.1.1 <grace@example.org>: Recipient address rejected: User unknown"
)
ANSWERS = f"In-Reply-To: <{KEY}@{HOST}>\nReferences: <x@y> <{KEY}@{HOST}>\n"
MICROSOFT = report(
    status="5.1.10",
    diagnostic="smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient grace@example.org not found",
    recipient="grace@example.org",
)
GLOBAL = report().replace("message/delivery-status", "message/global-delivery-status")
FORWARDED = f"Content-Type: message/rfc822\n\n{notice(PROSE, report(), original(KEY)).decode().replace(BOUNDARY, 'in')}"
SHAPES = "postfix, head only, no report type, nothing back, global, comment, code elsewhere, no action, crlf, boxes"
NONE = "nothing, absence, delayed, relayed, delivered, failed well, one of two, exim waits, no report, forwarded"


@pytest.mark.parametrize(
    "raw",
    [
        notice(PROSE, report(), original(KEY)),
        notice(PROSE, report(), original(KEY, kind="text/rfc822-headers")),
        notice(PROSE, report(), original(KEY), kind="multipart/mixed"),
        notice(PROSE, report(), headers=ANSWERS),
        notice(PROSE, GLOBAL, original(KEY, kind="message/global")),
        notice(PROSE, report(action="Failed (user unknown)"), original(KEY)),
        notice(PROSE, report(status="see below"), original(KEY)),
        notice(PROSE, report().replace("Action: failed\n", ""), original(KEY)),
        notice(PROSE, report(), original(KEY)).replace(b"\n", b"\r\n"),
        notice(f'Content-Type: multipart/mixed; boundary="in"\n\n--in\n{report()}\n--in--', original(KEY)),
    ],
    ids=SHAPES.split(", "),
)
def test_a_failure_is_read_from_whatever_is_around_it(raw: bytes) -> None:
    assert read(raw) == UNKNOWN
    assert UNKNOWN.is_permanent


def test_microsoft_names_the_recipient_in_the_middle_of_its_words() -> None:
    found = read(notice(PROSE, MICROSOFT, original(KEY)))

    assert found is not None
    assert (found.mails, found.recipient, found.status) == ((KEY,), "grace@example.org", "5.1.10")
    assert found.diagnostic.startswith("550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient")


def test_exim_tells_it_in_prose() -> None:
    assert read(exim(KEY)) == Bounce((KEY,), "grace@example.org", "5.1.1", "550 5.1.1 No such user here")
    assert read(exim(KEY, reply="retry timeout exceeded")) == Bounce((KEY,), "grace@example.org", "5.0.0", "")


def test_a_server_that_gave_up_after_days_has_not_delivered_but_says_nothing_of_the_address() -> None:
    found = read(notice(PROSE, report(status="4.4.7", diagnostic="smtp; 451 4.4.7 Timed out"), original(KEY)))

    assert found is not None
    assert (found.mails, found.is_permanent) == ((KEY,), False)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        absence(KEY),
        notice(PROSE, report(action="delayed", status="4.4.1"), original(KEY)),
        notice(PROSE, report(action="relayed", status="2.1.9"), original(KEY)),
        notice(PROSE, report(action="delivered", status="2.0.0"), original(KEY)),
        notice(PROSE, report(action="failed", status="2.0.0", diagnostic=""), original(KEY)),
        notice(PROSE, report() + "\nFinal-Recipient: rfc822; b@example.org\nAction: delivered\n", original(KEY)),
        notice(PROSE, report(action="delayed"), original(KEY), headers="X-Failed-Recipients: grace@example.org\n"),
        notice(PROSE, original(KEY)),
        notice(PROSE, FORWARDED),
    ],
    ids=NONE.split(", "),
)
def test_what_is_no_failure_is_no_bounce(raw: bytes) -> None:
    assert read(raw) is None


def test_a_mail_that_came_back_and_is_not_ours_is_nobodys_whatever_it_quotes() -> None:
    theirs = original(KEY).replace(str(KEY), "hello").replace("Dear Grace", f"Message-ID: <{KEY}@{HOST}>")
    found = read(notice(PROSE, report(), theirs, headers=ANSWERS))

    assert found is not None
    assert found.mails == ()


def test_the_id_of_the_notice_itself_is_not_taken_for_ours() -> None:
    found = read(notice(PROSE, report(), headers=f"Message-ID: <{OTHER}@mx.example.org>\n{ANSWERS}"))

    assert found is not None
    assert found.mails == (KEY,)


def test_what_is_behind_the_limit_is_not_read() -> None:
    long = f"Content-Type: text/plain\n\n{'x' * MOST_BYTES}"

    assert read(notice(PROSE, long, report(), original(KEY))) is None


def test_what_a_server_says_becomes_one_short_line_that_can_be_stored() -> None:
    raw = notice(PROSE, report(diagnostic=f"smtp; 550 \x00\u2028gone{'é' * 900}"), original(KEY))
    found = read(raw)

    assert found is not None
    assert found.diagnostic.startswith("550 ")
    assert len(found.diagnostic) <= 400
    assert found.diagnostic.isprintable()


@pytest.mark.parametrize("kind", ["multipart/mixed", "message/rfc822"])
def test_boxes_in_boxes_in_boxes_end_somewhere(kind: str) -> None:
    boxes = "".join(f'Content-Type: {kind}; boundary="{depth}"\n\n--{depth}\n' for depth in range(3000))

    assert read(boxes.encode()) is None


LINES = (
    *notice(PROSE, report(), original(KEY)).splitlines(keepends=True),
    *exim(KEY).splitlines(keepends=True),
    f"--{BOUNDARY}\n".encode(),
    b"Content-Type: message/delivery-status; charset=klingon\nContent-Transfer-Encoding: base64\n\n",
    b"Content-Type: text/plain; charset*0*=x''%ZZ; charset*99999=1\nContent-Transfer-Encoding: x-uuencode\n\n",
    b"Action: \xff\xfe\nStatus: \xc3\x28\nX-Failed-Recipients: =?klingon?b?\xff?=\n",
    b"\n",
)
pieces = st.lists(st.one_of(st.sampled_from(LINES), st.binary(max_size=40)), max_size=60).map(b"".join)


@settings(max_examples=300, deadline=None)
@given(raw=st.one_of(st.binary(max_size=2000), pieces))
@example(raw=notice(PROSE, report(), original(KEY))[:700])
def test_no_bytes_break_it(raw: bytes) -> None:
    found = bounces.read(raw)

    assert found is None or (found.status[0] in "45" and "\n" not in found.recipient + found.diagnostic)
