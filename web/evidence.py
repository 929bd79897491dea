"""Evidence files: which entries belong to a placement's, and writing one for whoever asks."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from domain.errors import NotFound
from ledger import body
from ledger.bundle import EntryScope, PlacementScope
from ledger.evidence import write_evidence
from ledger.stored_zip import Writable
from projections.catch_up import position
from projections.chronology import AttendanceDay, chronology
from projections.placements import history
from web.bootstrap import Services


def write_placement(services: Services, placement_id: UUID, out: Writable) -> None:
    """Write a placement's evidence file: its own entries, its attendance, and what its decisions rested on.

    Raises:
        NotFound: where there is no such placement.
    """
    indices = placement_entries(services, placement_id)
    services.checkpointer.publish()  # after: what is written from here on lies in the tree that was signed
    write_evidence(
        out,
        services.log,
        services.subjects,
        scope=PlacementScope(placement_id),
        indices=indices,
        disclose=lambda _index, _group: True,
    )


def placement_entries(services: Services, placement_id: UUID) -> list[int]:
    """The leaf indexes that belong in a placement's evidence file, rising.

    Raises:
        NotFound: where there is no such placement.
    """
    own = list(services.log.entries_of([placement_id]))
    pupil = {leaf.subject for leaf in own if leaf.subject is not None}
    # The pupil's own record whole, also what was told after the last decision: a move, an authority, a parent.
    indices = {leaf.index for leaf in (*own, *services.log.entries_of(pupil))}
    indices.update(_attendance(services, placement_id))
    needed: dict[UUID, int] = {}
    for leaf in own:
        for stream, version in body.decode(leaf.body).relied_on.items():
            needed[stream] = max(version, needed.get(stream, 0))
    for leaf in services.log.entries_of(needed):
        if leaf.version <= needed[leaf.stream]:
            indices.add(leaf.index)
    return sorted(indices)


def _attendance(services: Services, placement_id: UUID) -> Iterable[int]:
    """The entries of sessions marked for the placement."""
    services.catch_up()
    with services.read.reading() as connection:
        known_at = position(connection)
        if not history(connection, placement_id, known_at):
            raise NotFound("placement", placement_id)
        for item in chronology(connection, placement_id, date.max, known_at):
            if isinstance(item, AttendanceDay):
                yield from (at - 1 for at in item.positions)


def write_entry(services: Services, index: int, out: Writable) -> None:
    """Write one entry's evidence file."""
    services.checkpointer.publish()
    write_evidence(
        out,
        services.log,
        services.subjects,
        scope=EntryScope(index),
        indices=[index],
        disclose=lambda _index, _group: True,
    )
