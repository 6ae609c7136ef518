"""Questions about one case that are put together once a process, not at each asking.

Putting SQL together takes Django several times as long as asking the database: fine for one question, not for the dozen
that a page about one case asks. Limit: rows of one model, by fixed conditions; related rows are not fetched along.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from cases.models.case import Case

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db import models

_STAND_IN = {-101: "pk", -102: "incident_id", -103: "customer_id"}
"""Keys that no row has, and what of a case takes their place."""


class Statement[M: models.Model]:
    """``Statement(lambda case: Step.objects.filter(case=case))`` answers with the steps of any case it is called with.

    The queryset may depend on the key of the case, and on those of its incident and its customer, only.
    """

    def __init__(self, rows: Callable[[Case], models.QuerySet[M]]) -> None:
        self._rows = rows

    def __call__(self, case: Case) -> list[M]:
        model, sql, parameters = self._prepared
        given = [getattr(case, _STAND_IN[one]) if one in _STAND_IN else one for one in parameters]
        return list(model._default_manager.raw(sql, given))  # noqa: SLF001 - the documented way to any model's manager

    @cached_property
    def _prepared(self) -> tuple[type[M], str, tuple[Any, ...]]:
        stand_in = Case(**{name: key for key, name in _STAND_IN.items()})
        queryset = self._rows(stand_in)
        sql, parameters = queryset.query.sql_with_params()
        return queryset.model, sql, parameters
