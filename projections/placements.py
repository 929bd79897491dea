"""Placements: what was arranged for a pupil, how it stands on a day, and where every pupil is."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, and_, func, select

from domain.vocabulary import (
    Accredited,
    ArrangedBy,
    AttendanceMode,
    Delivery,
    LegalGateway,
    NeedBasis,
    PlacementStatus,
    Source,
)
from projections.answers import columns, every
from projections.lifecycle import IN_FORCE, PLACEMENTS, STATES
from projections.questions import Statement, question
from projections.requirements import unmet
from projections.whereabouts import Whereabouts, where_everyone_is

__all__ = ["IN_FORCE", "Placement", "Whereabouts", "history", "placement", "placement_list", "where_everyone_is"]


@dataclass(frozen=True)
class Placement:
    """A placement on a day: what was proposed, the status then and `since` when, and the dates decided so far.

    `entered_from` says how it came in; `approved_on_paper` that its paper tells of an approval, which is none given
    here; `register_from` is the first day whose register is kept here, and not on paper.
    `proposed_at` is the entry that proposed it, `position` the entry that put it into its status. `consented`
    says that every consent and position it needs is in force that day, whatever its status.
    """

    placement_id: UUID
    pupil_id: UUID
    school_id: UUID
    provider_id: UUID
    site_id: UUID
    delivery: Delivery
    arranged_by: ArrangedBy
    accredited: Accredited
    proposed_start: date
    proposed_end: date
    need_basis: NeedBasis | None
    separate_from_peers: str | None
    legal_gateway: LegalGateway | None
    attendance_mode: AttendanceMode | None
    rationale: str | None
    accredited_reason: str | None
    entered_from: Source
    approved_on_paper: bool
    register_from: date
    erased: bool
    proposed_at: int
    status: PlacementStatus
    since: date
    position: int
    approved_on: date | None
    start_from: date | None
    start_by: date | None
    started_on: date | None
    ended_on: date | None
    consented: bool = False

    @property
    def awaits_approval(self) -> bool:
        """Whether it runs, on an urgent start or on what its paper says, and nobody has approved it here yet."""
        return self.status in IN_FORCE and self.approved_on is None


def placement_list(
    connection: Connection,
    as_at: date,
    known_at: int,
    *,
    school_id: UUID | None = None,
    pupil_id: UUID | None = None,
    provider_id: UUID | None = None,
    status: PlacementStatus | None = None,
) -> tuple[Placement, ...]:
    """Every placement that exists on a day, with its status then, newest first; narrowed as asked."""
    which = Narrowed(school_id, pupil_id, provider_id, status)
    return with_consents(connection, bare_list(connection, as_at, known_at, which), as_at, known_at)


class Narrowed(NamedTuple):
    """Which placements a list is narrowed to; all, where nothing is said."""

    school_id: UUID | None = None
    pupil_id: UUID | None = None
    provider_id: UUID | None = None
    status: PlacementStatus | None = None


ALL = Narrowed()


def bare_list(
    connection: Connection, as_at: date, known_at: int, which: Narrowed = ALL, part: slice | None = None
) -> tuple[Placement, ...]:
    """The same as `placement_list`, or one part of it; `consented` is not worked out."""
    start, most = (None, None) if part is None else (part.start, part.stop - part.start)
    return every(Placement, _listed(connection, as_at, known_at, start, most, **which._asdict()))


def how_many(connection: Connection, as_at: date, known_at: int, which: Narrowed) -> int:
    """How many placements these are."""
    return int(_counted(connection, as_at, known_at, **which._asdict()).scalar())


@question
def _listed(as_at: date, known_at: int, start: int | None, most: int | None, **which: Any) -> Statement:
    return listed(as_at, known_at, narrowed(**which), start, most)


@question
def _counted(as_at: date, known_at: int, **which: Any) -> Statement:
    return counted(as_at, known_at, narrowed(**which))


def narrowed(
    *,
    school_id: UUID | None,
    pupil_id: UUID | None,
    provider_id: UUID | None,
    status: PlacementStatus | None = None,
) -> list[ColumnElement[bool]]:
    """The conditions that narrow a list of placements."""
    table = PLACEMENTS.table
    wanted = (
        (table.c.school_id, school_id),
        (table.c.pupil_id, pupil_id),
        (table.c.provider_id, provider_id),
        (STATES.table.c.status, status),
    )
    return [column == value for column, value in wanted if value is not None]


def listed(
    as_at: date, known_at: int, which: Iterable[ColumnElement[bool]], start: int | None, most: int | None
) -> Statement:
    """What asks for placements by what their rows say, newest first, or for one part of them."""
    query = _known(known_at).where(STATES.at(as_at, known_at), *which)
    query = query.order_by(PLACEMENTS.table.c.known_from.desc())
    return query if most is None else query.offset(start).limit(most)


def counted(as_at: date, known_at: int, which: Iterable[ColumnElement[bool]]) -> Statement:
    """What asks how many placements these are."""
    both = PLACEMENTS.table.join(STATES.table, and_(_SAME, STATES.at(as_at, known_at)))
    return select(func.count()).select_from(both).where(PLACEMENTS.known(known_at), *which)


def placement(connection: Connection, placement_id: UUID, as_at: date, known_at: int) -> Placement | None:
    """One placement as it stands on a day; before the day of its proposal, as it was proposed."""
    found = bare_placement(connection, placement_id, as_at, known_at)
    return None if found is None else with_consents(connection, (found,), as_at, known_at)[0]


def bare_placement(connection: Connection, placement_id: UUID, as_at: date, known_at: int) -> Placement | None:
    """The same; `consented` is not worked out."""
    known = history(connection, placement_id, known_at)
    begun = [state for state in known if state.since <= as_at]
    return next(iter((*begun[-1:], *known[:1])), None)


def history(connection: Connection, placement_id: UUID, known_at: int) -> tuple[Placement, ...]:
    """The states of one placement, as known, oldest first; `consented` is not worked out."""
    return every(Placement, _history(connection, placement_id, known_at))


@question
def _history(placement_id: UUID, known_at: int) -> Statement:
    query = _known(known_at).where(PLACEMENTS.table.c.placement_id == placement_id)
    return query.order_by(STATES.table.c.effective_from)


def school_of_each(connection: Connection, placement_ids: Collection[UUID], known_at: int) -> dict[UUID, UUID]:
    """Whose placement each of these is; one that nobody knows is not among them."""
    return {row.placement_id: row.school_id for row in _schools(connection, placement_ids, known_at)}


@question
def _schools(placement_ids: Collection[UUID], known_at: int) -> Statement:
    table = PLACEMENTS.table
    wanted = PLACEMENTS.known(known_at), table.c.placement_id.in_(placement_ids)
    return select(table.c.placement_id, table.c.school_id).where(*wanted)


def pupil_of(connection: Connection, placement_id: UUID) -> UUID | None:
    """Whose placement it is; None where there is no such placement."""
    found: UUID | None = _pupil_of(connection, placement_id).scalar()
    return found


@question
def _pupil_of(placement_id: UUID) -> Statement:
    return select(PLACEMENTS.table.c.pupil_id).where(PLACEMENTS.table.c.placement_id == placement_id).limit(1)


def with_consents(
    connection: Connection, found: tuple[Placement, ...], as_at: date, known_at: int
) -> tuple[Placement, ...]:
    """Work out of each whether every consent and position it needs is in force that day."""
    wanting = {lack.placement_id for lack in unmet(connection, found, as_at, known_at) if lack.is_consent}
    return tuple(replace(one, consented=one.placement_id not in wanting) for one in found)


_SAME = PLACEMENTS.table.c.placement_id == STATES.table.c.placement_id
_STATED = {"status", "since", "position", "approved_on", "start_from", "start_by", "started_on", "ended_on"}
_COLUMNS = columns(Placement, PLACEMENTS.table, without=_STATED | {"consented"}, proposed_at="known_from") + columns(
    Placement, STATES.table, only=_STATED, since="effective_from"
)


def _known(known_at: int) -> Statement:
    query = select(*_COLUMNS).join_from(PLACEMENTS.table, STATES.table, and_(_SAME, STATES.known(known_at)))
    return query.where(PLACEMENTS.known(known_at))
