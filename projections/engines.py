"""How the read models speak to SQLite and to PostgreSQL: connections, transactions, and the order of words in both."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import psycopg
from sqlalchemy import Connection, Engine, String, create_engine, event
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.schema import CreateColumn
from sqlalchemy.sql.compiler import DDLCompiler

SCHEMA = "read_model"
"""In PostgreSQL the read models have a schema of their own, and may so lie in the entries' own database."""

_POSTGRES = ("postgresql://", "postgres://")
_CONNECT_TIMEOUT = 10


class Purpose(StrEnum):
    """What a transaction is for; it takes the locks for that with its first statement."""

    READ = "read"
    WRITE = "write"
    MAKE = "make"
    """Make the bookkeeping, on which the locks for all else are taken."""
    SWAP = "swap"


# A snapshot does not hold the names of tables still, so a swap in the midst of a page would give it new tables without
# their rows: pages share a lock that the swap alone excludes, taken before their snapshot is. A swap does not queue for
# long, since every page would queue behind it: see `ReadDatabase.swapping`.
_BEGIN = {
    "sqlite": {
        Purpose.READ: "BEGIN",
        Purpose.WRITE: "BEGIN IMMEDIATE",
        Purpose.MAKE: "BEGIN IMMEDIATE",
        Purpose.SWAP: "BEGIN IMMEDIATE",
    },
    "postgresql": {
        Purpose.READ: "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; LOCK TABLE read_state IN ACCESS SHARE MODE",
        Purpose.WRITE: "BEGIN; LOCK TABLE read_state IN SHARE ROW EXCLUSIVE MODE",
        Purpose.MAKE: "BEGIN; SELECT pg_advisory_xact_lock(7523094288207667566)",
        Purpose.SWAP: "BEGIN; SET LOCAL lock_timeout = '200ms'; LOCK TABLE read_state IN ACCESS EXCLUSIVE MODE",
    },
}
# NORMAL may lose the newest transactions with the power, rows and position together: they are read again.
_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=NORMAL",
    "busy_timeout=60000",
    "cache_size=-65536",
    "wal_autocheckpoint=8000",
)
# The same for PostgreSQL; and days and instants read the same whatever the server's settings.
_SETTINGS = (
    f"SET search_path = {SCHEMA}; SET synchronous_commit = off; SET default_transaction_isolation = 'read committed';"
    " SET datestyle = 'ISO'; SET timezone = 'UTC'"
)


def open_engine(address: str) -> Engine:
    """Open a database by an SQLAlchemy address of SQLite, or one of PostgreSQL as `libpq` takes it."""
    engine = _postgres(address) if address.startswith(_POSTGRES) else _sqlite(address)
    begin = _BEGIN[engine.dialect.name]

    @event.listens_for(engine, "begin")
    def _(connection: Connection) -> None:
        purpose = connection.get_execution_options().get("purpose", Purpose.READ)
        if purpose is Purpose.READ and engine.dialect.name == "sqlite":
            connection.connection.cursor().execute(begin[purpose])  # waits for nobody, so nothing can go wrong
        else:
            connection.exec_driver_sql(begin[purpose])

    return engine


def is_held_up(error: BaseException | None) -> bool:
    """Whether somebody else held a lock for longer than this transaction would wait."""
    return isinstance(error, psycopg.errors.LockNotAvailable)


def is_out_of_reach(error: BaseException | None) -> bool:
    """Whether a server did not answer, or broke off: nothing that is asked differently would help."""
    return isinstance(error, psycopg.OperationalError) and not is_held_up(error)


def _sqlite(address: str) -> Engine:
    """SQLite waits for its lock at BEGIN: a transaction that first reads and then writes could only fail."""
    engine = create_engine(address)

    @event.listens_for(engine, "connect")
    def _(dbapi_connection, _record) -> None:  # type: ignore[no-untyped-def]  # the driver's own connection
        dbapi_connection.isolation_level = None
        for pragma in _PRAGMAS:
            dbapi_connection.execute(f"PRAGMA {pragma}")

    return engine


def _postgres(address: str) -> Engine:
    """A connection that died while it was idle is replaced before anything is asked of it."""

    def connect() -> psycopg.Connection[Any]:
        connection = psycopg.connect(address, autocommit=True, connect_timeout=_CONNECT_TIMEOUT)
        connection.execute(_SETTINGS)
        return connection

    return create_engine("postgresql+psycopg://", creator=connect, pool_pre_ping=True, max_overflow=20)


@compiles(CreateColumn, "postgresql")
def _words_sorted_by_bytes(create: CreateColumn, compiler: DDLCompiler, **options: Any) -> str:
    """Sort text as SQLite does, whatever the server's language, and let no word be too long for its column."""
    column = create.element
    if not isinstance(column.type, String):
        return str(compiler.visit_create_column(create, **options))  # type: ignore[no-untyped-call]  # the library's own
    return f'{compiler.preparer.format_column(column)} TEXT COLLATE "C"{"" if column.nullable else " NOT NULL"}'
