"""On what authority an act rested, and what it was decided on: offices and delegations as then known."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Connection, or_, select

from domain import events
from domain.rules.due.offices import held_on
from domain.vocabulary import BasisKind
from projections.chronology import Entry
from projections.entries import ENTRIES
from projections.offices import APPOINTMENTS, Appointment, Delegation, appointments, delegations_by_id
from projections.questions import Statement, question


@dataclass(frozen=True)
class Basis:
    """On what authority: an office (with its dates), or a delegation (with delegator, span and limits)."""

    kind: BasisKind
    ref: UUID | None
    appointment: Appointment | None
    delegation: Delegation | None

    def covers(self, day: date) -> bool:
        """Whether the office was held that day, by what is known of it now; true of what rests on no office."""
        own = self.appointment if self.kind is BasisKind.OWN_OFFICE else None
        return own is None or held_on(day, own.starts_on, own.ends_on)


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


@dataclass(frozen=True)
class Misdated:
    """A decision about a placement on a day on which, by what is known now, its decider's office was not held."""

    placement_id: UUID
    topic: str
    decided_on: date
    office: Appointment


def misdated(
    connection: Connection, placement_ids: Collection[UUID], as_at: date, known_at: int
) -> tuple[Misdated, ...]:
    """The decisions about these placements that are dated outside the office they were taken in, oldest first."""
    found = _misdated(connection, placement_ids, as_at, known_at).all()
    offices = appointments(connection, {row.basis_ref for row in found}, known_at) if found else {}
    return tuple(Misdated(row.placement_id, row.topic, row.happened_on, offices[row.basis_ref]) for row in found)


@question
def _misdated(placement_ids: Collection[UUID], as_at: date, known_at: int) -> Statement:
    entry, held = ENTRIES.c, APPOINTMENTS.table.c
    query = (
        select(entry.placement_id, entry.topic, entry.happened_on, entry.basis_ref)
        .join(APPOINTMENTS.table, held.appointment_id == entry.basis_ref)
        .where(entry.placement_id.in_(placement_ids), entry.topic.in_(_DECISIONS), entry.position <= known_at)
        .where(entry.happened_on <= as_at, APPOINTMENTS.known(known_at), held.held)
        .where(or_(entry.happened_on < held.effective_from, entry.happened_on >= held.effective_to))
    )
    return query.order_by(entry.position)


_DECISIONS = tuple(
    fact.TOPIC
    for fact in (
        events.PlacementApproved,
        events.PlacementRefused,
        events.UrgentStartDecided,
        events.PlacementSuspended,
        events.PlacementResumed,
        events.ReviewHeld,
        events.ParentalAgreementDecided,
        events.ParentalAgreementNotRelevantRecorded,
    )
)
"""What only the Head Teacher or a delegate decides of a placement that is not over."""


def rested_on(connection: Connection, found: Sequence[Entry]) -> dict[tuple[UUID, int], Reliance]:
    """What decisions relied on, by stream and version."""
    versions = {item for entry in found for item in entry.relied_on.items()}
    if not versions:
        return {}
    rows = _versions(connection, {stream for stream, _ in versions})
    made = {(row.stream, row.version): Reliance(*row) for row in rows}
    return {version: made[version] for version in versions if version in made}


@question
def _versions(streams: Collection[UUID]) -> Statement:
    """Every version of some streams: asked for pairs, SQLite would read the whole table."""
    columns = (ENTRIES.c.stream, ENTRIES.c.version, ENTRIES.c.position, ENTRIES.c.topic)
    return select(*columns).where(ENTRIES.c.stream.in_(streams))
