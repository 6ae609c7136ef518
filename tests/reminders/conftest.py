"""The mail server of these tests, and a ladder of two rungs for those that are about something else."""

import pytest

from cases.models import ReminderLadder, Team
from tests.mail_server import mail_server, mail_through

__all__ = ["late_only", "mail_server", "mail_through"]


@pytest.fixture
def late_only(team: Team) -> Team:
    """The owner hears of it when it falls due, the manager after the time that policy gives, and that is all."""
    ReminderLadder.objects.update(
        early_percent=None, soon_percent=None, overdue_minutes=None, again_minutes=None, executive_minutes=None
    )
    return team
