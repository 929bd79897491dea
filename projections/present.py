"""Where every pupil is now: the placement, what the day's two sessions expect, and what is marked of them so far.

No table of its own; it asks the same few questions however many pupils there are, and one more for each school.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Connection, select

from domain.rules.attendance_codes import attended
from domain.vocabulary import PlacementStatus, Session, TaughtAt
from projections.marks import MARKS, Mark, marks_where, read_marks
from projections.pupils import ROLL
from projections.questions import Statement, question
from projections.schools import is_school_day
from projections.timetables import Timetable, timetables, where_taught
from projections.whereabouts import Whereabouts, where_everyone_is


class Presence(StrEnum):
    """What is known of one session: a mark, else what was to be; `unallocated` is a session nobody has placed."""

    THERE = "there"
    ELSEWHERE = "elsewhere"
    ABSENT = "absent"
    EXPECTED = "expected"
    IN_SCHOOL = "in_school"
    UNALLOCATED = "unallocated"
    SUSPENDED = "suspended"
    NOT_PLACED = "not_placed"
    NO_SESSION = "no_session"


_PLANNED = {
    TaughtAt.PROVIDER: Presence.EXPECTED,
    TaughtAt.SCHOOL: Presence.IN_SCHOOL,
    TaughtAt.NOWHERE: Presence.UNALLOCATED,
}


@dataclass(frozen=True)
class Seen:
    """One session of one pupil: what is known, and the code where it is marked."""

    presence: Presence
    code: str | None = None


@dataclass(frozen=True)
class Present:
    """Where a pupil is, morning and afternoon."""

    where: Whereabouts
    am: Seen
    pm: Seen

    @property
    def address_unknown(self) -> bool:
        """Whether the pupil has a placement and nobody can say where it is."""
        return self.where.placement_id is not None and not self.where.address


def where_everyone_is_now(connection: Connection, day: date, known_at: int) -> tuple[Present, ...]:
    """Every pupil on roll: those whose address is not known, then the others placed, then those with no placement."""
    everyone = where_everyone_is(connection, day, known_at)
    of_schools = {one.school_id for one in everyone}
    open_that_day = {school_id: is_school_day(connection, school_id, day, known_at) for school_id in of_schools}
    found = {(mark.pupil_id, mark.session): mark for mark in read_marks(_marked(connection, day, known_at))}
    weeks = timetables(connection, [one.placement_id for one in everyone if one.placement_id], day, known_at)

    def seen(one: Whereabouts, session: Session) -> Seen:
        if not open_that_day[one.school_id]:
            return Seen(Presence.NO_SESSION)
        return _seen(one, day, session, found.get((one.pupil_id, session)), weeks)

    present = (Present(one, seen(one, Session.AM), seen(one, Session.PM)) for one in everyone)
    return tuple(sorted(present, key=lambda one: (not one.address_unknown, one.where.placement_id is None)))


@question
def _marked(day: date, known_at: int) -> Statement:
    """The marks of a day, found by the pupils on roll: an index by day alone would be for this page only."""
    on_roll = select(ROLL.table.c.pupil_id).where(ROLL.at(day, known_at), ROLL.table.c.on_roll)
    return marks_where(known_at, MARKS.table.c.pupil_id.in_(on_roll), MARKS.table.c.day == day)


def _seen(one: Whereabouts, day: date, session: Session, mark: Mark | None, weeks: Mapping[UUID, Timetable]) -> Seen:
    if mark is not None:
        if not attended(mark.code or ""):
            return Seen(Presence.ABSENT, mark.code)
        there = mark.placement_id is not None and mark.placement_id == one.placement_id
        return Seen(Presence.THERE if there else Presence.ELSEWHERE, mark.code)
    if one.placement_id is None:
        return Seen(Presence.NOT_PLACED)
    if one.status is PlacementStatus.SUSPENDED:
        return Seen(Presence.SUSPENDED)
    return Seen(_PLANNED[where_taught(weeks.get(one.placement_id), day, session)])
