"""How tests write past every action and see what the database says."""

from collections.abc import Callable

import pytest
from django.db import IntegrityError, models, transaction


def refused(name: str, write: Callable[[], object]) -> None:
    """SQLite names the columns of a unique constraint, PostgreSQL and checks their name."""
    with pytest.raises(IntegrityError, match=rf"{name}|UNIQUE constraint failed"), transaction.atomic():
        write()


def changed(row: models.Model, **fields: object) -> None:
    models.QuerySet(type(row)).filter(pk=row.pk).update(**fields)
