"""Where every pupil is: the list an inspector asks for first. No table of its own; it joins what the others keep."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Connection, and_, select

from domain.vocabulary import ArrangedBy, Delivery, PlacementStatus, SiteKind
from projections.answers import columns, every
from projections.lifecycle import PLACEMENTS, STATES
from projections.providers import PROVIDERS, SITES
from projections.pupils import ROLL
from projections.questions import Statement, question
from projections.running import in_force_on, since_on, status_on


@dataclass(frozen=True)
class Whereabouts:
    """A pupil on roll and one placement in force that day; every field from `placement_id` on is None without one.

    A pupil with two placements in force has two rows. `since` is the day the status began, `position` its entry;
    `register_from` the first day whose register is kept here, and not on paper.
    """

    pupil_id: UUID
    school_id: UUID
    name: str | None
    local_ref: str | None
    erased: bool
    placement_id: UUID | None
    provider_id: UUID | None
    provider: str | None
    delivery: Delivery | None
    arranged_by: ArrangedBy | None
    site_id: UUID | None
    site: str | None
    site_kind: SiteKind | None
    address: str | None
    telephone: str | None
    register_from: date | None
    status: PlacementStatus | None
    since: date | None
    started_on: date | None
    proposed_end: date | None
    position: int | None


def where_everyone_is(
    connection: Connection,
    as_at: date,
    known_at: int,
    *,
    school_id: UUID | None = None,
    provider_id: UUID | None = None,
    site_id: UUID | None = None,
    pupil_id: UUID | None = None,
    status: PlacementStatus | None = None,
    placed: bool | None = None,
) -> tuple[Whereabouts, ...]:
    """Every pupil on roll with the placement in force (active or suspended), by name; also pupils with none.

    `placed` False keeps only pupils without a placement in force, True only those with one.
    """
    rows = _whereabouts(
        connection,
        as_at,
        known_at,
        school_id=school_id,
        provider_id=provider_id,
        site_id=site_id,
        pupil_id=pupil_id,
        status=status,
    )
    found = every(Whereabouts, rows)
    return tuple(one for one in found if placed is None or placed is (one.status is not None))


@question
def _whereabouts(
    as_at: date,
    known_at: int,
    *,
    school_id: UUID | None,
    provider_id: UUID | None,
    site_id: UUID | None,
    pupil_id: UUID | None,
    status: PlacementStatus | None,
) -> Statement:
    roll, placement, state = ROLL.table, PLACEMENTS.table, STATES.table
    in_force = placement.join(
        state,
        and_(
            placement.c.placement_id == state.c.placement_id,
            PLACEMENTS.known(known_at),
            in_force_on(as_at, known_at),
        ),
    )
    provider, site = PROVIDERS.table, SITES.table
    query = (
        select(*_COLUMNS, status_on(as_at).label("status"), since_on(as_at).label("since"))
        .select_from(roll)
        .outerjoin(in_force, and_(placement.c.pupil_id == roll.c.pupil_id, placement.c.school_id == roll.c.school_id))
        .outerjoin(provider, and_(provider.c.provider_id == placement.c.provider_id, PROVIDERS.known(known_at)))
        .outerjoin(site, and_(site.c.site_id == placement.c.site_id, SITES.known(known_at)))
        .where(ROLL.at(as_at, known_at), roll.c.on_roll)
        .order_by(roll.c.name.nulls_first(), roll.c.pupil_id, state.c.position)
    )
    wanted = (
        (roll.c.school_id, school_id),
        (roll.c.pupil_id, pupil_id),
        (placement.c.provider_id, provider_id),
        (placement.c.site_id, site_id),
        (status_on(as_at), status),
    )
    return query.where(*(column == value for column, value in wanted if value is not None))


_COLUMNS = (
    *columns(Whereabouts, ROLL.table, only=("pupil_id", "school_id", "name", "local_ref", "erased")),
    *columns(
        Whereabouts,
        PLACEMENTS.table,
        only=("placement_id", "provider_id", "delivery", "arranged_by", "site_id", "proposed_end", "register_from"),
    ),
    *columns(Whereabouts, PROVIDERS.table, only=("provider",), provider="name"),
    *columns(
        Whereabouts, SITES.table, only=("site", "site_kind", "address", "telephone"), site="name", site_kind="kind"
    ),
    *columns(Whereabouts, STATES.table, only=("started_on", "position")),
)
