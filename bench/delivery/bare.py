"""What stands beside the product's delivery: the shortest loops that send the same mails.

Both claim all owed mails at once with FOR UPDATE SKIP LOCKED and hand them over by plain ``smtplib`` in one
conversation. Limit: neither knows a refusal, a lease, a second try, nor what follows from a mail that left.
"""

from __future__ import annotations

import os
import smtplib
from contextlib import closing

import psycopg2  # type: ignore[import-untyped]

SENDER = "amends@localhost"
_OWED = """
    SELECT id FROM cases_message WHERE status = 'queued' AND next_attempt_at <= now() ORDER BY id
    FOR UPDATE SKIP LOCKED
"""
_CLAIM = f"""
    UPDATE cases_message SET next_attempt_at = now() + interval '6 minutes' WHERE id IN ({_OWED})
    RETURNING id, to_address, raw
"""  # noqa: S608 - put together from what stands above
_HOLD = _OWED.replace("SELECT id", "SELECT id, to_address, raw")
_MARK_EACH = "UPDATE cases_message SET status = 'sent', sent_at = now(), next_attempt_at = NULL WHERE id = %s"
_MARK_ALL = _MARK_EACH.replace("id = %s", "id = ANY(%s)")


def marks_each(port: int) -> int:
    """Commits the claim, and then after each mail that it was sent: dying costs one mail in doubt. As careful as a
    loop must be that may die, and so what the product is held against. Returns how many it sent."""
    with closing(psycopg2.connect(os.environ["DATABASE_URL"])) as database, smtplib.SMTP("127.0.0.1", port) as server:
        database.autocommit = True
        with database.cursor() as cursor:
            cursor.execute(_CLAIM)
            mails = sorted(cursor.fetchall())
            for key, address, raw in mails:
                server.sendmail(SENDER, [address], bytes(raw))
                cursor.execute(_MARK_EACH, [key])
    return len(mails)


def marks_all(port: int) -> int:
    """Holds the rows locked in one transaction, and marks all as sent at its end: dying sends all of them twice."""
    with closing(psycopg2.connect(os.environ["DATABASE_URL"])) as database, smtplib.SMTP("127.0.0.1", port) as server:
        with database.cursor() as cursor:
            cursor.execute(_HOLD)
            mails = cursor.fetchall()
            for _, address, raw in mails:
                server.sendmail(SENDER, [address], bytes(raw))
            cursor.execute(_MARK_ALL, [[key for key, *_ in mails]])
        database.commit()
    return len(mails)
