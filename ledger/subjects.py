"""One AES-256 key for each subject (a pupil, a parent, an officer), kept apart from the log, wrapped by the master key.

Destroying a subject's key erases every personal field sealed under it, everywhere at once, backups of the log included,
while signatures and tree stay as they are. What remains is a tombstone, so an erased subject is never taken for an
unknown one, nor given a second key.

An attacker who holds this file or database but not the master key can at most destroy keys, or bring back destroyed
ones from an old copy of it, which still open nothing without the master key.
"""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from threading import Lock
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ledger.errors import LedgerError
from ledger.subject_tables import open_table


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

    def __init__(self, place: Path | str, master: bytes, *, cache_size: int = 20_000) -> None:
        """Open them in an SQLite file, or in a PostgreSQL database by its address."""
        self._master = AESGCM(master)
        self._cache: dict[UUID, AESGCM] = {}
        self._cache_size = cache_size
        self._lock = Lock()
        self._table = open_table(place)
        self._erasures = -1

    def close(self) -> None:
        """Forget every key and close the file."""
        with self._lock:
            self._cache.clear()
            self._table.close()

    def create(self, subject: UUID) -> AESGCM:
        """Return the subject's key, made and made durable first where there is none.

        Raises:
            SubjectErased: where the key was destroyed; it is never made anew.
        """
        with self._lock:
            self._drop_erased(now=True)  # nothing more is sealed under a destroyed key, whoever destroyed it
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
            self._drop_erased(now=False)
            return self._find(subject)

    def destroy(self, subject: UUID, at: datetime) -> None:
        """Destroy the subject's key for ever and leave a tombstone; a second time changes nothing.

        Raises:
            SubjectUnknown: where no key was ever made.
        """
        with self._lock:
            self._cache.pop(subject, None)
            self._table.destroy(subject, at)
            found = self._table.find(subject)
        if found is None:
            raise SubjectUnknown(subject)

    def _insert(self, subject: UUID) -> None:
        nonce = os.urandom(12)
        wrapped = nonce + self._master.encrypt(nonce, os.urandom(32), subject.bytes)
        self._table.insert(subject, wrapped)  # another may have been first: the loser reads the winner's key back

    def _find(self, subject: UUID) -> AESGCM:
        cached = self._cache.get(subject)
        if cached is not None:
            return cached
        row = self._table.find(subject)
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

    def _drop_erased(self, *, now: bool) -> None:
        """Empty the cache if another process has destroyed a key since the last call.

        New keys are made far more often than keys are destroyed: only a new tombstone empties the cache.
        """
        erasures = self._table.erasures(now=now)
        if erasures != self._erasures:
            self._cache.clear()
            self._erasures = erasures
