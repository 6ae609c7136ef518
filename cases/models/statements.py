"""Questions that a page asks over and over, put together once a process instead of at each asking.

Putting SQL together takes Django several times as long as asking the database: fine for one question, not for the dozen
that a page about one case asks. Limit: the conditions are fixed, and what is filled in are keys, words and moments.
"""

from __future__ import annotations

import copy
import inspect
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple, override

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models.sql import Query

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from django.db import models
    from django.db.models.sql.compiler import SQLCompiler

_FIRST_STAND_IN = -101
"""A key that no row has, and the ones below it, stand for what is filled in."""
_FIRST_MOMENT = datetime(1, 1, 1, tzinfo=UTC)
"""A moment before all that are stored, and the days after it, stand for moments."""


class Statement[M: models.Model]:
    """``Statement(lambda case: Step.objects.filter(case=case))`` is asked as ``steps(case=17)``. ``moments`` names the
    arguments that are moments.

    The function is called once, with stand-ins for its arguments, and must do nothing with them but look for rows.
    Related rows come along where it says ``select_related``.
    """

    def __init__(self, question: Callable[..., models.QuerySet[M]], *, moments: Sequence[str] = ()) -> None:
        self._question = question
        self._moments = moments

    def __call__(self, **given: int | str | datetime) -> list[M]:
        asked = self._prepared.all()
        adapt = connections[asked.db].ops.adapt_datetimefield_value
        filled = {name: adapt(value) if isinstance(value, datetime) else value for name, value in given.items()}
        asked.query.given = filled  # type: ignore[attr-defined]
        return list(asked)

    @cached_property
    def _prepared(self) -> models.QuerySet[M]:
        stand_ins = dict(self._stand_ins())
        queryset = self._question(**stand_ins)
        compiler = queryset.query.get_compiler(using=queryset.db)
        sql, parameters = compiler.as_sql()
        adapt = connections[queryset.db].ops.adapt_datetimefield_value
        names_of: dict[Any, str] = {}
        for name, one in stand_ins.items():
            # A column of text makes a word of a stand-in; and not every database has moments.
            known = (adapt(one),) if isinstance(one, datetime) else (one, str(one))
            names_of.update(dict.fromkeys(known, name))
        query = queryset.query.chain(_PreparedQuery)
        query.prepared = _Prepared(compiler, sql, tuple(parameters), names_of)  # type: ignore[attr-defined]
        queryset.query = query
        return queryset

    def _stand_ins(self) -> Iterator[tuple[str, int | datetime]]:
        for place, name in enumerate(inspect.signature(self._question).parameters):
            is_moment = name in self._moments
            yield name, _FIRST_MOMENT + timedelta(days=place) if is_moment else _FIRST_STAND_IN - place


class _Prepared(NamedTuple):
    """``names``: which argument takes the place of a stand-in among the parameters."""

    compiler: SQLCompiler
    sql: str
    parameters: tuple[Any, ...]
    names: dict[Any, str]


class _PreparedQuery(Query):
    """A query whose SQL is there already: its compiler fills in what is given, and reads the rows."""

    prepared: _Prepared
    given: dict[str, Any]

    @override
    def get_compiler(self, using: str | None = None, connection: Any = None, elide_empty: bool = True) -> SQLCompiler:
        compiler, sql, parameters, names = self.prepared
        filled = tuple(self.given[names[one]] if one in names else one for one in parameters)
        ready = copy.copy(compiler)
        ready.connection = connection or connections[using or DEFAULT_DB_ALIAS]  # each thread has its own
        ready.as_sql = lambda *_args, **_options: (sql, filled)  # type: ignore[method-assign]
        return ready
