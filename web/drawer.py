"""What people have begun and not sent yet: a file of its own beside the record, sealed, and emptied after two weeks.

Whoever holds this file without the master key learns how many drafts and files there are, of which forms and sizes, and
by which pseudonyms; nothing that was typed, and no file's name. Losing it loses unsent typing, never an entry: a file
that is damaged is put aside and a new one begun.
"""

from __future__ import annotations

import hmac
import logging
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Lock

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from web.damage import put_aside_damaged

_LOG = logging.getLogger(__name__)
KEPT_FOR = timedelta(days=14)
"""How long what was begun is kept after it was last touched."""

_TABLES = """
CREATE TABLE IF NOT EXISTS drafts (
    draft_id BLOB PRIMARY KEY,
    person BLOB NOT NULL,
    form TEXT NOT NULL,
    began_at TEXT NOT NULL,
    kept_at TEXT NOT NULL,
    sealed BLOB NOT NULL,
    UNIQUE (person, form)
) STRICT;
CREATE TABLE IF NOT EXISTS files (
    file_id BLOB PRIMARY KEY,
    person BLOB NOT NULL,
    size INTEGER NOT NULL,
    kept_at TEXT NOT NULL,
    details BLOB NOT NULL,
    content BLOB
) STRICT;
CREATE INDEX IF NOT EXISTS files_of ON files (person);
"""
_NONCE = 12


class DrawerDamaged(Exception):
    """Something in the drawer does not open under the key of this record."""


class Drawer:
    """The file `drafts.sqlite`, opened when something is first kept or looked for; safe for many threads and processes.

    What needs no drafts, such as an audit, never opens it, so no damage to it can stop that.
    """

    def __init__(self, path: Path, master: bytes) -> None:
        """Derive its key from the master key; it is kept nowhere."""
        self._path = path
        self._key = AESGCM(hmac.digest(master, b"placement-ledger drafts", "sha256"))
        self._lock = Lock()
        self._db: sqlite3.Connection | None = None

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            if self._db is not None:
                self._db.close()
            self._db = None

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Ask one question after another."""
        with self._lock:
            yield self._opened()

    @contextmanager
    def writing(self, at: datetime) -> Iterator[sqlite3.Connection]:
        """One transaction; what was left alone too long by then goes with it."""
        with self._lock:
            db = self._opened()
            db.execute("BEGIN IMMEDIATE")
            try:
                for table in ("drafts", "files"):
                    db.execute(f"DELETE FROM {table} WHERE kept_at < ?", (stamp(at - KEPT_FOR),))  # noqa: S608 - our own words
                yield db
            except BaseException:
                db.execute("ROLLBACK")
                raise
            db.execute("COMMIT")

    def _opened(self) -> sqlite3.Connection:
        """The open file, made for its owner's eyes only."""
        if self._db is None:
            if put_aside_damaged(self._path):
                _LOG.warning("%s was damaged and put aside; what was begun and not sent is lost", self._path.name)
            os.close(os.open(self._path, os.O_CREAT | os.O_RDWR, 0o600))
            db = sqlite3.connect(self._path, timeout=30, isolation_level=None, check_same_thread=False)
            # secure_delete: what was discarded or recorded is overwritten, not only forgotten.
            for pragma in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON"):
                db.execute(f"PRAGMA {pragma}")
            db.executescript(_TABLES)
            self._db = db
        return self._db

    def seal(self, content: bytes, about: bytes) -> bytes:
        """Seal bytes for one place."""
        nonce = os.urandom(_NONCE)
        return nonce + self._key.encrypt(nonce, content, about)

    def unseal(self, sealed: bytes, about: bytes) -> bytes:
        """Open bytes of one place.

        Raises:
            DrawerDamaged: where they were not sealed for it under this key.
        """
        try:
            return self._key.decrypt(sealed[:_NONCE], sealed[_NONCE:], about)
        except (InvalidTag, ValueError) as error:
            raise DrawerDamaged("What was kept does not open; it was damaged or moved.") from error


def stamp(at: datetime) -> str:
    """Write an instant so that text sorts as time does."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")
