"""What one append checks and writes: batches one after another, each as if it had come alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from eventsourcing.persistence import StoredEvent, Tracking

from ledger import attachments, commands
from ledger.attachments import SealedFile
from ledger.commands import Command, CommandRepeated
from ledger.datastore import Cursor
from ledger.errors import LedgerError
from ledger.extent import Head
from ledger.merkle import CompactRange
from ledger.reliance import Reliance, check_relied_on, version_of
from ledger.signing import SignedLeaf

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_INSERT_EVENT = "INSERT INTO stored_events VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_INSERT_PAYLOAD = "INSERT INTO payloads VALUES (?, ?)"
_INSERT_COMMAND = "INSERT INTO commands VALUES (?, ?, ?, ?, ?)"
_MOVE_HEAD = "UPDATE ledger_head SET size = ?, peaks = ?, known_at = ?"
PLANTED = "Nothing was recorded: rows that this service did not write lie beyond the ledger's end. Run audit."

KEYS_CHANGED = "Nothing was recorded: the ledger's keys were changed since this service started. Start it again."


class RowsPlanted(LedgerError):
    """Rows lie outside the log, where only what is recorded next may go; nothing is put over what may be evidence."""


class KeysChanged(LedgerError):
    """The ledger's keys were rotated, retired or revoked, or it was frozen, since this service read about them."""


class Batch(NamedTuple):
    """Signed events that are recorded together or not at all, and what goes with them."""

    events: Sequence[StoredEvent]
    leaves: Sequence[SignedLeaf]
    files: Sequence[SealedFile] = ()
    command: Command | None = None
    tracking: Tracking | None = None
    keys: tuple[UUID, int] | None = None
    """The log's own stream, and the version it must be at: they say with which keys the batch may be signed."""


class Extension(NamedTuple):
    """A head, what it becomes, and the rows that make it so."""

    before: Head
    after: Head
    events: list[tuple[Any, ...]]
    payloads: list[tuple[int, bytes]]
    commands: list[tuple[Any, ...]]
    positions: list[list[int]]
    """Each batch's, in order."""


def microseconds(instant: datetime) -> int:
    """Return an instant as the log keeps it: microseconds since 1970 UTC."""
    return (instant - _EPOCH) // _MICROSECOND


def check(c: Cursor, batches: Sequence[Batch]) -> None:
    """Refuse what was recorded before and what rests on a record that has moved; earlier batches count as recorded.

    Raises:
        CommandRepeated, CommandKeyReused: where a command's key is known.
        ReliedOnChanged: where a stream relied on is at another version.
        KeysChanged: where the ledger's keys are other than those it was signed with.
    """
    for own, version, moved_to in keys_of(batches):
        if max(moved_to, version_of(c, own)) != version:
            raise KeysChanged(KEYS_CHANGED)
    for batch in batches:
        if batch.command is not None and (earlier := commands.recall(c, batch.command)) is not None:
            raise CommandRepeated(earlier)
    check_relied_on(c, events_of(batches))


def keys_of(batches: Sequence[Batch]) -> set[Reliance]:
    """Return at which version the log's own stream must be, which an earlier batch of the group may have moved."""
    found: set[Reliance] = set()
    moved: dict[UUID | str, int] = {}
    for batch in batches:
        if batch.keys is not None:
            own, version = batch.keys
            found.add(Reliance(own, version, moved.get(own, 0)))
        else:  # only the log's own entries are signed without regard to it
            moved.update((event.originator_id, event.originator_version) for event in batch.events)
    return found


def events_of(batches: Sequence[Batch]) -> Sequence[StoredEvent]:
    """Return all events, in order."""
    return batches[0].events if len(batches) == 1 else [event for batch in batches for event in batch.events]


def extend(head: Head, batches: Sequence[Batch]) -> Extension:
    """Work out the rows that put batches after a head, and the head after them."""
    tree, latest = CompactRange(head.size, head.peaks), head.known_at
    extension = Extension(head, head, [], [], [], [])
    for batch in batches:
        first = tree.size
        for event, leaf in zip(batch.events, batch.leaves, strict=True):
            tree.append(leaf.hash)
            recorded_at: datetime | None = getattr(event, "recorded_at", None)
            if recorded_at is not None:
                latest = max(latest, microseconds(recorded_at))
            extension.events.append(_event_row(tree.size, event, leaf, latest))
            payload: bytes | None = getattr(event, "payload", None)
            if payload is not None:
                extension.payloads.append((tree.size, payload))
        extension.positions.append(list(range(first + 1, tree.size + 1)))
        if batch.command is not None:
            extension.commands.append(commands.row(batch.command, first, tree.size - first))
    return extension._replace(after=Head(tree.size, tuple(tree.peaks), latest))


def insert(c: Cursor, extension: Extension) -> None:
    """Write an extension's rows and move the head; the write lock is held."""
    c.execute(_MOVE_HEAD, head_row(extension.after))
    c.executemany(_INSERT_EVENT, extension.events)
    c.executemany(_INSERT_PAYLOAD, extension.payloads)
    c.executemany(_INSERT_COMMAND, extension.commands)


def insert_files(c: Cursor, batches: Sequence[Batch], extension: Extension) -> None:
    """Write the sealed files of batches whose entries are written.

    Raises:
        RowsPlanted: where files were there already; nothing clashes with them, and they would count as the entries'.
    """
    if attachments.any_at(c, extension.before.size + 1, extension.after.size):
        raise RowsPlanted(PLANTED)
    for batch, positions in zip(batches, extension.positions, strict=True):
        attachments.insert(c, positions, batch.files)


def head_row(head: Head) -> tuple[int, bytes, int]:
    """Return a head as it is stored."""
    return head.size, b"".join(head.peaks), head.known_at


def stream_of(event: StoredEvent) -> UUID:
    """Return the stream an event is of."""
    stream = event.originator_id
    return stream if isinstance(stream, UUID) else UUID(stream)


def _event_row(position: int, event: StoredEvent, leaf: SignedLeaf, known_at: int) -> tuple[Any, ...]:
    subject: UUID | None = getattr(event, "subject", None)
    return (
        position,
        stream_of(event).bytes,
        event.originator_version,
        event.topic,
        event.state,
        None if subject is None else subject.bytes,
        known_at,
        leaf.key_id,
        leaf.signature,
        leaf.hash,
    )
