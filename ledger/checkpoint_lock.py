"""The checkpoint lock: the newest signed checkpoint, kept apart from the entries and never restored from a backup.

A file, or a row in a PostgreSQL database that is not the ledger's own, for a service that runs on several machines.
It moves only by compare-and-swap, so that whoever read an older one signs nothing that counts.

An attacker who holds only the lock can at most stop the service: what it says is signed. Who can write both lock and
entries can show an older history to those who have seen no later checkpoint; witnesses are there against that.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Protocol

import psycopg
from eventsourcing.persistence import OperationalError

from ledger.errors import LedgerError

SERVERS = ("postgresql://", "postgres://")
_TABLE = "CREATE TABLE IF NOT EXISTS checkpoint_lock (origin TEXT PRIMARY KEY, note BYTEA NOT NULL)"
_READ = "SELECT note FROM checkpoint_lock WHERE origin = %s"
_FIRST = "INSERT INTO checkpoint_lock VALUES (%s, %s) ON CONFLICT DO NOTHING"
_SWAP = "UPDATE checkpoint_lock SET note = %s WHERE origin = %s AND note = %s"
_CONNECT_TIMEOUT = 10


class LockMoved(LedgerError):
    """Somebody else moved the checkpoint lock between reading and replacing it; what was signed in between is void."""


class HeldLock(Protocol):
    """The lock while no other checkpointer can have it."""

    def read(self) -> bytes | None:
        """Return the signed checkpoint it holds; None where nothing was ever signed, or it was lost."""

    def swap(self, old: bytes | None, new: bytes) -> None:
        """Replace what it held; durable once this returns, and after a crash either the old or the new is there.

        Raises:
            LockMoved: where it no longer holds `old`.
        """


class CheckpointLock(Protocol):
    """Where a ledger remembers what it has signed."""

    def held(self) -> AbstractContextManager[HeldLock]:
        """Keep other checkpointers out for a block.

        Raises:
            OperationalError: where it cannot be reached; trying again may help.
        """

    def read(self) -> bytes | None:
        """Return what it holds, without waiting for anybody."""


def open_lock(where: Path | str, origin: str) -> CheckpointLock:
    """Return the lock of a log: by address where that is of a PostgreSQL server, else by path."""
    if isinstance(where, str) and where.startswith(SERVERS):
        return PostgresLock(where, origin)
    return FileLock(Path(where))


class FileLock:
    """A file, held for all processes of one machine."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __str__(self) -> str:
        return str(self._path)

    @contextmanager
    def held(self) -> Iterator[FileLock]:
        """Hold the file beside it: the lock itself is replaced, so a hold on it would be one on a file that is gone."""
        with self._path.with_name(f"{self._path.name}.held").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield self

    def read(self) -> bytes | None:
        """Return its content, or None where there is no file."""
        try:
            return self._path.read_bytes()
        except FileNotFoundError:
            return None

    def swap(self, old: bytes | None, new: bytes) -> None:
        """Replace the file so that a crash leaves the old one or the new one, never a part.

        Raises:
            LockMoved: where it no longer holds `old`.
        """
        if self.read() != old:
            raise LockMoved(f"{self} was changed by somebody else meanwhile.")
        scratch = self._path.with_name(f"{self._path.name}.new")
        with scratch.open("wb") as file:
            file.write(new)
            file.flush()
            os.fsync(file.fileno())
        scratch.replace(self._path)
        directory = os.open(self._path.parent, os.O_RDONLY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)


class PostgresLock:
    """A row for each log in a database of its own, for checkpointers on several machines."""

    def __init__(self, address: str, origin: str) -> None:
        self._address = address
        self._origin = origin

    def __str__(self) -> str:
        return "The checkpoint lock in its own database"  # never the address, which may have a password

    @contextmanager
    def held(self) -> Iterator[_HeldRow]:
        """Hold the log's name in the server for as long as the connection lives; one that died holds nothing."""
        with self._connected() as connection:
            connection.execute("SELECT set_config('lock_timeout', '30s', false)")
            connection.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", (self._origin,))
            connection.execute(_TABLE)
            yield _HeldRow(connection, self._origin)

    def read(self) -> bytes | None:
        """Return what the row holds, or None where there is none."""
        with self._connected() as connection:
            if connection.execute("SELECT to_regclass('checkpoint_lock')").fetchone() == (None,):
                return None
            return _HeldRow(connection, self._origin).read()

    @contextmanager
    def _connected(self) -> Iterator[psycopg.Connection]:
        try:
            with psycopg.connect(self._address, autocommit=True, connect_timeout=_CONNECT_TIMEOUT) as connection:
                # What was signed must outlive a power cut, whatever the server's own setting.
                connection.execute("SELECT set_config('synchronous_commit', 'on', false)")
                yield connection
        except psycopg.Error:
            # Without the driver's text in the chain: that may quote the address with its password.
            raise OperationalError("The database of the checkpoint lock does not answer.") from None


class _HeldRow:
    def __init__(self, connection: psycopg.Connection, origin: str) -> None:
        self._connection = connection
        self._origin = origin

    def read(self) -> bytes | None:
        row = self._connection.execute(_READ, (self._origin,)).fetchone()
        return None if row is None else bytes(row[0])

    def swap(self, old: bytes | None, new: bytes) -> None:
        if old is None:
            swapped = self._connection.execute(_FIRST, (self._origin, new))
        else:
            swapped = self._connection.execute(_SWAP, (new, self._origin, old))
        if swapped.rowcount != 1:
            raise LockMoved("The checkpoint lock was changed by somebody else meanwhile.")
