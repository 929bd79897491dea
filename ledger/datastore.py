"""What the log asks of its database, and the tables it keeps there; one spelling for SQLite and PostgreSQL.

Statements mark their values with `?` and say only what both databases understand.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol


class Cursor(Protocol):
    """Runs statements within one transaction."""

    def execute(self, statement: str, parameters: Sequence[Any] = (), /) -> object:
        """Run one statement."""

    def executemany(self, statement: str, rows: Iterable[Sequence[Any]], /) -> object:
        """Run one statement for each row of values."""

    def fetchone(self) -> Any:
        """Return the next row, or None."""

    def fetchall(self) -> list[Any]:
        """Return the rows that are left."""


class Datastore(Protocol):
    """One ledger's database."""

    def transaction(self, *, commit: bool) -> AbstractContextManager[Cursor]:
        """Run a block in one transaction: all of it is committed at its end, or nothing.

        One that commits takes the ledger's only write lock at its start, so what it reads stays as it is until its end.
        One that does not sees a single instant throughout.

        Raises:
            OperationalError, IntegrityError …: the library's errors, whichever the database.
        """

    def create_tables(self) -> None:
        """Make what tables are missing; several processes may do so at once."""

    def close(self) -> None:
        """Close every connection."""


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
    "INSERT INTO ledger_head VALUES (1, 0, CAST('' AS BLOB), 0) ON CONFLICT DO NOTHING",
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
    # What witnesses said of a checkpoint: their lines by their key, checked whenever they are read.
    """
    CREATE TABLE IF NOT EXISTS cosignatures (
        size INTEGER NOT NULL,
        witness TEXT NOT NULL,
        value BLOB NOT NULL,
        PRIMARY KEY (size, witness)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX IF NOT EXISTS cosigned_sizes ON cosignatures (witness, size)",
    # Where to look for a checkpoint with enough of them; no proof that it has.
    "CREATE TABLE IF NOT EXISTS witnessed (size INTEGER PRIMARY KEY) STRICT",
    # A time-stamping authority's answers about checkpoints (RFC 3161).
    "CREATE TABLE IF NOT EXISTS timestamps (size INTEGER PRIMARY KEY, response BLOB NOT NULL) STRICT",
    # How far another log was read, where what it says is recorded here; the library's own name and columns.
    """
    CREATE TABLE IF NOT EXISTS tracking (
        application_name TEXT PRIMARY KEY,
        notification_id INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID
    """,
)
"""In SQLite's words; PostgreSQL's own types are put in their place where it is the database."""

IN_LOG = "+rowid BETWEEN 1 AND (SELECT size FROM ledger_head)"
"""The condition for rows that the recorder wrote; its plus keeps the index on streams or subjects in use."""
