"""Every address of the site against everybody who may knock: one row an address, and an address without a row fails.

``in``: led to the sign-in. 404: not yours, or not there. 403: yours to see, not to do. A row with a star stands for every
address of that shape that has no row of its own; the object of an administrator's page is one that is not there.
"""

from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from cases.actions.satisfaction import make_link
from cases.models import Case, User
from tests.conftest import Log

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]

ROLES = ("anonymous", "agent", "outsider", "manager", "administrator")

TABLE = """
"""


def patterns(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from patterns(entry, f"{prefix}{entry.namespace}:" if entry.namespace else prefix)
        else:
            yield f"{prefix}{entry.name or entry.pattern}", entry


ADDRESSES = dict(patterns(get_resolver()))
