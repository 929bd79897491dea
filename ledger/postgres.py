"""The ledger in PostgreSQL: transactions take turns on the head row, and a wrong address is told plainly.

An attacker who holds this database can at most stop the service or change what pages show, as with the SQLite file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from typing import Any, LiteralString

import psycopg
from eventsourcing import persistence
from psycopg_pool import ConnectionPool

from ledger.datastore import TABLES
from ledger.errors import LedgerError
from ledger.postgres_arrays import Array, ArrayDumper

_READ = b"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
# READ COMMITTED, so that what is read after the wait for the row is as its last holder left it; a snapshot taken before
# the wait would be older than the lock.
_WRITE = b"BEGIN ISOLATION LEVEL READ COMMITTED; SELECT FROM ledger_head FOR UPDATE"
_BEGIN = b"BEGIN ISOLATION LEVEL READ COMMITTED"
_TAKE_TURN = "SELECT size, peaks, known_at FROM ledger_head FOR UPDATE"
_MAKE_TABLES = b"BEGIN; SELECT pg_advisory_xact_lock(7523094288207667561)"
"""The number is the first eight letters of “ledger” and a stop, as any other service's is not likely to be."""
_SETTINGS = (
    "SET default_transaction_isolation = 'read committed'",
    # What was acknowledged survives a power cut; a server that is set to wait for a standby goes on doing so.
    "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'",
    "SET lock_timeout = '30s'",  # as on SQLite: who holds the head row for longer does not hold up everybody for ever
)
# A server that is gone without a word is noticed within a minute, not after the two hours that TCP would take.
_KEEPALIVES = {"keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3, "tcp_user_timeout": 60_000}
CHANNEL = "stored_events"
_CONNECT_TIMEOUT = 10
_POOL_TIMEOUT = 30.0
_MOST_CONNECTIONS = 16
_OWN_WORDS = (
    (re.compile(r"\bINTEGER\b"), "BIGINT"),
    (re.compile(r"\bBLOB\b"), "BYTEA"),
    (re.compile(r"\) (STRICT, WITHOUT ROWID|STRICT)"), ")"),
)
_NAMES = re.findall(r"CREATE TABLE IF NOT EXISTS (\w+)", "".join(TABLES))
_TEXT_AS_BYTES = re.compile(r"CAST\((\w+) AS BLOB\)")


class DatabaseUnreachable(LedgerError):
    """The database server does not answer, or does not let this service in."""


class Cursor:
    """Runs statements that mark their values with `?`."""

    def __init__(self, cursor: psycopg.Cursor[tuple[Any, ...]]) -> None:
        self._cursor = cursor

    def execute(self, statement: str, parameters: Sequence[Any] = (), /) -> None:
        """Run one statement."""
        self._cursor.execute(_translated(statement), parameters)

    def executemany(self, statement: str, rows: Iterable[Sequence[Any]], /) -> None:
        """Run one statement for each row of values."""
        self._cursor.executemany(_translated(statement), rows)

    def fetchone(self) -> Any:
        """Return the next row, or None."""
        return self._cursor.fetchone()

    def fetchall(self) -> list[Any]:
        """Return the rows that are left."""
        return self._cursor.fetchall()


class PostgresLedgerDatastore:
    """The ledger's PostgreSQL database, by its address as `libpq` takes it; `timeout` is how long to wait, in seconds.

    Raises:
        DatabaseUnreachable: where it does not answer; the message never has the password.
    """

    def __init__(self, address: str, *, timeout: float = _POOL_TIMEOUT) -> None:
        _try(address)
        self.pool = ConnectionPool(
            address,
            kwargs={"autocommit": True, "connect_timeout": _CONNECT_TIMEOUT, **_KEEPALIVES},
            min_size=1,
            max_size=_MOST_CONNECTIONS,
            timeout=timeout,
            configure=_configure,
            open=True,
        )

    @contextmanager
    def transaction(self, *, commit: bool) -> Iterator[Cursor]:
        """Run a block in one transaction: all of it is committed at its end, or nothing.

        One that commits waits for its turn on the head row, as on SQLite for the file's write lock.
        """
        with _library_errors(), self._begun(_WRITE if commit else _READ) as connection:
            yield Cursor(connection.cursor())
            _end(connection, "COMMIT" if commit else "ROLLBACK")

    @contextmanager
    def turn(self) -> Iterator[tuple[Cursor, Sequence[Any]]]:
        """Run a block that commits, and give it the head row as its last holder left it, read as the lock is taken."""
        with _library_errors(), self._begun(_BEGIN) as connection:
            cursor = connection.cursor()
            head = cursor.execute(_TAKE_TURN).fetchone()
            if head is None:
                raise psycopg.InternalError("The row that says how many entries there are is missing.")
            yield Cursor(cursor), head
            _end(connection, "COMMIT")

    @contextmanager
    def statement(self) -> Iterator[Cursor]:
        """Run one statement that is a transaction of its own, in one round trip."""
        with _library_errors(), self._connection() as connection:
            yield Cursor(connection.cursor())

    def notified(self, stopped: Callable[[], bool]) -> Iterator[None]:
        """Yield once when nothing that is recorded can be missed, and then whenever something was, until stopped."""
        with _library_errors(), self._connection() as connection:
            connection.execute(f"LISTEN {CHANNEL}")
            try:
                yield
                while not stopped():
                    for _ in connection.notifies(timeout=0.1, stop_after=1):
                        yield
            finally:
                connection.execute("UNLISTEN *")

    def create_tables(self) -> None:
        """Make what tables are missing; several processes may do so at once. Who may only use them need make none."""
        with self.transaction(commit=False) as c:
            c.execute("SELECT bool_and(to_regclass(name) IS NOT NULL) FROM unnest(?::text[]) AS name", (_NAMES,))
            if c.fetchone()[0]:
                return
        with _library_errors(), self._begun(_MAKE_TABLES) as connection:
            for statement in TABLES:
                connection.execute(_in_own_words(statement))
            _end(connection, "COMMIT")

    def close(self) -> None:
        """Close every connection; those in use as they come back."""
        self.pool.close()

    @contextmanager
    def _connection(self) -> Iterator[psycopg.Connection[Any]]:
        connection = self.pool.getconn()
        try:
            yield connection
        finally:
            lost = connection.broken
            self.pool.putconn(connection)
            if lost:  # others that were idle may have died with it
                self.pool.check()

    @contextmanager
    def _begun(self, begin: bytes) -> Iterator[psycopg.Connection[Any]]:
        connection = self._begin(begin)
        try:
            yield connection
        finally:
            with suppress(psycopg.OperationalError):
                connection.rollback()
            self.pool.putconn(connection)

    def _begin(self, begin: bytes) -> psycopg.Connection[Any]:
        """Begin a transaction; a connection that died while it was idle is replaced, since nothing was asked of it."""
        for _ in range(_MOST_CONNECTIONS):
            connection = self.pool.getconn()
            try:
                connection.execute(begin)
            except psycopg.Error:
                lost = connection.broken
                with suppress(psycopg.OperationalError):
                    connection.rollback()
                self.pool.putconn(connection)
                if not lost:
                    raise
            else:
                return connection
        raise psycopg.OperationalError("the server closes every connection")


def _end(connection: psycopg.Connection[Any], how: LiteralString) -> None:
    said = connection.execute(how).statusmessage
    if said != how:  # a block that swallowed an error: PostgreSQL rolls back where it is told to commit
        raise psycopg.InternalError(f"The database answered {said} to {how}.")


def _try(address: str) -> None:
    """Connect once, so that a wrong address is told at the start and in words, not by a pool that waits."""
    try:
        with psycopg.connect(address, connect_timeout=_CONNECT_TIMEOUT, autocommit=True) as connection:
            encoding = connection.info.parameter_status("server_encoding")
    except psycopg.ProgrammingError:
        # Without the driver's text in the chain: it quotes the address with its password.
        raise DatabaseUnreachable("The database's address cannot be read.") from None
    except psycopg.OperationalError as error:
        raise DatabaseUnreachable(f"The database does not let this service in: {_first_line(error)}") from error
    if encoding != "UTF8":
        raise DatabaseUnreachable(f"The database's encoding is {encoding}; the ledger needs UTF8.")


def _first_line(error: psycopg.Error) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__)


def _configure(connection: psycopg.Connection[Any]) -> None:
    for setting in _SETTINGS:
        connection.execute(setting)
    connection.adapters.register_dumper(Array, ArrayDumper)


@contextmanager
def _library_errors() -> Iterator[None]:
    """Raise the event-sourcing library's error of the same name (PEP 249's) for the driver's."""
    try:
        yield
    except psycopg.Error as error:
        name = next(cls.__name__ for cls in type(error).__mro__ if cls.__module__ == "psycopg")
        kind = getattr(persistence, name, persistence.PersistenceError)
        raise kind(_first_line(error)) from error


@cache
def _translated(statement: str) -> bytes:
    own = _TEXT_AS_BYTES.sub(r"convert_to(\1, 'UTF8')", statement)
    return own.replace("%", "%%").replace("?", "%s").encode()


def _in_own_words(table: str) -> bytes:
    for theirs, ours in _OWN_WORDS:
        table = theirs.sub(ours, table)
    return table.encode()
