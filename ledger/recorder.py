"""The one way into the log: events, signatures, leaves, tree head, guards and idempotency in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from eventsourcing.persistence import (
    IntegrityError,
    InterfaceError,
    Notification,
    OperationalError,
    ProcessRecorder,
    StoredEvent,
    Tracking,
)

from ledger import append, attachments, commands
from ledger import tracking as tracks
from ledger.append import PLANTED, Batch, Extension, RowsPlanted, microseconds
from ledger.attachments import AttachedFile, Attachments, FilesDiffer, SealedFile
from ledger.commands import Command, Receipt
from ledger.datastore import IN_LOG, Cursor, Datastore
from ledger.enrolled import OWN, KeyHistory
from ledger.errors import LedgerError
from ledger.extent import read_head
from ledger.group_commit import GroupCommit
from ledger.keys import EntrySigner
from ledger.log import Log
from ledger.mapper import SealedEvent, SealedNotification
from ledger.reliance import ReliedOnChanged
from ledger.signing import Signing

_SELECT_STREAM = (
    "SELECT originator_version, topic, state, payload, key_id, signature, rowid"  # noqa: S608 - our own words
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
_ALL = 2**62
"""More than any limit or version: neither database has another word for all that both know."""
_SELECT_LEAF = (
    f"SELECT rowid, leaf_hash FROM stored_events WHERE originator_id = ? AND originator_version = ? AND {IN_LOG}"  # noqa: S608 - our own words
)


class LogIsFrozen(LedgerError):
    """The log was frozen, because a key or the database was no longer only the ledger's own."""


class LedgerRecorder(ProcessRecorder):
    """Records events as signed leaves of the log; `notification id = leaf index + 1`, without gaps.

    An attacker who can write to this database can stop the service or change what pages show; they cannot make an
    entry, a proof or a receipt that verifies, and `audit` names the first entry they touched.
    """

    ATTEMPTS: ClassVar[int] = 1
    """How often a batch is tried where the database does not answer."""

    def __init__(self, datastore: Datastore, signer: EntrySigner, files: Attachments | None = None) -> None:
        self.datastore = datastore
        self.signing = Signing(signer)
        self._files = files
        self._log: Log | None = None
        self._group = GroupCommit[Batch](lambda batches: self._append(batches).positions)

    def create_table(self) -> None:
        """Make what tables are missing; several processes may do so at once."""
        self.datastore.create_tables()

    def believe(self, log: Log) -> KeyHistory:
        """Judge keys by what a log's own entries say from now on; before, the signer's own key is the only one.

        Raises:
            VerificationError, RowMalformed: as `Log.key_history`.
        """
        self._log = log
        return self.read_keys()

    def read_keys(self) -> KeyHistory:
        """Read anew which keys count, after they were changed here."""
        if self._log is None:
            return KeyHistory(())
        self.signing.history = self._log.key_history()
        return self.signing.history

    def keys_changed(self) -> bool:
        """Whether the log says something of its keys that this recorder does not know, so that it records nothing."""
        known = self.signing.history
        return self._log is not None and known is not None and self._log.key_history().version != known.version

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
            KeysChanged: where this service must be started again, since others now count or none do.
            LogIsFrozen: where nothing of the kind is recorded any more.
        """
        sealed = self._seal(stored_events, files)
        leaves = self.signing.sign(stored_events)
        batch = Batch(stored_events, leaves, sealed, command, tracking, self._keys_for(stored_events))
        try:
            return self._record(batch)
        except ReliedOnChanged:
            raise
        except IntegrityError as error:
            self._refuse_planted(error)
            raise

    def close(self) -> None:
        """Record what is on its way, and nothing more."""
        self._group.close()

    def max_notification_id(self) -> int | None:
        """Return the position of the last entry, or None where there is none."""
        with self.datastore.transaction(commit=False) as c:
            return read_head(c).size or None

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
            low, high = 0, read_head(c).size
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
        stream = originator_id if isinstance(originator_id, UUID) else UUID(originator_id)
        lowest, highest = -_ALL if gt is None else gt, _ALL if lte is None else lte
        with self.datastore.transaction(commit=False) as c:
            c.execute(statement, (stream.bytes, lowest, highest, _ALL if limit is None else limit))
            rows = c.fetchall()
        for version, topic, state, _, key_id, signature, position in rows:
            self.signing.check(position - 1, state, key_id, signature, f"{topic} {stream} version {version}")
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

    def _record(self, batch: Batch) -> Sequence[int]:
        """Commit a batch with others; where the answer was lost, find out whether it was recorded before trying again.

        Random nonces make a leaf the batch's own, so a leaf found in its place says that it was. A commit that is still
        under way then is not missed: the next attempt waits for its lock, and is refused by what it recorded.
        """
        answer_lost = False
        for left in reversed(range(self.ATTEMPTS)):
            try:
                return self._group.commit(batch)
            except (InterfaceError, OperationalError):
                answer_lost = True
                positions = self._positions_of(batch)
                if positions is None and not left:
                    raise
            except (IntegrityError, LedgerError):
                positions = self._positions_of(batch) if answer_lost else None
                if positions is None:
                    raise
            if positions is not None:
                return positions
        raise AssertionError("unreachable")

    def _append(self, batches: Sequence[Batch]) -> Extension:
        """Record all of these batches in one transaction, or nothing."""
        with self.datastore.transaction(commit=True) as c:
            # Before the head moves: a row planted just beyond it must not come to count.
            append.check(c, batches)
            extension = append.extend(read_head(c), batches)
            self._insert(c, extension)
            append.insert_files(c, batches, extension)
            for batch in batches:
                if batch.tracking is not None:
                    tracks.insert(c, batch.tracking)
        return extension

    def _insert(self, c: Cursor, extension: Extension) -> None:
        append.insert(c, extension)

    def _keys_for(self, events: Sequence[StoredEvent]) -> tuple[UUID, int] | None:
        """What the keys must be like; the log's own entries change them, and are kept apart by their versions."""
        history = self.signing.history
        if history is None or self._log is None or any(event.topic.startswith(OWN) for event in events):
            return None
        frozen = history.frozen
        if frozen is not None and not all(frozen.lets(event.topic) for event in events):
            raise LogIsFrozen(
                f"Nothing was recorded: this ledger was frozen at entry {frozen.index}. It can be read; what happens"
                " now belongs in the ledger that continues it."
            )
        return self._log.own_stream, history.version

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
                raise RowsPlanted(PLANTED) from cause

    def _positions_of(self, batch: Batch) -> Sequence[int] | None:
        if not batch.events:
            return None
        with self.datastore.transaction(commit=False) as c:
            c.execute(_SELECT_LEAF, (append.stream_of(batch.events[0]).bytes, batch.events[0].originator_version))
            row = c.fetchone()
        if row is None or row[1] != batch.leaves[0].hash:
            return None
        return list(range(row[0], row[0] + len(batch.events)))
