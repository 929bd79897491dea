"""What a register file's row is about: the pupil, the school whose register it is, where the pupil was placed then."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from uuid import UUID

from sqlalchemy import Connection

from domain.errors import Impossible
from domain.parts import Mark
from domain.rules.attendance_codes import CODES, attended, refuse_unusable
from domain.rules.impossible import refuse_ahead
from domain.values import LONDON, Actor, Basis, Officer
from domain.vocabulary import BasisKind, Delivery, Office, PlacementStatus, Role
from projections import offices, pupils, schools
from projections.catch_up import position
from projections.whereabouts import Whereabouts, where_everyone_is
from web.register_file import Problem, Row

_DAYS_KEPT = 16  # files come in order of days, or nearly so


@dataclass(frozen=True)
class Expected:
    """A row's mark, the school whose register it belongs to, and the officer in whose name it is entered."""

    school_id: UUID
    officer: Officer
    mark: Mark


@dataclass(frozen=True)
class _Day:
    """Who was on roll on a day, by either reference, and who was placed where; `shared` references are not one's."""

    on_roll: Mapping[str, pupils.Pupil]
    shared: frozenset[str]
    placed: Mapping[UUID, Whereabouts]


class Lookup:
    """Finds what rows are about, as of one snapshot of the read models; a few days at a time are held."""

    def __init__(self, connection: Connection, now: datetime) -> None:
        self._connection, self._known_at, self._now = connection, position(connection), now
        self._day = lru_cache(_DAYS_KEPT)(self._read_day)
        self._officer = lru_cache(None)(self._read_officer)
        self._calendars = lru_cache(None)(lambda school_id: schools.calendars(connection, school_id, self._known_at))

    def expected(self, row: Row) -> Expected | tuple[Problem, ...]:
        """The mark that a row states, or why there can be none."""
        day = self._day(row.day)
        if row.reference in day.shared:
            said = f"More than one pupil has the reference {row.reference!r}. Write the unique pupil number."
            return (Problem(row.line, "pupil reference", said),)
        pupil = day.on_roll.get(row.reference)
        if pupil is None:
            return (self._unknown(row),)
        officer = self._officer(pupil.school_id)
        if officer is None:
            school = schools.school(self._connection, pupil.school_id, self._known_at)
            name = school.name if school else pupil.school_id
            return (Problem(row.line, "pupil reference", f"{name} has no attendance officer to enter it for."),)
        problem = self._impossible(row, pupil.school_id)
        return (
            (problem,)
            if problem
            else Expected(pupil.school_id, officer, _mark(row, pupil, day.placed.get(pupil.pupil_id)))
        )

    def _unknown(self, row: Row) -> Problem:
        found = pupils.pupil_by_local_ref(
            self._connection, row.reference, row.day, self._known_at
        ) or pupils.pupil_by_upn(self._connection, row.reference, row.day, self._known_at)
        if found is None:
            return Problem(row.line, "pupil reference", f"No pupil has the reference {row.reference!r}.")
        return Problem(
            row.line, "pupil reference", f"{row.reference} was not on a school's roll on {row.day:%d %B %Y}."
        )

    def _impossible(self, row: Row, school_id: UUID) -> Problem | None:
        """What no register can hold: a session not in the calendar, one that lies ahead, a code unknown that day."""
        if not any(year.has_sessions(row.day) for year in self._calendars(school_id)):
            return Problem(row.line, "date", f"The school has no session on {row.day:%A %d %B %Y}.")
        try:
            if row.day > self._now.astimezone(LONDON).date():
                raise Impossible("date", f"{row.day:%d %B %Y} lies ahead. Enter what happened after it has happened.")
            refuse_ahead("marked at", row.marked_at, self._now)
            refuse_unusable(row.code, row.day, row.session)
        except Impossible as impossible:
            return Problem(row.line, impossible.field, impossible.sentence)
        return None

    def _read_day(self, day: date) -> _Day:
        on_roll: dict[str, pupils.Pupil] = {}
        shared: set[str] = set()
        for pupil in pupils.pupils(self._connection, day, self._known_at):
            for reference in filter(None, (pupil.local_ref, pupil.upn)):
                if on_roll.setdefault(reference, pupil).pupil_id != pupil.pupil_id:
                    shared.add(reference)
        active = where_everyone_is(self._connection, day, self._known_at, status=PlacementStatus.ACTIVE)
        return _Day(on_roll, frozenset(shared), {placed.pupil_id: placed for placed in active})

    def _read_officer(self, school_id: UUID) -> Officer | None:
        today = self._now.astimezone(LONDON).date()
        found = offices.officers(
            self._connection, today, self._known_at, school_id=school_id, office=Office.ATTENDANCE_OFFICER
        )
        if not found:
            return None
        holder = found[0]
        basis = Basis(BasisKind.OWN_OFFICE, holder.appointment_id)
        actor = Actor(holder.person_id, Role.ATTENDANCE_OFFICER, school_id, basis)
        return Officer(actor, holder.name or "", holder.title or "")


def _mark(row: Row, pupil: pupils.Pupil, placement: Whereabouts | None) -> Mark:
    outside = CODES[row.code].needs_nature
    if placement and placement.delivery is Delivery.OUTSIDE and not outside and attended(row.code):
        placement = None  # the code says that the pupil was in school that session
    return Mark(
        pupil_id=pupil.pupil_id,
        placement_id=placement.placement_id if placement else None,
        site_id=placement.site_id if placement else None,
        day=row.day,
        session=row.session,
        taken_at=row.marked_at,
        code=row.code,
        minutes_late=None,
        nature=row.note if outside else None,
        note=None if outside else row.note,
        taken_by=row.marked_by,
    )
