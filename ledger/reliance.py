"""The guard across streams: what a decision rested on must still be as it was when it is recorded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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


def resting_on(events: Sequence[StoredEvent]) -> list[tuple[UUID, int]]:
    """Return which stream must stand at which version before these events are recorded, one after another.

    Raises:
        ReliedOnChanged: where an earlier one of these events moves a stream that a later one relies on.
    """
    within: dict[UUID | str, int] = {}
    outside = []
    for event in events:
        relied_on: Mapping[UUID, int] = getattr(event, "relied_on", {})
        for stream, version in relied_on.items():
            moved_to = within.get(stream)
            if moved_to is None:
                outside.append((stream, version))
            elif moved_to != version:
                raise ReliedOnChanged(stream, version, moved_to)
        within[event.originator_id] = event.originator_version
    return outside


def check_relied_on(c: Cursor, events: Sequence[StoredEvent]) -> None:
    """Refuse if a stream relied on is not at that version; events earlier in the same batch count as recorded."""
    for stream, version in resting_on(events):
        c.execute(_SELECT_VERSION, (stream.bytes,))
        current = c.fetchone()[0] or 0
        if current != version:
            raise ReliedOnChanged(stream, version, current)
