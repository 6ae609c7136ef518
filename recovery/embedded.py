"""The settings of ``make run``: those of every site, and the mailbox of the demo, which no other run has."""

from recovery.settings import *  # noqa: F403
from recovery.settings import AMENDS_DEMO, FILES, MAILERS

AMENDS_MAILBOX = AMENDS_DEMO and MAILERS["default"]["BACKEND"] == FILES
