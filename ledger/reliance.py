"""The guard across streams: what a decision rested on must still be as it was when it is recorded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from eventsourcing.persistence import IntegrityError, StoredEvent

from ledger.datastore import IN_LOG, Cursor
from ledger.errors import LedgerError

_SELECT_VERSION = f"SELECT max(originator_version) FROM stored_events WHERE originator_id = ? AND {IN_LOG}"  # noqa: S608 - our own words


class ReliedOnChanged(LedgerError, IntegrityError):
    """A record that the decision rested on changed while it was being decided."""

    def __init__(self, stream: UUID, relied_version: int, current_version: int) -> None:
        super().__init__(f"{stream} was relied on at version {relied_version} but is now at version {current_version}.")
        self.stream, self.relied_version, self.current_version = stream, relied_version, current_version


class Reliance(NamedTuple):
    """At which version a stream must be, and to which the events before move it themselves (0: they do not)."""

    stream: UUID
    version: int
    moved_to: int


def reliances(events: Sequence[StoredEvent]) -> list[Reliance]:
    """Return what these events rely on, if they are recorded one after another."""
    moved: dict[UUID | str, int] = {}
    found = []
    for event in events:
        relied_on: Mapping[UUID, int] = getattr(event, "relied_on", {})
        found += [Reliance(stream, version, moved.get(stream, 0)) for stream, version in relied_on.items()]
        moved[event.originator_id] = max(event.originator_version, moved.get(event.originator_id, 0))
    return found


def version_of(c: Cursor, stream: UUID) -> int:
    """Return how many events a stream has."""
    c.execute(_SELECT_VERSION, (stream.bytes,))
    return c.fetchone()[0] or 0


def check_relied_on(c: Cursor, events: Sequence[StoredEvent]) -> None:
    """Refuse if a stream relied on is not at that version; events earlier in the same batch count as recorded.

    Raises:
        ReliedOnChanged: where it is at another.
    """
    for stream, version, moved_to in reliances(events):
        current = max(moved_to, version_of(c, stream))
        if current != version:
            raise ReliedOnChanged(stream, version, current)
