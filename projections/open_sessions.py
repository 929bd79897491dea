"""What is still open about attendance: expected sessions nobody marked, and codes N whose reason is still to be found.

No table of its own; it joins what the others keep, and runs the clocks of `domain.rules.attendance_clocks` over it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Connection, and_, select

from domain.rules.attendance_clocks import Clock, n_clock, n_days_left, unmarked_clock
from domain.rules.due.school_time import SchoolTime, school_time
from domain.vocabulary import Session
from projections.lifecycle import PLACEMENTS
from projections.marks import MARKS
from projections.pupils import ROLL
from projections.questions import Statement, question
from projections.schools import calendars, school
from projections.unmarked import unmarked


@dataclass(frozen=True)
class OpenSession:
    """One session that still wants a mark (`code` None) or a reason (`code` N).

    `school_days` have passed since its day; `days_left` to find the reason of an N, below 0 once they are over;
    `position` is the entry of the mark.
    """

    pupil_id: UUID
    name: str | None
    placement_id: UUID | None
    provider_id: UUID | None
    day: date
    session: Session
    code: str | None
    school_days: int
    days_left: int | None
    clock: Clock
    position: int | None


def open_sessions(connection: Connection, school_id: UUID, today: date, known_at: int) -> tuple[OpenSession, ...]:
    """Everything open at a school up to a day, the longest open first.

    Sessions are expected from the beginning of the school year; codes N are open however old. Those of the day itself
    are among them, with a clock that has not run.
    """
    if school(connection, school_id, known_at) is None:
        return ()
    time = school_time(calendars(connection, school_id, known_at), today)
    without_mark = _without_mark(connection, school_id, time, known_at)
    found = (*without_mark, *_without_reason(connection, school_id, time, known_at))
    return tuple(sorted(found, key=lambda one: (one.day, one.session, one.name or "")))


def _without_mark(connection: Connection, school_id: UUID, time: SchoolTime, known_at: int) -> Iterator[OpenSession]:
    missing = unmarked(connection, {school_id: time}, time.today, known_at)
    found = _placed(connection, {one.placement_id for one in missing}, known_at)
    known = {row.placement_id: (row.provider_id, row.name) for row in found}
    gone = {day: time.gone(day) for day in {one.day for one in missing}}
    for one in missing:
        provider_id, name = known[one.placement_id]
        passed = gone[one.day]
        clock = unmarked_clock(passed)
        yield OpenSession(
            one.pupil_id, name, one.placement_id, provider_id, one.day, one.session, None, passed, None, clock, None
        )


@question
def _placed(placement_ids: Collection[UUID], known_at: int) -> Statement:
    placement, roll = PLACEMENTS.table, ROLL.table
    whose = and_(roll.c.pupil_id == placement.c.pupil_id, roll.c.school_id == placement.c.school_id)
    query = select(placement.c.placement_id, placement.c.provider_id, roll.c.name)
    query = query.join_from(placement, roll, and_(whose, ROLL.known(known_at), roll.c.on_roll))
    return query.where(PLACEMENTS.known(known_at), placement.c.placement_id.in_(placement_ids))


@question
def _noted(school_id: UUID, last: date, known_at: int) -> Statement:
    mark, placement, roll = MARKS.table, PLACEMENTS.table, ROLL.table
    placed = and_(placement.c.placement_id == mark.c.placement_id, PLACEMENTS.known(known_at))
    whose = and_(roll.c.pupil_id == mark.c.pupil_id, ROLL.at(last, known_at))
    return (
        select(mark.c.pupil_id, mark.c.placement_id, mark.c.day, mark.c.session, mark.c.known_from)
        .add_columns(placement.c.provider_id, roll.c.name)
        .select_from(mark.outerjoin(placement, placed).outerjoin(roll, whose))
        .where(MARKS.known(known_at), mark.c.school_id == school_id, mark.c.code == "N", mark.c.day <= last)
    )


def _without_reason(connection: Connection, school_id: UUID, time: SchoolTime, known_at: int) -> Iterator[OpenSession]:
    for row in _noted(connection, school_id, time.today, known_at).mappings():
        passed = time.gone(row["day"])
        yield OpenSession(
            pupil_id=row["pupil_id"],
            name=row["name"],
            placement_id=row["placement_id"],
            provider_id=row["provider_id"],
            day=row["day"],
            session=Session(row["session"]),
            code="N",
            school_days=passed,
            days_left=n_days_left(passed),
            clock=n_clock(passed),
            position=row["known_from"],
        )
