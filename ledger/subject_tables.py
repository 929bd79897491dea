"""Where subjects' wrapped keys are kept: an SQLite file, or a PostgreSQL database that several machines share.

Both say the same of themselves (`SubjectTable`); what a key is, and when it may still be used, `ledger.subjects` knows.
"""

from __future__ import annotations

import sqlite3
from datetime import datetime
from pathlib import Path
from time import monotonic
from typing import Any, Protocol
from uuid import UUID

import psycopg
from eventsourcing.persistence import OperationalError

from ledger.errors import LedgerError

SERVERS = ("postgresql://", "postgres://")
"""How the address of a database on a server begins."""

_DECLARED = """
CREATE TABLE IF NOT EXISTS subject_keys (
    subject {bytes} PRIMARY KEY,
    wrapped_key {bytes},
    erased_at TEXT,
    CHECK ((wrapped_key IS NULL) <> (erased_at IS NULL))
){options}
"""
_ERASED = "CREATE INDEX IF NOT EXISTS erased_subjects ON subject_keys (subject) WHERE wrapped_key IS NULL"
FILE_TABLES = (_DECLARED.format(bytes="BLOB", options=" STRICT, WITHOUT ROWID"), _ERASED)
"""As a file declares them; on a server bytes have another name."""

_INSERT = "INSERT INTO subject_keys VALUES (?, ?, NULL) ON CONFLICT DO NOTHING"
_FIND = "SELECT wrapped_key FROM subject_keys WHERE subject = ?"
_COUNT_ERASED = "SELECT count(*) FROM subject_keys WHERE wrapped_key IS NULL"
_DESTROY = "UPDATE subject_keys SET wrapped_key = NULL, erased_at = ? WHERE subject = ? AND erased_at IS NULL"
_CONNECT_TIMEOUT = 10


class SubjectsUnreachable(LedgerError):
    """The server that has the subjects' keys does not answer, or does not let this service in."""


class SubjectTable(Protocol):
    """A durable table of wrapped keys and tombstones; one thread at a time uses it."""

    def insert(self, subject: UUID, wrapped: bytes) -> None:
        """Keep a key, made durable; nothing where there is one, or a tombstone. Whoever commits first wins."""

    def find(self, subject: UUID) -> tuple[bytes | None] | None:
        """The subject's wrapped key, or None in its place once destroyed; None where none was ever made."""

    def destroy(self, subject: UUID, at: datetime) -> None:
        """Put a tombstone in the place of a key, so that no file of the table holds it."""

    def erasures(self, *, now: bool) -> int:
        """How many keys were destroyed: as of this moment, or as nearly as can be told at every use of a key."""

    def close(self) -> None:
        """Close it."""


class SubjectFile:
    """The table in an SQLite file."""

    def __init__(self, path: Path | str) -> None:
        self._db = sqlite3.connect(path, timeout=30, isolation_level=None, check_same_thread=False)
        # secure_delete overwrites a destroyed key in the file; FULL makes a new key durable before its first event.
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON"):
            self._db.execute(f"PRAGMA {pragma}")
        for statement in FILE_TABLES:
            self._db.execute(statement)
        self._version = self._erasures = -1

    def insert(self, subject: UUID, wrapped: bytes) -> None:
        """Keep a key, made durable; nothing where there is one, or a tombstone."""
        self._db.execute(_INSERT, (subject.bytes, wrapped))

    def find(self, subject: UUID) -> tuple[bytes | None] | None:
        """The subject's wrapped key, or None in its place once destroyed; None where none was ever made."""
        found: tuple[bytes | None] | None = self._db.execute(_FIND, (subject.bytes,)).fetchone()
        return found

    def destroy(self, subject: UUID, at: datetime) -> None:
        """Put a tombstone in the place of a key."""
        self._db.execute(_DESTROY, (at.isoformat(), subject.bytes))
        # The write-ahead log still holds the old page: fold it into the file and empty it.
        self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()

    def erasures(self, *, now: bool) -> int:  # noqa: ARG002 - to know it as of this moment costs nothing here
        """How many keys were destroyed: SQLite's `data_version` tells at once whether anybody else has committed."""
        version = self._db.execute("PRAGMA data_version").fetchone()[0]
        if version != self._version:
            self._erasures, self._version = self._db.execute(_COUNT_ERASED).fetchone()[0], version
        return self._erasures

    def close(self) -> None:
        """Close the file."""
        self._db.close()


class SharedSubjects:
    """The table in a PostgreSQL database of its own, for a ledger that several machines serve.

    What PostgreSQL has overwritten it keeps until it is vacuumed, and in its own log: see docs/operating.md.

    Raises:
        SubjectsUnreachable: where the server does not answer; the message never has the password.
    """

    FRESH_FOR = 1.0
    """Seconds for which a destruction on another machine may go unnoticed by a reader; a writer asks every time."""

    def __init__(self, address: str) -> None:
        self._address = address
        try:
            self._connection = self._connect()
        except psycopg.Error as error:
            raise SubjectsUnreachable(f"The subjects' keys cannot be reached: {_first_line(error)}") from error
        self._erasures, self._asked = -1, float("-inf")
        # Looked at first: who may only use the table may not make it.
        if self._run("SELECT to_regclass('subject_keys')", ()) == (None,):
            self._run(_DECLARED.format(bytes="BYTEA", options=""), ())
            self._run(_ERASED, ())

    def insert(self, subject: UUID, wrapped: bytes) -> None:
        """Keep a key, made durable; nothing where there is one, or a tombstone."""
        self._run(_INSERT, (subject.bytes, wrapped))

    def find(self, subject: UUID) -> tuple[bytes | None] | None:
        """The subject's wrapped key, or None in its place once destroyed; None where none was ever made."""
        found: tuple[bytes | None] | None = self._run(_FIND, (subject.bytes,))
        return found

    def destroy(self, subject: UUID, at: datetime) -> None:
        """Put a tombstone in the place of a key."""
        self._run(_DESTROY, (at.isoformat(), subject.bytes))
        self._asked = float("-inf")

    def erasures(self, *, now: bool) -> int:
        """How many keys were destroyed, asked anew where it must be known now or was asked more than a second ago."""
        if now or monotonic() - self._asked > self.FRESH_FOR:
            self._asked = monotonic()
            self._erasures = self._run(_COUNT_ERASED, ())[0]
        return self._erasures

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def _connect(self) -> psycopg.Connection[Any]:
        connection = psycopg.connect(self._address, autocommit=True, connect_timeout=_CONNECT_TIMEOUT)
        connection.execute(
            "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'"
        )
        return connection

    def _run(self, statement: str, values: tuple[Any, ...]) -> Any:
        """Run a statement, again where the connection was lost: each may be run twice and comes to the same."""
        query = statement.replace("?", "%s").encode()
        try:
            try:
                found = self._connection.execute(query, values)
            except psycopg.OperationalError:
                if not self._connection.broken:
                    raise
                self._connection = self._connect()
                found = self._connection.execute(query, values)
            return found.fetchone() if found.description else None
        except psycopg.Error as error:
            raise OperationalError(_first_line(error)) from error


def _first_line(error: psycopg.Error) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__)


def open_table(place: Path | str) -> SubjectTable:
    """Open the table in a file, or at an address: `postgresql://…`, `sqlite:///path`."""
    if isinstance(place, str) and place.startswith(SERVERS):
        return SharedSubjects(place)
    return SubjectFile(str(place).removeprefix("sqlite:///"))
