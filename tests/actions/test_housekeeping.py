"""What may be forgotten."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from cases.actions.housekeeping import prune_submissions
from cases.actions.submissions import FORMS_KEPT
from cases.models import Submission

pytestmark = pytest.mark.django_db


def test_keys_of_forms_are_forgotten_after_a_week_and_not_before(now: datetime) -> None:
    Submission.objects.create(key=uuid4(), at=now - FORMS_KEPT - timedelta(seconds=1))
    kept = Submission.objects.create(key=uuid4(), at=now - FORMS_KEPT)
    assert prune_submissions(now=now) == 1
    assert Submission.objects.get() == kept
