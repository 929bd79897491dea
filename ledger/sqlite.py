"""The ledger in an SQLite file: connections that make commits durable, and writers that wait their turn."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import TracebackType

from eventsourcing.persistence import ApplicationRecorder, InterfaceError, OperationalError, Subscription
from eventsourcing.sqlite import (
    SQLiteConnection,
    SQLiteConnectionPool,
    SQLiteCursor,
    SQLiteDatastore,
    SQLiteTransaction,
)

from ledger.datastore import TABLES
from ledger.recorder import LedgerRecorder

# FULL: what was acknowledged survives a power cut. The rest is speed: fewer write-ahead-log checkpoints (at 4,000
# pages) and 64 MB of cache, since random stream ids touch the unique index everywhere.
_PRAGMAS = ("journal_mode = WAL", "synchronous = FULL", "wal_autocheckpoint = 4000", "cache_size = -65536")
_LOCK_TIMEOUT = 30


class _Transaction(SQLiteTransaction):
    """A transaction that takes the write lock at its start, where it means to write."""

    def __enter__(self) -> SQLiteCursor:
        cursor = self.connection.cursor()
        try:
            # A deferred BEGIN that reads first and writes later fails at once ("database is locked") when another
            # process wrote in between; an immediate one waits.
            cursor.execute("BEGIN IMMEDIATE" if self.commit else "BEGIN")
        except sqlite3.OperationalError as error:
            raise OperationalError(error) from error
        return cursor

    def __exit__(
        self, exc_type: type[BaseException] | None, exc_val: BaseException | None, exc_tb: TracebackType | None
    ) -> None:
        try:
            super().__exit__(exc_type, exc_val, exc_tb)
        finally:
            # A commit that failed (a full disk) can leave the transaction open on a connection others will get.
            self.connection.rollback()


class _Connection(SQLiteConnection):
    """A connection whose transactions are `_Transaction`s."""

    @contextmanager
    def transaction(self, *, commit: bool) -> Iterator[SQLiteCursor]:
        """Run a block in one transaction, committed at its end or not at all."""
        with _Transaction(self, commit=commit) as cursor, cursor:
            yield cursor


class _ConnectionPool(SQLiteConnectionPool):
    """Opens connections with the settings that durability and speed ask for."""

    def _create_connection(self) -> SQLiteConnection:
        # Not the library's own: it keeps one prepared statement a connection, and a transaction here has seven.
        try:
            connection = sqlite3.connect(
                self.db_name,
                timeout=self.lock_timeout or _LOCK_TIMEOUT,
                isolation_level=None,
                check_same_thread=False,
                cached_statements=64,
            )
        except sqlite3.Error as error:
            raise InterfaceError(error) from error
        connection.row_factory = sqlite3.Row
        try:
            for pragma in _PRAGMAS:
                connection.execute(f"PRAGMA {pragma}")
        except sqlite3.Error as error:
            connection.close()
            raise InterfaceError(error) from error
        return _Connection(connection, self.max_age)

    def close(self) -> None:
        """Close idle connections now and those in use when they come back.

        The library closes the latter under their user's hands, which crashes the interpreter.
        """
        with self._put_condition:
            self._closed = True
            while self._pool:
                self._pool.popleft().close()

    def put_connection(self, conn: SQLiteConnection) -> None:
        """Take a connection back; close it if the pool was closed in the meantime."""
        if self._closed:
            conn.close()
        else:
            super().put_connection(conn)


class SQLiteLedgerDatastore(SQLiteDatastore):
    """The ledger's database file."""

    def __init__(self, path: str, *, lock_timeout: int = _LOCK_TIMEOUT) -> None:
        super().__init__(path, lock_timeout=lock_timeout)
        self.pool = _ConnectionPool(
            db_name=path, lock_timeout=lock_timeout, pool_timeout=float(lock_timeout), pool_size=5, max_overflow=27
        )

    def create_tables(self) -> None:
        """Make what tables are missing; several processes may do so at once."""
        with self.transaction(commit=True) as c:
            for statement in TABLES:
                c.execute(statement)


class SQLiteLedgerRecorder(LedgerRecorder):
    """Records events in the ledger's SQLite file."""

    def subscribe(self, gt: int | None = None, topics: Sequence[str] = ()) -> Subscription[ApplicationRecorder]:
        """Refuse: SQLite tells nobody of a commit, so read models ask for what is new."""
        raise NotImplementedError("SQLite does not say when something was recorded.")
