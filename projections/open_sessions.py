"""What is still open about attendance: expected sessions nobody marked, and codes N whose reason is still to be found.

No table of its own; it joins what the others keep, and runs the clocks of `domain.rules.attendance_clocks` over it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import Connection, and_, select

from domain.rules.attendance_clocks import Clock, n_clock, n_days_left, unmarked_clock
from domain.rules.school_days import is_school_day, school_days
from domain.vocabulary import PlacementStatus, Session, TaughtAt
from projections.axes import Row
from projections.lifecycle import PLACEMENTS, STATES
from projections.marks import MARKS
from projections.pupils import ROLL
from projections.schools import Calendar, calendars
from projections.timetables import Timetable, timetable_history

_DAY = timedelta(days=1)


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
    years = calendars(connection, school_id, known_at)
    unmarked = _unmarked(connection, school_id, years, today, known_at)
    found = (*unmarked, *_unexplained(connection, school_id, years, today, known_at))
    return tuple(sorted(found, key=lambda one: (one.day, one.session, one.name or "")))


def _unmarked(
    connection: Connection, school_id: UUID, years: Sequence[Calendar], today: date, known_at: int
) -> Iterator[OpenSession]:
    begun = (min(term.start for term in year.terms) for year in years if year.terms)
    first = max((start for start in begun if start <= today), default=today)
    days = [day for back in range((today - first).days + 1) if is_school_day(years, day := first + back * _DAY)]
    marked = _marked(connection, school_id, first, today, known_at)
    passed = {day: len(days) - 1 - number for number, day in enumerate(days)}
    spells = _spells(connection, school_id, first, today, known_at)
    weeks = timetable_history(connection, {spell["placement_id"] for spell in spells}, known_at)
    for spell in spells:
        timetables = weeks.get(spell["placement_id"], ())
        for day in _within(days, spell):
            for session in Session:
                if (spell["pupil_id"], day, session) not in marked and _expects(timetables, day, session):
                    yield _open(spell, day, session, passed[day])


def _open(spell: Row, day: date, session: Session, passed: int) -> OpenSession:
    return OpenSession(
        pupil_id=spell["pupil_id"],
        name=spell["name"],
        placement_id=spell["placement_id"],
        provider_id=spell["provider_id"],
        day=day,
        session=session,
        code=None,
        school_days=passed,
        days_left=None,
        clock=unmarked_clock(passed),
        position=None,
    )


def _spells(connection: Connection, school_id: UUID, first: date, last: date, known_at: int) -> list[Row]:
    """From when to when each pupil on roll had an active placement, as rows that overlap the days asked about."""
    placement, state, roll = PLACEMENTS.table, STATES.table, ROLL.table
    same = and_(state.c.placement_id == placement.c.placement_id, STATES.known(known_at))
    on_roll = and_(
        roll.c.pupil_id == placement.c.pupil_id,
        roll.c.school_id == placement.c.school_id,
        ROLL.known(known_at),
        roll.c.on_roll,
    )
    query = (
        select(
            placement.c.pupil_id,
            placement.c.placement_id,
            placement.c.provider_id,
            roll.c.name,
            state.c.effective_from,
            state.c.effective_to,
            roll.c.effective_from.label("roll_from"),
            roll.c.effective_to.label("roll_to"),
        )
        .select_from(placement.join(state, same).join(roll, on_roll))
        .where(
            PLACEMENTS.known(known_at),
            placement.c.school_id == school_id,
            state.c.status == PlacementStatus.ACTIVE,
            state.c.effective_from <= last,
            state.c.effective_to > first,
        )
    )
    return [dict(row) for row in connection.execute(query).mappings()]


def _within(days: Iterable[date], spell: Row) -> Iterator[date]:
    begins = max(spell["effective_from"], spell["roll_from"])
    ends = min(spell["effective_to"], spell["roll_to"])
    return (day for day in days if begins <= day < ends)


def _expects(timetables: Sequence[Timetable], day: date, session: Session) -> bool:
    """Whether the provider expects the pupil; with no timetable, at every session."""
    begun = [one for one in timetables if one.valid_from <= day]
    return not begun or begun[-1].at(day, session) in {TaughtAt.PROVIDER, None}


def _marked(
    connection: Connection, school_id: UUID, first: date, last: date, known_at: int
) -> frozenset[tuple[UUID, date, Session]]:
    table = MARKS.table
    query = select(table.c.pupil_id, table.c.day, table.c.session).where(
        table.c.school_id == school_id,
        table.c.day.between(first, last),
        table.c.known_from <= known_at,
        table.c.amends.is_(None),
    )
    return frozenset((pupil_id, day, Session(session)) for pupil_id, day, session in connection.execute(query))


def _unexplained(
    connection: Connection, school_id: UUID, years: Sequence[Calendar], today: date, known_at: int
) -> Iterator[OpenSession]:
    mark, placement, roll = MARKS.table, PLACEMENTS.table, ROLL.table
    query = (
        select(mark.c.pupil_id, mark.c.placement_id, mark.c.day, mark.c.session, mark.c.known_from)
        .add_columns(placement.c.provider_id, roll.c.name)
        .select_from(
            mark.outerjoin(
                placement, and_(placement.c.placement_id == mark.c.placement_id, PLACEMENTS.known(known_at))
            ).outerjoin(roll, and_(roll.c.pupil_id == mark.c.pupil_id, ROLL.at(today, known_at)))
        )
        .where(MARKS.known(known_at), mark.c.school_id == school_id, mark.c.code == "N", mark.c.day <= today)
    )
    for row in connection.execute(query).mappings():
        passed = school_days(years, row["day"] + _DAY, today)
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
