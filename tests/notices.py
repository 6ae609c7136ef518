"""Notices as mail servers write them: what did not arrive, what only takes longer, and what is no failure at all."""

from uuid import UUID

from cases.models import Message

HOST = "amends.example.com"
BOUNDARY = "a8b7"


def notice(*parts: str, headers: str = "", kind: str = "multipart/report; report-type=delivery-status") -> bytes:
    """A mail of these parts, each with its own headers and an empty line."""
    body = "".join(f"--{BOUNDARY}\n{part}\n" for part in parts)
    head = (
        "Return-Path: <>\nFrom: Mail Delivery System <MAILER-DAEMON@mx.example.org>\nTo: bounces@amends.example.com\n"
        f"Subject: Undelivered Mail Returned to Sender\nAuto-Submitted: auto-replied\n{headers}"
        f'MIME-Version: 1.0\nContent-Type: {kind}; boundary="{BOUNDARY}"\n'
    )
    return f"{head}\nThis is a MIME-encapsulated message.\n\n{body}--{BOUNDARY}--\n".encode()


PROSE = (
    "Content-Type: text/plain; charset=us-ascii\n\nI'm sorry to have to inform you that it could not be delivered.\n"
)


def report(
    action: str = "failed",
    status: str = "5.1.1",
    diagnostic: str = "smtp; 550 5.1.1 <grace@example.org>: Recipient address\n    rejected: User unknown",
    recipient: str = "grace@example.org",
) -> str:
    """The part for machines, about one recipient."""
    return (
        "Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.org\n"
        "Arrival-Date: Mon, 15 Sep 2025 10:00:00 -0400 (EDT)\n\n"
        f"Final-Recipient: rfc822; {recipient}\nAction: {action}\nStatus: {status}\nDiagnostic-Code: {diagnostic}\n"
    )


def original(key: UUID, *, kind: str = "message/rfc822", host: str = HOST) -> str:
    """Our mail, or the head of it, as it came back."""
    return (
        f"Content-Type: {kind}\n\nFrom: Northside Advisory <amends@{HOST}>\nTo: grace@example.org\n"
        f"Subject: We are sorry\nMessage-ID:\n <{key}@{host}>\n\nDear Grace\n"
    )


def bounce_of(message: Message, **words: str) -> bytes:
    """As Postfix tells it. ``words``: those of ``report``."""
    words.setdefault("recipient", message.to_address)
    return notice(PROSE, report(**words), original(message.public_id))


def exim(key: UUID, reply: str = "550 5.1.1 No such user here") -> bytes:
    """In prose, with one header for machines and the mail behind a line."""
    return (
        "Return-path: <>\nX-Failed-Recipients: grace@example.org\nAuto-Submitted: auto-replied\n"
        "From: Mail Delivery System <Mailer-Daemon@mx.example.org>\nTo: bounces@amends.example.com\n"
        "Subject: Mail delivery failed: returning message to sender\nMessage-Id: <E1uyABC-000123-Xy@mx.example.org>\n\n"
        "This message was created automatically by mail delivery software.\n\n  grace@example.org\n"
        "    host mx.example.org [192.0.2.7]\n    SMTP error from remote mail server after RCPT TO:\n"
        f"    {reply}\n\n------ This is a copy of the message, including all the headers. ------\n\n"
        f"Return-path: <bounces@amends.example.com>\nMessage-ID: <{key}@{HOST}>\nSubject: We are sorry\n\nDear Grace\n"
    ).encode()


def absence(key: UUID) -> bytes:
    """Somebody is away: the mail has arrived."""
    return (
        "From: grace@example.org\nTo: bounces@amends.example.com\nSubject: Automatic reply: We are sorry\n"
        f"Auto-Submitted: auto-replied\nIn-Reply-To: <{key}@{HOST}>\nReferences: <{key}@{HOST}>\n\n"
        "I am out of office until 550 5.1.1 on Monday.\n"
    ).encode()
