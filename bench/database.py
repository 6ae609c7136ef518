"""A PostgreSQL database of one's own, for as long as something is measured or broken in it."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import psycopg2  # type: ignore[import-untyped]
from psycopg2 import sql

if TYPE_CHECKING:
    from collections.abc import Iterator

SERVER = os.environ.get("DATABASE_URL") or "postgresql://postgres@127.0.0.1:5432/postgres"


@contextmanager
def database_named(name: str) -> Iterator[str]:
    """Makes it on the server that DATABASE_URL names; the database named there is only the way in. Yields its address,
    and drops it at the end."""
    server = psycopg2.connect(SERVER)
    server.autocommit = True
    with server.cursor() as cursor:
        cursor.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    try:
        yield urlsplit(SERVER)._replace(path=f"/{name}").geturl()
    finally:
        with server.cursor() as cursor:
            cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        server.close()
