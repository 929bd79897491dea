"""The register of a day: who is expected where, what is marked, and what about a mark needs a second look."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Connection

from domain.vocabulary import PlacementStatus, Session, SiteKind
from projections.flagged import flagged
from projections.marks import Amendment, Mark, mark, marks
from projections.whereabouts import Whereabouts, where_everyone_is

__all__ = ["Amendment", "Expected", "Mark", "ProviderRegister", "expected", "flagged", "mark", "marks"]


@dataclass(frozen=True)
class Expected:
    """A pupil whose placement is active that day, with the marks of both sessions so far."""

    pupil_id: UUID
    name: str | None
    local_ref: str | None
    placement_id: UUID
    site_id: UUID
    site: str | None
    site_kind: SiteKind | None
    am: Mark | None
    pm: Mark | None
    erased: bool


@dataclass(frozen=True)
class ProviderRegister:
    """The pupils expected at one provider on one day, by name."""

    provider_id: UUID
    provider: str | None
    pupils: tuple[Expected, ...]


def expected(connection: Connection, school_id: UUID, day: date, known_at: int) -> tuple[ProviderRegister, ...]:
    """A school's register for alternative provision on a day: provider by provider, pupil by pupil, both sessions.

    Whether the school has sessions that day is for `schools.has_sessions` to say.
    """
    there = where_everyone_is(connection, day, known_at, school_id=school_id, status=PlacementStatus.ACTIVE)
    found = {
        (mark.pupil_id, mark.session): mark
        for mark in marks(connection, known_at, first=day, last=day, school_id=school_id)
    }
    pupils: dict[tuple[str, UUID], list[Expected]] = {}
    for row in there:
        if row.provider_id is not None and row.placement_id is not None and row.site_id is not None:
            pupil = _expected(row, row.placement_id, row.site_id, found)
            pupils.setdefault((row.provider or "", row.provider_id), []).append(pupil)
    return tuple(
        ProviderRegister(provider_id, name or None, tuple(rows)) for (name, provider_id), rows in sorted(pupils.items())
    )


def _expected(row: Whereabouts, placement_id: UUID, site_id: UUID, found: dict[tuple[UUID, Session], Mark]) -> Expected:
    return Expected(
        pupil_id=row.pupil_id,
        name=row.name,
        local_ref=row.local_ref,
        placement_id=placement_id,
        site_id=site_id,
        site=row.site,
        site_kind=row.site_kind,
        am=found.get((row.pupil_id, Session.AM)),
        pm=found.get((row.pupil_id, Session.PM)),
        erased=row.erased,
    )
