"""The register of a day: who is expected where, what is marked, and what about a mark needs a second look."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Connection

from domain.rules.attendance_codes import expected_code
from domain.vocabulary import ArrangedBy, Delivery, PlacementStatus, Session, SiteKind, TaughtAt
from projections.flagged import flagged
from projections.marks import Amendment, Mark, mark, marks
from projections.timetables import Timetable, timetables, where_taught
from projections.whereabouts import Whereabouts, where_everyone_is

__all__ = ["Amendment", "Expected", "Mark", "ProviderRegister", "expected", "flagged", "mark", "marks"]


@dataclass(frozen=True)
class Expected:
    """A pupil whose placement is active that day, with the marks of both sessions so far.

    `timetable` is the one valid that day; without one, every session is expected at the provider.
    """

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
    delivery: Delivery | None
    arranged_by: ArrangedBy | None
    timetable: Timetable | None
    day: date

    def mark(self, session: Session) -> Mark | None:
        """The mark of one of the day's sessions."""
        return self.am if session is Session.AM else self.pm

    def taught_at(self, session: Session) -> TaughtAt:
        """Where the pupil is expected at one of the day's sessions."""
        return where_taught(self.timetable, self.day, session)

    def expects(self, session: Session) -> bool:
        """Whether the provider expects the pupil at one of the day's sessions."""
        return self.taught_at(session) is TaughtAt.PROVIDER

    def code(self, session: Session) -> str | None:
        """The code of a pupil who is where they are expected; None where the placement is not known."""
        if self.delivery is None or self.arranged_by is None:
            return None
        return expected_code(self.delivery, self.arranged_by, session)


@dataclass(frozen=True)
class ProviderRegister:
    """The pupils expected at one provider on one day, by name."""

    provider_id: UUID
    provider: str | None
    pupils: tuple[Expected, ...]

    @property
    def outside(self) -> bool:
        """Whether somebody else teaches here, who tells the school who came."""
        return any(pupil.delivery is Delivery.OUTSIDE for pupil in self.pupils)

    def codes(self, session: Session) -> tuple[str, ...]:
        """The codes of those expected here at a session, if they are here."""
        found = (pupil.code(session) for pupil in self.pupils if pupil.expects(session))
        return tuple(sorted({code for code in found if code is not None}))


@dataclass(frozen=True)
class _Day:
    """What is known of one day's sessions: the marks made, and where each placement's timetable puts them."""

    day: date
    marks: Mapping[tuple[UUID, Session], Mark]
    weeks: Mapping[UUID, Timetable]


def expected(connection: Connection, school_id: UUID, day: date, known_at: int) -> tuple[ProviderRegister, ...]:
    """A school's register for alternative provision on a day: provider by provider, pupil by pupil, both sessions.

    Whether the school has sessions that day is for `schools.is_school_day` to say.
    """
    there = where_everyone_is(connection, day, known_at, school_id=school_id, status=PlacementStatus.ACTIVE)
    found = {
        (mark.pupil_id, mark.session): mark
        for mark in marks(connection, known_at, first=day, last=day, school_id=school_id)
    }
    placed = [row.placement_id for row in there if row.placement_id is not None]
    known = _Day(day, found, timetables(connection, placed, day, known_at))
    pupils: dict[tuple[str, UUID], list[Expected]] = {}
    for row in there:
        if row.register_from and row.register_from > day and not any((row.pupil_id, half) in found for half in Session):
            continue  # that day's register is on paper, and nothing of it was entered here
        if row.provider_id is not None and row.placement_id is not None and row.site_id is not None:
            pupil = _expected(row, row.placement_id, row.site_id, known)
            pupils.setdefault((row.provider or "", row.provider_id), []).append(pupil)
    return tuple(
        ProviderRegister(provider_id, name or None, tuple(rows)) for (name, provider_id), rows in sorted(pupils.items())
    )


def _expected(row: Whereabouts, placement_id: UUID, site_id: UUID, known: _Day) -> Expected:
    return Expected(
        pupil_id=row.pupil_id,
        name=row.name,
        local_ref=row.local_ref,
        placement_id=placement_id,
        site_id=site_id,
        site=row.site,
        site_kind=row.site_kind,
        am=known.marks.get((row.pupil_id, Session.AM)),
        pm=known.marks.get((row.pupil_id, Session.PM)),
        erased=row.erased,
        delivery=row.delivery,
        arranged_by=row.arranged_by,
        timetable=known.weeks.get(placement_id),
        day=known.day,
    )
