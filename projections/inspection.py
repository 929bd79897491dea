"""The list that an inspection asks for: every running placement with its provider, its pupil, and the hours attended.

No table of its own. However many placements run, it asks the same few questions, and one more for each school.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Connection, and_, select

from domain.events import ExistingPlacementAdded, PlacementApproved, ReviewHeld, UrgentStartDecided
from domain.vocabulary import Delivery, NeedBasis, PlacementStatus, SiteKind, Source
from projections.answers import columns, every
from projections.entries import ENTRIES
from projections.hours import Hours, hours_of
from projections.lifecycle import PLACEMENTS, STATES
from projections.providers import PROVIDERS, SITES, Registration
from projections.pupils import ROLL
from projections.questions import Statement, question
from projections.registration import registrations_of
from projections.running import in_force_on, status_on

_WEIGHT = {ExistingPlacementAdded.TOPIC: 0, UrgentStartDecided.TOPIC: 1, PlacementApproved.TOPIC: 2}
"""What lets a placement run; of several the weightiest is named."""


@dataclass(frozen=True)
class Running:
    """A placement in force on a day, with its provider, its address, and the pupil as the school's roll has them."""

    placement_id: UUID
    pupil_id: UUID
    school_id: UUID
    provider_id: UUID
    site_id: UUID
    delivery: Delivery
    need_basis: NeedBasis | None
    proposed_end: date
    entered_from: Source
    approved_on_paper: bool
    status: PlacementStatus
    started_on: date | None
    provider: str | None
    site: str | None
    site_kind: SiteKind | None
    address: str | None
    telephone: str | None
    name: str | None
    local_ref: str | None
    born_on: date | None
    on_roll: bool | None


@dataclass(frozen=True)
class Approved:
    """Who decided that the placement may run, when, and by which entry; `topic` tells approval, urgent start, paper."""

    topic: str
    name: str | None
    title: str | None
    decided_on: date | None
    position: int


@dataclass(frozen=True)
class Listed:
    """One line of the list; `approved` is None where nobody has approved, `hours` where no calendar says how long."""

    running: Running
    approved: Approved | None
    reviewed_on: date | None
    hours: Hours | None
    registration: Registration | None


def inspection_list(
    connection: Connection, as_at: date, known_at: int, *, school_id: UUID | None = None
) -> tuple[Listed, ...]:
    """Every placement in force on a day, by provider, address and pupil; of one school, or of all."""
    found = running(connection, as_at, known_at, school_id=school_id)
    ids = [one.placement_id for one in found]
    decided, reviewed = _decisions(connection, ids, as_at, known_at)
    hours = hours_of(connection, {one.placement_id: one.school_id for one in found}, as_at, known_at)
    seen = registrations_of(connection, {one.provider_id for one in found}, as_at, known_at)
    return tuple(
        Listed(
            one,
            decided.get(one.placement_id),
            reviewed.get(one.placement_id),
            hours.get(one.placement_id),
            seen.get(one.provider_id),
        )
        for one in found
    )


def running(
    connection: Connection, as_at: date, known_at: int, *, school_id: UUID | None = None
) -> tuple[Running, ...]:
    """Every placement active or suspended on a day, its last day too; also of a pupil who is off the roll."""
    return every(Running, _running(connection, as_at, known_at, school_id))


@question
def _running(as_at: date, known_at: int, school_id: UUID | None) -> Statement:
    placement, state, roll = PLACEMENTS.table, STATES.table, ROLL.table
    provider, site = PROVIDERS.table, SITES.table
    on_the_roll = and_(
        roll.c.pupil_id == placement.c.pupil_id, roll.c.school_id == placement.c.school_id, ROLL.at(as_at, known_at)
    )
    query = (
        select(*_COLUMNS, status_on(as_at).label("status"))
        .join_from(placement, state, placement.c.placement_id == state.c.placement_id)
        .outerjoin(roll, on_the_roll)
        .outerjoin(provider, and_(provider.c.provider_id == placement.c.provider_id, PROVIDERS.known(known_at)))
        .outerjoin(site, and_(site.c.site_id == placement.c.site_id, SITES.known(known_at)))
        .where(PLACEMENTS.known(known_at), in_force_on(as_at, known_at))
    )
    # Whose name is unknown or erased comes first; unsaid, SQLite would do so and PostgreSQL would not.
    place = provider.c.name.nulls_first(), provider.c.provider_id.nulls_first(), site.c.name.nulls_first()
    query = query.order_by(*place, roll.c.name.nulls_first(), placement.c.placement_id)
    return query if school_id is None else query.where(placement.c.school_id == school_id)


def _decisions(
    connection: Connection, ids: Collection[UUID], as_at: date, known_at: int
) -> tuple[dict[UUID, Approved], dict[UUID, date]]:
    """Who decided that each may run, and when each was last reviewed."""
    decided: dict[UUID, Approved] = {}
    reviewed: dict[UUID, date] = {}
    rows = _decided(connection, ids, as_at, known_at).all()
    for row in sorted(rows, key=lambda row: (_WEIGHT.get(row.topic, 0), row.happened_on, row.position)):
        if row.topic == ReviewHeld.TOPIC:
            reviewed[row.placement_id] = row.happened_on
        elif (found := _approved(row)) is not None:
            decided[row.placement_id] = found
    return decided, reviewed


@question
def _decided(placement_ids: Collection[UUID], as_at: date, known_at: int) -> Statement:
    entry = ENTRIES.c
    said = (entry.topic, entry.placement_id, entry.happened_on, entry.position, entry.actor_name, entry.actor_title)
    return select(*said, entry.facts).where(
        entry.placement_id.in_(placement_ids),
        entry.topic.in_((*_WEIGHT, ReviewHeld.TOPIC)),
        entry.happened_on <= as_at,
        entry.position <= known_at,
    )


def _approved(row: Any) -> Approved | None:
    if row.topic != ExistingPlacementAdded.TOPIC:
        return Approved(row.topic, row.actor_name, row.actor_title, row.happened_on, row.position)
    paper = msgspec.json.decode(row.facts, type=_Paper)
    if paper.approved_on is None and paper.approved_by is None:
        return None
    on = paper.approved_on
    return Approved(
        row.topic,
        paper.approved_by if isinstance(paper.approved_by, str) else None,
        paper.approver_title if isinstance(paper.approver_title, str) else None,
        date.fromisoformat(on) if isinstance(on, str) else None,
        row.position,
    )


class _Paper(msgspec.Struct):
    """As much of a transcribed placement as tells of its approval; what is erased is an object and no text."""

    approved_on: Any = None
    approved_by: Any = None
    approver_title: Any = None


_COLUMNS = (
    *columns(
        Running,
        PLACEMENTS.table,
        only=(
            *("placement_id", "pupil_id", "school_id", "provider_id", "site_id", "delivery", "need_basis"),
            *("proposed_end", "entered_from", "approved_on_paper"),
        ),
    ),
    *columns(Running, STATES.table, only=("started_on",)),
    *columns(Running, PROVIDERS.table, only=("provider",), provider="name"),
    *columns(Running, SITES.table, only=("site", "site_kind", "address", "telephone"), site="name", site_kind="kind"),
    *columns(Running, ROLL.table, only=("name", "local_ref", "born_on", "on_roll")),
)
