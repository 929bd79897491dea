"""On what authority an act rested, and what it was decided on: offices and delegations as then known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, select, tuple_

from domain.vocabulary import BasisKind
from projections.chronology import Entry
from projections.entries import ENTRIES
from projections.offices import Appointment, Delegation, appointments, delegations_by_id


@dataclass(frozen=True)
class Basis:
    """On what authority: an office (with its dates), or a delegation (with delegator, span and limits)."""

    kind: BasisKind
    ref: UUID | None
    appointment: Appointment | None
    delegation: Delegation | None


@dataclass(frozen=True)
class Reliance:
    """What a decision rested on: a stream as it stood at a version, and the entry that made that version."""

    stream: UUID
    version: int
    position: int | None
    topic: str | None


def bases_of(connection: Connection, found: Sequence[Entry], known_at: int) -> dict[int, Basis]:
    """Each decision's authority: the office with its dates as known now, the delegation as it stood then."""
    offices = appointments(connection, {entry.basis_ref for entry in found if entry.basis_ref is not None}, known_at)
    bases = {}
    for entry in found:
        delegation = None
        if entry.basis_kind is BasisKind.DELEGATION and entry.basis_ref is not None:
            then = delegations_by_id(connection, [entry.basis_ref], entry.happened_on, entry.position)
            delegation = then.get(entry.basis_ref)
        office = None if entry.basis_ref is None else offices.get(entry.basis_ref)
        bases[entry.position] = Basis(entry.basis_kind, entry.basis_ref, office, delegation)
    return bases


def rested_on(connection: Connection, found: Sequence[Entry]) -> dict[tuple[UUID, int], Reliance]:
    """What decisions relied on, by stream and version."""
    versions = sorted({item for entry in found for item in entry.relied_on.items()}, key=repr)
    if not versions:
        return {}
    made = select(ENTRIES.c.stream, ENTRIES.c.version, ENTRIES.c.position, ENTRIES.c.topic).where(
        tuple_(ENTRIES.c.stream, ENTRIES.c.version).in_(versions)
    )
    return {(row.stream, row.version): Reliance(*row) for row in connection.execute(made)}
