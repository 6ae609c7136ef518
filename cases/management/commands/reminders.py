"""``manage.py reminders``: what Celery beat starts each minute, once and by hand."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from cases.reminders.heartbeat import sweep_and_tell
from cases.reminders.sweep import SweepTally, rehearse

if TYPE_CHECKING:
    from argparse import ArgumentParser


_FIRST_YEAR, _LAST_YEAR = 1970, 2199


class Command(BaseCommand):
    help = "Look once for what is overdue, write the reminders and send what the outbox owes."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--dry-run", action="store_true", help="Do it, say what was done, and take it back; nothing is sent."
        )
        parser.add_argument("--at", metavar="MOMENT", help="As if it were then, such as 2026-11-26T12:30.")

    def handle(self, *_args: object, **options: Any) -> None:
        now = timezone.now()
        moment = _moment(options["at"]) if options["at"] else now
        if options["dry_run"]:
            tally, letters = rehearse(moment)
            for address, subject in letters:
                self.stdout.write(f"to {address}: {subject}")
        elif moment > now:
            raise CommandError("That moment lies in the future, and would break promises: add --dry-run to look.")
        else:
            tally = sweep_and_tell(moment)
        self.stdout.write(_in_words(tally))


def _moment(text: str) -> datetime:
    """An ISO moment; without a zone, in the site's."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise CommandError("Write the moment as in 2026-11-26T12:30 or 2026-11-26T12:30+01:00.") from error
    if not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
        raise CommandError(f"Choose a moment from {_FIRST_YEAR} to {_LAST_YEAR}: no calendar goes further.")
    return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(settings.AMENDS_TIME_ZONE))


def _in_words(tally: SweepTally) -> str:
    lines = [
        f"Promises found broken: {tally.promises_broken}",
        f"Reminders planned: {tally.planned}; no longer owed: {tally.dropped}",
        f"Reminder mails written: {tally.mails}",
    ]
    if tally.deliveries is None:
        return "\n".join([*lines, "Nothing was kept or sent."])
    sent = tally.deliveries
    lines.append(f"Mails sent: {sent.sent}; to be tried again: {sent.postponed}; given up: {sent.failed}")
    return "\n".join(lines if sent.reached else [*lines, "The mail server cannot be reached: mail waits until it can."])
