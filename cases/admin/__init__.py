"""The settings pages: Django's admin, for administrators. What has a history can be looked at and not touched here.

Limit: nothing about a case is changed here, and what must hold across rows is decided by actions and rules.
"""

from cases.admin import calendars, causes, deadlines, people, records
from cases.admin.pages import arrange

__all__ = ["calendars", "causes", "deadlines", "people", "records"]

arrange()
