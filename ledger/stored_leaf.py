"""A row of the log as it is stored, whatever somebody may have put there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from ledger import entry as entries
from ledger.datastore import Datastore
from ledger.errors import LedgerError

_COLUMNS = (
    # Text as bytes: SQLite keeps any bytes as text, and what is not UTF-8 must not stop the reading of other rows.
    "rowid, originator_id, originator_version, CAST(topic AS BLOB), state, subject, known_at, CAST(key_id AS BLOB),"
    " signature, leaf_hash, payload"
)
SELECT_LEAVES = f"SELECT {_COLUMNS} FROM stored_events LEFT JOIN payloads USING (rowid) WHERE"  # noqa: S608 - our own words
"""Followed by a condition on `rowid`."""


_PAGE = 1000
_UP_TO = " rowid > ? AND rowid <= ? AND rowid <= (SELECT size FROM ledger_head) ORDER BY rowid LIMIT ?"


class RowMalformed(LedgerError):
    """A row has a value that no recorder writes; `index` is its place."""

    def __init__(self, index: int) -> None:
        super().__init__("one of its columns does not hold what it must.")
        self.index = index


@dataclass(frozen=True, slots=True)
class StoredLeaf:
    """One row of the log as stored; nothing in it is vouched for but what its signature covers."""

    index: int
    stream: UUID
    version: int
    topic: str
    body: bytes
    subject: UUID | None
    known_at: int
    key_id: str
    signature: bytes
    leaf_hash: bytes
    payload: bytes | None

    @property
    def entry(self) -> bytes:
        """The entry's exact bytes, framed from body and signature."""
        return entries.frame(self.body, self.key_id, self.signature)


def leaf_of(row: Sequence[Any]) -> StoredLeaf:
    """Take a row apart.

    Raises:
        RowMalformed: where it holds what no recorder writes.
    """
    position, stream, version, topic, body, subject, known_at, key_id, *rest = row
    try:
        stream_id, subject_id = UUID(bytes=stream), None if subject is None else UUID(bytes=subject)
        return StoredLeaf(
            position - 1, stream_id, version, topic.decode(), body, subject_id, known_at, key_id.decode("ascii"), *rest
        )
    except ValueError as error:
        raise RowMalformed(position - 1) from error


def read_leaves(datastore: Datastore, start: int, stop: int) -> Iterator[StoredLeaf]:
    """Yield the rows with start <= index < stop in order, a page at a time, so that no reader holds up writers.

    Raises:
        RowMalformed: at one that holds what no recorder writes.
    """
    position = max(0, start)
    while position < stop:
        with datastore.transaction(commit=False) as c:
            c.execute(SELECT_LEAVES + _UP_TO, (position, stop, _PAGE))
            page = c.fetchall()
        if not page:
            return
        yield from map(leaf_of, page)
        position = page[-1][0]
