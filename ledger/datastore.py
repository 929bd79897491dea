"""The ledger's SQLite file: its tables, and connections that make commits durable and writers wait their turn."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType

from eventsourcing.persistence import InterfaceError, OperationalError
from eventsourcing.sqlite import (
    SQLiteConnection,
    SQLiteConnectionPool,
    SQLiteCursor,
    SQLiteDatastore,
    SQLiteTransaction,
)

TABLES = (
    # The name must be `rowid`, and declared: an undeclared one may be renumbered by VACUUM. It is the leaf index + 1.
    """
    CREATE TABLE IF NOT EXISTS stored_events (
        rowid INTEGER PRIMARY KEY CHECK (rowid > 0),
        originator_id BLOB NOT NULL,
        originator_version INTEGER NOT NULL,
        topic TEXT NOT NULL,
        state BLOB NOT NULL,
        subject BLOB,
        known_at INTEGER NOT NULL,
        key_id TEXT NOT NULL,
        signature BLOB NOT NULL,
        leaf_hash BLOB NOT NULL,
        UNIQUE (originator_id, originator_version)
    ) STRICT
    """,
    "CREATE INDEX IF NOT EXISTS subject_events ON stored_events (subject) WHERE subject IS NOT NULL",
    # Apart from the entry, so that it can be destroyed and leave signatures and tree as they are.
    "CREATE TABLE IF NOT EXISTS payloads (rowid INTEGER PRIMARY KEY, payload BLOB NOT NULL) STRICT",
    """
    CREATE TABLE IF NOT EXISTS attachments (
        file_id BLOB PRIMARY KEY,
        subject BLOB NOT NULL,
        position INTEGER NOT NULL,
        sealed BLOB NOT NULL
    ) STRICT
    """,
    "CREATE INDEX IF NOT EXISTS attached_files ON attachments (position)",
    """
    CREATE TABLE IF NOT EXISTS ledger_head (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        size INTEGER NOT NULL,
        peaks BLOB NOT NULL,
        known_at INTEGER NOT NULL
    ) STRICT
    """,
    "INSERT INTO ledger_head VALUES (1, 0, x'', 0) ON CONFLICT DO NOTHING",
    """
    CREATE TABLE IF NOT EXISTS commands (
        key TEXT PRIMARY KEY,
        actor BLOB NOT NULL,
        digest BLOB NOT NULL,
        first INTEGER NOT NULL,
        count INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID
    """,
    # Roots of complete subtrees of 256 entries (level 8) and above; written by the checkpointer, after checking.
    """
    CREATE TABLE IF NOT EXISTS nodes (
        level INTEGER NOT NULL,
        position INTEGER NOT NULL,
        hash BLOB NOT NULL,
        PRIMARY KEY (level, position)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE TABLE IF NOT EXISTS checkpoints (size INTEGER PRIMARY KEY, note BLOB NOT NULL) STRICT",
)

IN_LOG = "+rowid BETWEEN 1 AND (SELECT size FROM ledger_head)"
"""The condition for rows that the recorder wrote; its plus keeps the index on streams or subjects in use."""

# FULL: what was acknowledged survives a power cut. The rest is speed: fewer write-ahead-log checkpoints (at 4,000
# pages) and 64 MB of cache, since random stream ids touch the unique index everywhere.
_PRAGMAS = ("journal_mode = WAL", "synchronous = FULL", "wal_autocheckpoint = 4000", "cache_size = -65536")
_LOCK_TIMEOUT = 30


class LedgerTransaction(SQLiteTransaction):
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


class LedgerConnection(SQLiteConnection):
    """A connection whose transactions are `LedgerTransaction`s."""

    @contextmanager
    def transaction(self, *, commit: bool) -> Iterator[SQLiteCursor]:
        """Run a block in one transaction, committed at its end or not at all."""
        with LedgerTransaction(self, commit=commit) as cursor, cursor:
            yield cursor


class LedgerConnectionPool(SQLiteConnectionPool):
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
        return LedgerConnection(connection, self.max_age)

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


class LedgerDatastore(SQLiteDatastore):
    """The ledger's database file."""

    def __init__(self, path: str, *, lock_timeout: int = _LOCK_TIMEOUT) -> None:
        super().__init__(path, lock_timeout=lock_timeout)
        self.pool = LedgerConnectionPool(
            db_name=path, lock_timeout=lock_timeout, pool_timeout=float(lock_timeout), pool_size=5, max_overflow=27
        )
