"""Recording in PostgreSQL: one statement and one round trip where nobody came between, and word to who listens."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import chain, repeat
from threading import Thread
from typing import Any

from eventsourcing.persistence import ApplicationRecorder, ListenNotifySubscription, Subscription

from ledger.append import PLANTED, Batch, Extension, RowsPlanted, events_of, extend, head_row, keys_of
from ledger.attachments import Attachments
from ledger.datastore import IN_LOG, Cursor
from ledger.extent import Head, head_of
from ledger.keys import EntrySigner
from ledger.postgres import CHANNEL, PostgresLedgerDatastore
from ledger.postgres_arrays import Array, bigints, byteas, texts
from ledger.recorder import LedgerRecorder
from ledger.reliance import Reliance, reliances

_EVENT = (bigints, byteas, bigints, texts, byteas, byteas, bigints, texts, byteas, byteas)
_PAYLOAD = (bigints, byteas)
_COMMAND = (texts, byteas, byteas, bigints, bigints)
_EXTEND = f"""
    WITH head AS (
        UPDATE ledger_head SET size = ?, peaks = ?, known_at = ? WHERE size = ? AND peaks = ? AND known_at = ?
        AND NOT EXISTS (SELECT FROM commands WHERE key = ANY (?::text[]))
        AND NOT EXISTS (SELECT FROM attachments WHERE position BETWEEN ? AND ?)
        AND NOT EXISTS (
            SELECT FROM unnest(?::bytea[], ?::bigint[], ?::bigint[]) AS relied_on (stream, version, moved_to)
            WHERE version <> greatest(
                moved_to, (SELECT max(originator_version) FROM stored_events WHERE originator_id = stream AND {IN_LOG})
            )
        )
        RETURNING one
    ), events AS (
        INSERT INTO stored_events SELECT event.* FROM head, unnest(
            ?::bigint[], ?::bytea[], ?::bigint[], ?::text[], ?::bytea[],
            ?::bytea[], ?::bigint[], ?::text[], ?::bytea[], ?::bytea[]
        ) AS event
    ), sealed AS (
        INSERT INTO payloads SELECT payload.* FROM head, unnest(?::bigint[], ?::bytea[]) AS payload
    ), sent AS (
        INSERT INTO commands
        SELECT command.* FROM head, unnest(?::text[], ?::bytea[], ?::bytea[], ?::bigint[], ?::bigint[]) AS command
    )
    SELECT pg_notify('{CHANNEL}', '') FROM head
"""  # noqa: S608 - our own words


class PostgresLedgerRecorder(LedgerRecorder):
    """Records events in the ledger's PostgreSQL database, in one statement where nobody came between.

    Why READ COMMITTED does not mislead the one statement: what its guards read is as old as its start, but it changes
    something only where the head is still the one that was seen committed before it started, and nothing that a guard
    reads is written without moving the head. A statement that waited for another writer reads the head anew, finds it
    moved, and changes nothing; then the row is locked first, and every later statement reads what its last holder left.
    """

    ATTEMPTS = 2

    def __init__(
        self, datastore: PostgresLedgerDatastore, signer: EntrySigner, files: Attachments | None = None
    ) -> None:
        super().__init__(datastore, signer, files)
        self._postgres = datastore
        self._seen: Head | None = None
        self._contended = False

    def _append(self, batches: Sequence[Batch]) -> Extension:
        extension = self._append_quickly(batches) or super()._append(batches)
        # Only now: a head whose commit was not answered could be found later, by a statement older than that commit.
        self._seen = extension.after
        return extension

    def _append_quickly(self, batches: Sequence[Batch]) -> Extension | None:
        """Append in one statement; where other processes come between, in a short turn; None where that is refused."""
        if any(batch.files or batch.tracking for batch in batches):
            return None
        relied_on = [*reliances(events_of(batches)), *keys_of(batches)]
        if self._seen is not None and not self._contended:
            extension = extend(self._seen, batches)
            with self._postgres.statement() as c:
                if _extended(c, extension, relied_on):
                    return extension
        with self._postgres.turn() as (c, head):
            extension = extend(head_of(head), batches)
            # A statement that waited and found the head moved would wait twice; who finds it unmoved is alone again.
            self._contended = self._seen is not None and extension.before != self._seen
            return extension if _extended(c, extension, relied_on) else None

    def _insert(self, c: Cursor, extension: Extension) -> None:
        if not _extended(c, extension, ()):
            raise RowsPlanted(PLANTED)

    def subscribe(self, gt: int | None = None, topics: Sequence[str] = ()) -> Subscription[ApplicationRecorder]:
        """Follow the log as it grows, woken by whoever records."""
        return _Subscription(self, self._postgres.notified, gt, topics)


def _extended(c: Cursor, extension: Extension, relied_on: Sequence[Reliance]) -> bool:
    """Move the head and write the rows, unless the head is not where it was or something forbids it."""
    before, after = extension.before, extension.after
    guards = (
        texts([row[0] for row in extension.commands]),
        *(before.size + 1, after.size),
        byteas([each.stream.bytes for each in relied_on]),
        bigints([each.version for each in relied_on]),
        bigints([each.moved_to for each in relied_on]),
    )
    columns = chain(
        _columns(_EVENT, extension.events),
        _columns(_PAYLOAD, extension.payloads),
        _columns(_COMMAND, extension.commands),
    )
    c.execute(_EXTEND, (*head_row(after), *head_row(before), *guards, *columns))
    return c.fetchone() is not None


def _columns(kinds: Sequence[Callable[[Any], Array]], rows: Sequence[tuple[Any, ...]]) -> Iterator[Array]:
    """Turn rows into an array for each column."""
    columns = zip(*rows, strict=True) if rows else repeat(())
    return (kind(column) for kind, column in zip(kinds, columns))  # noqa: B905 - of nothing there are columns enough


class _Subscription(ListenNotifySubscription[PostgresLedgerRecorder]):
    """Reads on whenever the database says that something was recorded."""

    def __init__(
        self,
        recorder: PostgresLedgerRecorder,
        notified: Callable[[Callable[[], bool]], Iterator[None]],
        gt: int | None,
        topics: Sequence[str],
    ) -> None:
        super().__init__(recorder, gt, topics)
        self._notified = notified
        self._listening = Thread(target=self._listen, name="subscription")
        self._listening.start()

    def __exit__(self, *args: object, **kwargs: Any) -> None:
        try:
            super().__exit__(*args, **kwargs)
        finally:
            self._listening.join()

    def _listen(self) -> None:
        try:
            for _ in self._notified(lambda: self._has_been_stopped):
                self._has_been_notified.set()
        except BaseException as error:  # noqa: BLE001 - raised where the subscription is read
            self._thread_error = self._thread_error or error
            self.stop()
