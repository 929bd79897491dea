"""The one way into the log: events, signatures, leaves, tree head, guards and idempotency in one transaction."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

from eventsourcing.persistence import (
    IntegrityError,
    Notification,
    OperationalError,
    ProcessRecorder,
    StoredEvent,
    Tracking,
)

from ledger import attachments, commands
from ledger import tracking as tracks
from ledger.attachments import AttachedFile, Attachments, FilesDiffer, SealedFile
from ledger.commands import Command, CommandRepeated, Receipt
from ledger.datastore import IN_LOG, Cursor, Datastore
from ledger.errors import LedgerError
from ledger.keys import EntrySigner
from ledger.mapper import SealedEvent, SealedNotification
from ledger.merkle import CompactRange
from ledger.reliance import ReliedOnChanged, check_relied_on
from ledger.signing import SignedLeaf, Signing

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

_INSERT_EVENT = "INSERT INTO stored_events VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_INSERT_PAYLOAD = "INSERT INTO payloads VALUES (?, ?)"
_SELECT_STREAM = (
    "SELECT originator_version, topic, state, payload, key_id, signature"  # noqa: S608 - our own words
    " FROM stored_events LEFT JOIN payloads USING (rowid)"
    " WHERE originator_id = ? AND originator_version > ? AND originator_version <= ?"
    f" AND {IN_LOG} ORDER BY originator_version LIMIT ?"
)
_SELECT_STREAM_BACKWARDS = _SELECT_STREAM.replace("ORDER BY originator_version", "ORDER BY originator_version DESC")
_SELECT_RANGE = (
    "SELECT originator_id, originator_version, topic, state, rowid, payload"
    " FROM stored_events LEFT JOIN payloads USING (rowid)"
    " WHERE rowid >= ? AND rowid <= ? AND rowid <= (SELECT size FROM ledger_head)"
)
_SELECT_PLANTED = """
    SELECT EXISTS (SELECT 1 FROM stored_events WHERE rowid < 1 OR rowid > size)
    OR EXISTS (SELECT 1 FROM payloads WHERE rowid < 1 OR rowid > size)
    OR EXISTS (SELECT 1 FROM attachments WHERE position < 1 OR position > size) FROM ledger_head
"""
_PLANTED = "Nothing was recorded: rows that this service did not write lie beyond the ledger's end. Run audit."
_ALL = 2**62
"""More than any limit or version: neither database has another word for all that both know."""
_SELECT_LEAF = "SELECT rowid, leaf_hash FROM stored_events WHERE originator_id = ? AND originator_version = ?"


class RowsPlanted(LedgerError):
    """Rows lie outside the log, where only what is recorded next may go; nothing is put over what may be evidence."""


class LedgerRecorder(ProcessRecorder):
    """Records events as signed leaves of the log; `notification id = leaf index + 1`, without gaps.

    An attacker who can write to this database can stop the service or change what pages show; they cannot make an
    entry, a proof or a receipt that verifies, and `audit` names the first entry they touched.
    """

    def __init__(self, datastore: Datastore, signer: EntrySigner, files: Attachments | None = None) -> None:
        self.datastore = datastore
        self.signing = Signing(signer)
        self._files = files

    def create_table(self) -> None:
        """Make what tables are missing; several processes may do so at once."""
        self.datastore.create_tables()

    def insert_events(
        self,
        stored_events: Sequence[StoredEvent],
        *,
        command: Command | None = None,
        tracking: Tracking | None = None,
        files: Sequence[AttachedFile] = (),
        **_: Any,
    ) -> Sequence[int]:
        """Record events with the files they name, all or none, and return their positions (leaf index + 1).

        Raises:
            IntegrityError: where a stream already has an event of that version.
            FilesDiffer: where the files given are not those that the events name.
            RowsPlanted: where somebody else's row is in the way.
            ReliedOnChanged: where a stream relied on has moved.
            CommandRepeated, CommandKeyReused: where the command's key is known.
        """
        sealed = self._seal(stored_events, files)
        leaves = self.signing.sign(stored_events)
        try:
            with self.datastore.transaction(commit=True) as c:
                recorded = _insert_leaves(c, stored_events, leaves, command)
                if attachments.any_at(c, recorded):  # nothing clashes with them, and they would count as the entries'
                    raise RowsPlanted(_PLANTED)
                attachments.insert(c, recorded, sealed)
                if tracking is not None:
                    tracks.insert(c, tracking)
                return recorded
        except ReliedOnChanged:
            raise
        except IntegrityError as error:
            self._refuse_planted(error)
            raise
        except OperationalError:
            # The commit may have happened and only its answer been lost: random nonces make the leaf ours alone.
            positions = self._positions_of(stored_events, leaves)
            if positions is None:
                raise
            return positions

    def max_notification_id(self) -> int | None:
        """Return the position of the last entry, or None where there is none."""
        with self.datastore.transaction(commit=False) as c:
            return _head(c)[0] or None

    def insert_tracking(self, tracking: Tracking) -> None:
        """Record how far another log was read.

        Raises:
            IntegrityError: where it was read as far before.
        """
        with self.datastore.transaction(commit=True) as c:
            tracks.insert(c, tracking)

    def max_tracking_id(self, application_name: str) -> int | None:
        """Return how far another log was read, or None."""
        with self.datastore.transaction(commit=False) as c:
            return tracks.newest(c, application_name)

    def recall(self, key: str, actor: UUID, digest: bytes) -> Receipt | None:
        """Return the receipt of a command recorded earlier, or None.

        Raises:
            CommandKeyReused: where the key was used for something else.
        """
        with self.datastore.transaction(commit=False) as c:
            return commands.recall(c, Command(key, actor, digest))

    def receipt(self, positions: Sequence[int]) -> Receipt:
        """Return the receipt for positions that `insert_events` returned."""
        with self.datastore.transaction(commit=False) as c:
            return commands.receipt(c, positions[0] - 1, len(positions))

    def position_at(self, instant: datetime) -> int:
        """Return how many entries were known at an instant, by binary search over the latest recording time so far."""
        wanted = microseconds(instant)
        with self.datastore.transaction(commit=False) as c:
            low, high = 0, _head(c)[0]
            while low < high:
                middle = (low + high + 1) // 2
                c.execute("SELECT known_at FROM stored_events WHERE rowid = ?", (middle,))
                low, high = (middle, high) if c.fetchone()[0] <= wanted else (low, middle - 1)
        return low

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[StoredEvent]:
        """Read one stream's events with their payloads; decisions rest on them, so their signatures are checked.

        Raises:
            EntryForged: where one is not signed by this ledger's key.
        """
        statement = _SELECT_STREAM_BACKWARDS if desc else _SELECT_STREAM
        stream = _uuid(originator_id)
        lowest, highest = -_ALL if gt is None else gt, _ALL if lte is None else lte
        with self.datastore.transaction(commit=False) as c:
            c.execute(statement, (stream.bytes, lowest, highest, _ALL if limit is None else limit))
            rows = c.fetchall()
        for version, topic, state, _, key_id, signature in rows:
            self.signing.check(state, key_id, signature, f"{topic} {stream} version {version}")
        return [SealedEvent(stream, *row[:4]) for row in rows]

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]:
        """Read entries in log order with their payloads; `start` and `stop` are positions (leaf index + 1)."""
        first = 1 if start is None else max(1, start if inclusive_of_start else start + 1)
        wanted = f"AND topic IN ({','.join('?' * len(topics))})" if topics else ""
        statement = f"{_SELECT_RANGE} {wanted} ORDER BY rowid LIMIT ?"
        with self.datastore.transaction(commit=False) as c:
            c.execute(statement, (first, _ALL if stop is None else stop, *topics, limit))
            return [SealedNotification(UUID(bytes=row[0]), *row[1:]) for row in c.fetchall()]

    def _seal(self, events: Sequence[StoredEvent], files: Sequence[AttachedFile]) -> Sequence[SealedFile]:
        if not files and not any(map(attachments.named_by, events)):
            return ()
        if self._files is None:
            raise FilesDiffer("This recorder keeps no files.")
        return self._files.seal(events, files)

    def _refuse_planted(self, cause: IntegrityError) -> None:
        """Tell a conflict that trying again resolves from one with rows that the recorder did not write."""
        with self.datastore.transaction(commit=False) as c:
            c.execute(_SELECT_PLANTED)
            if c.fetchone()[0]:
                raise RowsPlanted(_PLANTED) from cause

    def _positions_of(self, events: Sequence[StoredEvent], leaves: Sequence[SignedLeaf]) -> Sequence[int] | None:
        if not events:
            return None
        with self.datastore.transaction(commit=False) as c:
            c.execute(_SELECT_LEAF, (_uuid(events[0].originator_id).bytes, events[0].originator_version))
            row = c.fetchone()
        if row is None or row[1] != leaves[0].hash:
            return None
        return list(range(row[0], row[0] + len(events)))


def _insert_leaves(
    c: Cursor, events: Sequence[StoredEvent], leaves: Sequence[SignedLeaf], command: Command | None
) -> Sequence[int]:
    if command is not None and (earlier := commands.recall(c, command)) is not None:
        raise CommandRepeated(earlier)
    # Before the head moves: a row planted just beyond it must not come to count.
    check_relied_on(c, events)
    size, known = _extend_head(c, events, leaves)
    c.executemany(_INSERT_EVENT, map(_event_row, count(size + 1), events, leaves, known))
    c.executemany(_INSERT_PAYLOAD, _payload_rows(size + 1, events))
    if command is not None:
        commands.remember(c, command, size, len(events))
    return list(range(size + 1, size + 1 + len(events)))


def _uuid(stream: UUID | str) -> UUID:
    return stream if isinstance(stream, UUID) else UUID(stream)


def microseconds(instant: datetime) -> int:
    """Return an instant as the log keeps it: microseconds since 1970 UTC."""
    return (instant - _EPOCH) // _MICROSECOND


def _head(c: Cursor) -> tuple[int, bytes, int]:
    c.execute("SELECT size, peaks, known_at FROM ledger_head")
    size, peaks, known_at = c.fetchone()
    return size, peaks, known_at


def _extend_head(c: Cursor, events: Sequence[StoredEvent], leaves: Sequence[SignedLeaf]) -> tuple[int, list[int]]:
    """Move the head over the new leaves; return the old size and the running maximum of recording time at each leaf."""
    size, peaks, latest = _head(c)
    if not events:
        return size, []
    tree = CompactRange(size, [peaks[start : start + 32] for start in range(0, len(peaks), 32)])
    known = []
    for event, leaf in zip(events, leaves, strict=True):
        tree.append(leaf.hash)
        recorded_at: datetime | None = getattr(event, "recorded_at", None)
        if recorded_at is not None:
            latest = max(latest, microseconds(recorded_at))
        known.append(latest)
    c.execute("UPDATE ledger_head SET size = ?, peaks = ?, known_at = ?", (tree.size, b"".join(tree.peaks), latest))
    return size, known


def _event_row(position: int, event: StoredEvent, leaf: SignedLeaf, known_at: int) -> tuple[Any, ...]:
    subject: UUID | None = getattr(event, "subject", None)
    return (
        position,
        _uuid(event.originator_id).bytes,
        event.originator_version,
        event.topic,
        event.state,
        None if subject is None else subject.bytes,
        known_at,
        leaf.key_id,
        leaf.signature,
        leaf.hash,
    )


def _payload_rows(first: int, events: Sequence[StoredEvent]) -> Iterator[tuple[int, bytes]]:
    for position, event in enumerate(events, first):
        payload: bytes | None = getattr(event, "payload", None)
        if payload is not None:
            yield position, payload
