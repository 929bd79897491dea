"""Files attached to entries, in a table of their own, each sealed under the key of its entry's subject.

    sealed      12 random bytes ‖ AES-256-GCM(subject's key, the file's bytes, associated data)
    associated  "<origin>\\n<file id>\\n<subject>"

Destroying the subject's key erases them with the entry's other sealed fields. What a file must be stands in its entry.

An attacker who can write to this table can at most make files go missing, which `audit` and the pages tell.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, NamedTuple
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from eventsourcing.persistence import StoredEvent

from ledger import named_files
from ledger.datastore import Cursor, Datastore
from ledger.errors import LedgerError, VerificationError
from ledger.named_files import NamedFile
from ledger.subjects import SubjectKeys

_NONCE = 12
_INSERT = "INSERT INTO attachments VALUES (?, ?, ?, ?)"
_SELECT = "SELECT sealed FROM attachments WHERE file_id = ? AND position = ? AND subject = ?"
_ANY_AT = "SELECT EXISTS (SELECT 1 FROM attachments WHERE position BETWEEN ? AND ?)"
_SELECT_PLACES = "SELECT position, file_id FROM attachments WHERE position > ? AND position <= ?"


class FilesDiffer(LedgerError):
    """The files given are not the files that the entries name; nothing was recorded."""


@dataclass(frozen=True)
class AttachedFile:
    """A file to be recorded with the entry that names it."""

    file_id: UUID
    content: bytes


class SealedFile(NamedTuple):
    """A sealed file, and which of a batch's events names it."""

    place: int
    file_id: UUID
    subject: UUID
    sealed: bytes


class Attachments:
    """The files of one ledger."""

    def __init__(self, datastore: Datastore, origin: str, subjects: SubjectKeys) -> None:
        self._datastore = datastore
        self._origin = origin
        self._subjects = subjects

    def seal(self, events: Sequence[StoredEvent], files: Sequence[AttachedFile]) -> list[SealedFile]:
        """Seal each file for the subject of the one event that names it.

        Raises:
            FilesDiffer: where a file is named by none or by two, is not as named, or was not given.
        """
        given = {file.file_id: file.content for file in files}
        sealed = []
        for place, event in enumerate(events):
            for file in named_by(event):
                content = given.pop(file.file_id, None)
                if content is None or (len(content), sha256(content).hexdigest()) != (file.size, file.sha256):
                    raise FilesDiffer(f"The entry names the file {file.file_id}, which was not given as it is named.")
                subject: UUID = event.subject  # type: ignore[attr-defined]  # the mapper sealed its name for them
                sealed.append(SealedFile(place, file.file_id, subject, self._seal(subject, file.file_id, content)))
        if given:
            raise FilesDiffer(f"No entry names the file {next(iter(given))}.")
        return sealed

    def read(self, position: int, subject: UUID, file: NamedFile) -> bytes:
        """Return a file that the entry at a position (leaf index + 1) names.

        Raises:
            SubjectErased: where it was erased with its subject.
            VerificationError: where it is missing or is not the file that was entered.
        """
        key = self._subjects.get(subject)
        with self._datastore.transaction(commit=False) as c:
            c.execute(_SELECT, (file.file_id.bytes, position, subject.bytes))
            row = c.fetchone()
        if row is None:
            raise VerificationError(f"The file “{file.name}” of this entry is missing.", step="attached file")
        content = self._unseal(key, subject, file, bytes(row[0]))
        named_files.check(file, content)
        return content

    def stored(self, after: int, up_to: int) -> dict[int, set[bytes]]:
        """Return the ids of the files stored for the entries after one position up to another, by position."""
        with self._datastore.transaction(commit=False) as c:
            c.execute(_SELECT_PLACES, (after, up_to))
            rows = c.fetchall()
        found: dict[int, set[bytes]] = {}
        for position, file_id in rows:
            found.setdefault(position, set()).add(file_id)
        return found

    def _seal(self, subject: UUID, file_id: UUID, content: bytes) -> bytes:
        nonce = os.urandom(_NONCE)
        return nonce + self._subjects.get(subject).encrypt(nonce, content, self._associated(file_id, subject))

    def _unseal(self, key: AESGCM, subject: UUID, file: NamedFile, sealed: bytes) -> bytes:
        try:
            return key.decrypt(sealed[:_NONCE], sealed[_NONCE:], self._associated(file.file_id, subject))
        except (InvalidTag, ValueError) as error:
            raise VerificationError(
                f"The file “{file.name}” of this entry was altered.", step="attached file"
            ) from error

    def _associated(self, file_id: UUID, subject: UUID) -> bytes:
        return f"{self._origin}\n{file_id}\n{subject}".encode()


def named_by(event: StoredEvent) -> Sequence[Any]:
    """Return the files that an event names, each with `file_id`, `size` and `sha256`."""
    return getattr(event, "evidence", ())


def any_at(c: Cursor, first: int, last: int) -> bool:
    """Whether files are stored for entries at these positions."""
    c.execute(_ANY_AT, (first, last))
    return bool(c.fetchone()[0])


def insert(c: Cursor, positions: Sequence[int], files: Sequence[SealedFile]) -> None:
    """Write the sealed files of a batch that was recorded at these positions."""
    if files:
        rows = [(file.file_id.bytes, file.subject.bytes, positions[file.place], file.sealed) for file in files]
        c.executemany(_INSERT, rows)
