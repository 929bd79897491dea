"""Files that were uploaded and are not recorded yet: each belongs to the person who uploaded it, and nobody else."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from hashlib import sha256
from uuid import UUID, uuid4

import msgspec

from domain.parts import EvidenceFile
from web.drawer import Drawer, DrawerDamaged, stamp
from web.file_names import cleaned
from web.file_types import NotTaken, megabytes, recognised

MOST_KEPT = 250_000_000
"""Bytes one person may have staged at once."""


class NotStaged(Exception):
    """The person has no such file waiting to be recorded."""


class StagedFiles:
    """The files waiting in the drawer."""

    def __init__(self, drawer: Drawer) -> None:
        self._drawer = drawer

    def stage(self, person: UUID, name: str, content: bytes, at: datetime) -> EvidenceFile:
        """Keep a file until it is recorded, for two weeks at most, and say what an entry will say of it.

        Raises:
            NotTaken: where it is not a kind of document that is kept, or the person has too much waiting.
        """
        kind = recognised(content)
        shown = cleaned(name, kind.extensions)
        file = EvidenceFile(uuid4(), shown, kind.media_type, len(content), sha256(content).hexdigest())
        about = file.file_id.bytes + person.bytes
        details = self._drawer.seal(msgspec.json.encode(file), b"details" + about)
        sealed = self._drawer.seal(content, b"content" + about)
        with self._drawer.writing(at) as db:
            (waiting,) = db.execute(
                "SELECT coalesce(sum(size), 0) FROM files WHERE person = ? AND content IS NOT NULL", (person.bytes,)
            ).fetchone()
            if waiting + len(content) > MOST_KEPT:
                raise NotTaken(
                    f"does not fit: your files not recorded yet would be more than {megabytes(MOST_KEPT)}."
                    " Discard drafts you no longer need."
                )
            row = (file.file_id.bytes, person.bytes, file.size, stamp(at), details, sealed)
            db.execute("INSERT INTO files VALUES (?, ?, ?, ?, ?, ?)", row)
        return file

    def find(self, person: UUID, file_ids: Collection[UUID]) -> tuple[EvidenceFile, ...]:
        """Say of some files what an entry says of them, in the order asked.

        Raises:
            NotStaged: where one is unknown, too old, or another person's.
        """
        return tuple(self._find(person, file_id) for file_id in file_ids)

    def content(self, person: UUID, file_id: UUID) -> bytes:
        """Return a file's bytes.

        Raises:
            NotStaged: where it is unknown, damaged, or was recorded already.
        """
        with self._drawer.reading() as db:
            row = db.execute(
                "SELECT content FROM files WHERE file_id = ? AND person = ?", (file_id.bytes, person.bytes)
            ).fetchone()
        if row is None or row[0] is None:
            raise NotStaged
        return self._open(row[0], b"content", file_id, person)

    def recorded(self, person: UUID, file_ids: Iterable[UUID], at: datetime) -> None:
        """Let go of what is now with its entry; what it was stays known, so that the same sending is known again."""
        self._change("UPDATE files SET content = NULL WHERE file_id = ? AND person = ?", person, file_ids, at)

    def remove(self, person: UUID, file_ids: Iterable[UUID], at: datetime) -> None:
        """Throw files away."""
        self._change("DELETE FROM files WHERE file_id = ? AND person = ?", person, file_ids, at)

    def touch(self, person: UUID, file_ids: Sequence[UUID], at: datetime) -> None:
        """Keep files for as long as the draft they belong to."""
        with self._drawer.writing(at) as db:
            rows = [(stamp(at), file_id.bytes, person.bytes) for file_id in file_ids]
            db.executemany("UPDATE files SET kept_at = ? WHERE file_id = ? AND person = ?", rows)

    def _change(self, statement: str, person: UUID, file_ids: Iterable[UUID], at: datetime) -> None:
        rows = [(file_id.bytes, person.bytes) for file_id in file_ids]
        if rows:
            with self._drawer.writing(at) as db:
                db.executemany(statement, rows)

    def _find(self, person: UUID, file_id: UUID) -> EvidenceFile:
        with self._drawer.reading() as db:
            row = db.execute(
                "SELECT details FROM files WHERE file_id = ? AND person = ?", (file_id.bytes, person.bytes)
            ).fetchone()
        if row is None:
            raise NotStaged
        return msgspec.json.decode(self._open(row[0], b"details", file_id, person), type=EvidenceFile)

    def _open(self, sealed: bytes, part: bytes, file_id: UUID, person: UUID) -> bytes:
        try:
            return self._drawer.unseal(sealed, part + file_id.bytes + person.bytes)
        except DrawerDamaged:
            raise NotStaged from None
