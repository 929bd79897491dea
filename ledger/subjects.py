"""One AES-256 key for each subject (a pupil, a parent, an officer), in a file of its own, wrapped by the master key.

Destroying a subject's key erases every personal field sealed under it, everywhere at once, backups of the log included,
while signatures and tree stay as they are. What remains is a tombstone, so an erased subject is never taken for an
unknown one, nor given a second key.

An attacker who holds this file but not the master key can at most destroy keys, or bring back destroyed ones from an
old copy of the file, which still open nothing without the master key.
"""

from __future__ import annotations

import os
import sqlite3
from datetime import datetime
from pathlib import Path
from threading import Lock
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ledger.errors import LedgerError

_TABLE = """
CREATE TABLE IF NOT EXISTS subject_keys (
    subject BLOB PRIMARY KEY,
    wrapped_key BLOB,
    erased_at TEXT,
    CHECK ((wrapped_key IS NULL) <> (erased_at IS NULL))
) STRICT, WITHOUT ROWID
"""
_ERASED = "CREATE INDEX IF NOT EXISTS erased_subjects ON subject_keys (subject) WHERE wrapped_key IS NULL"


class SubjectUnknown(LedgerError):
    """No key was ever made for this subject."""

    def __init__(self, subject: UUID) -> None:
        super().__init__(f"No record has been opened for {subject}.")
        self.subject = subject


class SubjectErased(LedgerError):
    """The subject's key was destroyed; nothing more can be recorded about them."""

    def __init__(self, subject: UUID) -> None:
        super().__init__(f"The record of {subject} has been erased; nothing more can be added to it.")
        self.subject = subject


class SubjectKeyDamaged(LedgerError):
    """A stored key does not open under the master key for the subject it is filed under."""


class SubjectKeys:
    """The key store: makes, finds and destroys subjects' keys; safe for many threads and processes."""

    def __init__(self, path: Path | str, master: bytes, *, cache_size: int = 20_000) -> None:
        self._master = AESGCM(master)
        self._cache: dict[UUID, AESGCM] = {}
        self._cache_size = cache_size
        self._lock = Lock()
        self._db = sqlite3.connect(path, timeout=30, isolation_level=None, check_same_thread=False)
        # secure_delete overwrites a destroyed key in the file; FULL makes a new key durable before its first event.
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON"):
            self._db.execute(f"PRAGMA {pragma}")
        self._db.execute(_TABLE)
        self._db.execute(_ERASED)
        self._version = self._erasures = -1

    def close(self) -> None:
        """Forget every key and close the file."""
        with self._lock:
            self._cache.clear()
            self._db.close()

    def create(self, subject: UUID) -> AESGCM:
        """Return the subject's key, made and made durable first where there is none.

        Raises:
            SubjectErased: where the key was destroyed; it is never made anew.
        """
        with self._lock:
            self._drop_erased()
            if subject not in self._cache:
                self._insert(subject)
            return self._find(subject)

    def get(self, subject: UUID) -> AESGCM:
        """Return the subject's key.

        Raises:
            SubjectUnknown: where none was ever made.
            SubjectErased: where it was destroyed.
        """
        with self._lock:
            self._drop_erased()
            return self._find(subject)

    def destroy(self, subject: UUID, at: datetime) -> None:
        """Destroy the subject's key for ever and leave a tombstone; a second time changes nothing.

        Raises:
            SubjectUnknown: where no key was ever made.
        """
        with self._lock:
            self._cache.pop(subject, None)
            self._db.execute(
                "UPDATE subject_keys SET wrapped_key = NULL, erased_at = ? WHERE subject = ? AND erased_at IS NULL",
                (at.isoformat(), subject.bytes),
            )
            found = self._db.execute("SELECT 1 FROM subject_keys WHERE subject = ?", (subject.bytes,)).fetchone()
            # The write-ahead log still holds the old page: fold it into the file and empty it.
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if found is None:
            raise SubjectUnknown(subject)

    def _insert(self, subject: UUID) -> None:
        nonce = os.urandom(12)
        wrapped = nonce + self._master.encrypt(nonce, os.urandom(32), subject.bytes)
        # Whoever commits first wins; the loser reads the winner's key back.
        self._db.execute(
            "INSERT INTO subject_keys VALUES (?, ?, NULL) ON CONFLICT DO NOTHING", (subject.bytes, wrapped)
        )

    def _find(self, subject: UUID) -> AESGCM:
        cached = self._cache.get(subject)
        if cached is not None:
            return cached
        row = self._db.execute("SELECT wrapped_key FROM subject_keys WHERE subject = ?", (subject.bytes,)).fetchone()
        if row is None:
            raise SubjectUnknown(subject)
        if row[0] is None:
            raise SubjectErased(subject)
        try:
            key = AESGCM(self._master.decrypt(row[0][:12], row[0][12:], subject.bytes))
        except InvalidTag as error:
            raise SubjectKeyDamaged(f"The key of subject {subject} does not open: restore the key store.") from error
        if len(self._cache) >= self._cache_size:
            del self._cache[next(iter(self._cache))]
        self._cache[subject] = key
        return key

    def _drop_erased(self) -> None:
        """Empty the cache if another process has destroyed a key since the last call.

        SQLite's `data_version` changes whenever another connection commits, so a cached key is never handed out after
        its destruction was committed. New keys are committed far more often than keys are destroyed: only a new
        tombstone empties the cache.
        """
        version = self._db.execute("PRAGMA data_version").fetchone()[0]
        if version == self._version:
            return
        erasures = self._db.execute("SELECT count(*) FROM subject_keys WHERE wrapped_key IS NULL").fetchone()[0]
        if erasures != self._erasures:
            self._cache.clear()
        self._version, self._erasures = version, erasures
