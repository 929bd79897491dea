"""A ledger's tables copied from a PostgreSQL server to an SQLite file and back: row by row, of one instant, whole.

The file is the same that SQLite serves, so a ledger may move from either database to the other by its backup.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from eventsourcing.persistence import OperationalError
from psycopg import sql

from ledger.errors import LedgerError

Progress = Callable[[int], object]
_TYPES = {"INTEGER": "int8", "BLOB": "bytea", "TEXT": "text"}
_CONNECT_TIMEOUT = 10


class ServerOccupied(LedgerError):
    """The database on the server holds entries already; nothing is ever copied over them."""


@dataclass(frozen=True)
class _Table:
    """A table of the file: its name, and of each column name and type."""

    name: str
    columns: tuple[str, ...]
    types: tuple[str, ...]

    @property
    def listed(self) -> sql.Composed:
        """Its columns for a statement."""
        return sql.SQL(", ").join(map(sql.Identifier, self.columns))


def copy_from_server(address: str, file: Path, tables: Sequence[str], progress: Progress) -> None:
    """Copy the tables that statements declare to a new file of mode 0600; `progress` is told bytes.

    One transaction sees the instant that is copied; writers go on meanwhile.
    """
    os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    with closing(sqlite3.connect(file, isolation_level=None)) as copy, _connected(address) as server:
        for statement in tables:
            copy.execute(statement)
        server.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        copy.execute("BEGIN")
        for table in _tables(copy):
            places = ", ".join("?" * len(table.columns))
            copy.execute(f"DELETE FROM {table.name}")  # noqa: S608 - our own name; the head is there from the start
            copy.executemany(f"INSERT INTO {table.name} VALUES ({places})", _rows(server, table, progress))  # noqa: S608 - the same
        copy.execute("COMMIT")


def copy_to_server(file: Path, address: str, progress: Progress) -> None:
    """Copy every table of a file to those of the same names on a server, all or nothing; `progress` is told bytes.

    What is there already stays as it is, except a head that counts no entries.

    Raises:
        ServerOccupied: where it holds entries.
    """
    with closing(sqlite3.connect(file, isolation_level=None)) as source, _connected(address) as server:
        with server.transaction():
            for table in _tables(source):
                if table.name == "ledger_head":
                    _clear_head(server)
                _copy_in(source, server, table, progress)
        server.execute("ANALYZE")


def entries_on_server(address: str) -> int:
    """How many entries a database on a server holds; none where it has no tables yet."""
    with _connected(address) as server:
        made = server.execute("SELECT to_regclass('ledger_head')").fetchone()
        if made is None or made[0] is None:
            return 0
        found = server.execute("SELECT size FROM ledger_head").fetchone()
        return 0 if found is None else int(found[0])


def bytes_on_server(address: str) -> int:
    """About how much a database on a server holds, for a progress bar."""
    with _connected(address) as server:
        found = server.execute("SELECT pg_database_size(current_database())").fetchone()
        return 0 if found is None else int(found[0])


def _clear_head(server: psycopg.Connection[Any]) -> None:
    """Make room for the head of what is copied; whoever would write waits for it from here on."""
    found = server.execute("SELECT size FROM ledger_head FOR UPDATE").fetchone()
    if found is not None and found[0]:
        raise ServerOccupied("That database holds entries already; nothing is copied over a ledger.")
    server.execute("DELETE FROM ledger_head")


def _copy_in(source: sqlite3.Connection, server: psycopg.Connection[Any], table: _Table, progress: Progress) -> None:
    """Through a table of its own, so that a row that is there already is no error: a tombstone stays one."""
    name, beside = sql.Identifier(table.name), sql.Identifier(f"copied_{table.name}")
    server.execute(sql.SQL("CREATE TEMP TABLE {} (LIKE {}) ON COMMIT DROP").format(beside, name))
    into = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT BINARY)").format(beside, table.listed)
    with server.cursor().copy(into) as copy:
        copy.set_types(table.types)
        for row in source.execute(f"SELECT {', '.join(table.columns)} FROM {table.name}"):  # noqa: S608 - our own names
            copy.write_row(row)
            progress(_size(row))
    names = (name, table.listed, table.listed, beside)
    server.execute(sql.SQL("INSERT INTO {} ({}) SELECT {} FROM {} ON CONFLICT DO NOTHING").format(*names))


def _rows(server: psycopg.Connection[Any], table: _Table, progress: Progress) -> Iterator[tuple[Any, ...]]:
    out = sql.SQL("COPY (SELECT {} FROM {}) TO STDOUT (FORMAT BINARY)")
    with server.cursor().copy(out.format(table.listed, sql.Identifier(table.name))) as copy:
        copy.set_types(table.types)
        for row in copy.rows():
            yield row
            progress(_size(row))


def _size(row: Sequence[Any]) -> int:
    return sum(len(value) for value in row if isinstance(value, bytes))


def _tables(file: sqlite3.Connection) -> list[_Table]:
    names = file.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'").fetchall()
    return [_table(file, name) for (name,) in names]


def _table(file: sqlite3.Connection, name: str) -> _Table:
    found = file.execute("SELECT name, type FROM pragma_table_info(?)", (name,)).fetchall()
    return _Table(name, tuple(column for column, _ in found), tuple(_TYPES[kind] for _, kind in found))


@contextmanager
def _connected(address: str) -> Iterator[psycopg.Connection[Any]]:
    """A connection for one copy; what goes wrong with it is said in one line, without the password."""
    try:
        with closing(psycopg.connect(address, autocommit=True, connect_timeout=_CONNECT_TIMEOUT)) as server:
            yield server
    except psycopg.Error as error:
        raise OperationalError(next(iter(str(error).splitlines()), type(error).__name__)) from error
