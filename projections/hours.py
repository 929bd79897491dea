"""Hours attended at placements over the last school weeks, and hours planned a week; no table of its own.

A session counts whole, for as long as the school's session times make it: it was attended or it was not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain
from uuid import UUID

from sqlalchemy import Connection, func, select

from domain.parts import SessionTimes
from domain.rules.attendance_codes import attended
from domain.rules.timetable import minutes
from domain.vocabulary import Session
from projections.marks import MARKS
from projections.questions import Statement, question
from projections.schools import Calendar, calendars
from projections.timetables import timetables

WEEKS = 4
"""Over how many weeks in which the school had sessions the hours attended are added up."""

_LOOK_BACK = 26  # weeks; longer than any holiday


@dataclass(frozen=True)
class Hours:
    """Minutes attended at the placement from `first` to the day asked about; `planned` a week, None without timetable.

    Both count whole sessions by the school's session times: a session is attended or it is not.
    """

    first: date
    attended: int
    planned: int | None


def hours_of(connection: Connection, placements: Mapping[UUID, UUID], as_at: date, known_at: int) -> dict[UUID, Hours]:
    """The hours of placements, each given with its school; one whose school has no calendar is left out."""
    years = {school_id: calendars(connection, school_id, known_at) for school_id in set(placements.values())}
    times = {school_id: _times(of_school, as_at) for school_id, of_school in years.items() if of_school}
    firsts = {school_id: counted_from(years[school_id], as_at) for school_id in times}
    sessions = _attended(connection, firsts, as_at, known_at)
    weeks = timetables(connection, placements, as_at, known_at)
    hours = {}
    for placement_id, school_id in placements.items():
        if school_id in times:
            length, week = times[school_id], weeks.get(placement_id)
            there = sum(count * minutes(length, each) for each, count in sessions.get(placement_id, {}).items())
            planned = None if week is None or week.erased else week.minutes(length)
            hours[placement_id] = Hours(firsts[school_id], there, planned)
    return hours


def counted_from(years: Sequence[Calendar], as_at: date) -> date:
    """The Monday of the earliest of the last four weeks in which there were sessions up to a day."""
    monday = as_at - timedelta(days=as_at.weekday())
    first, weeks = monday, 0
    for back in range(_LOOK_BACK):
        week = monday - timedelta(weeks=back)
        days = (week + timedelta(days=number) for number in range(5))
        if any(day <= as_at and year.has_sessions(day) for day in days for year in years):
            first, weeks = week, weeks + 1
        if weeks == WEEKS:
            break
    return first


def _attended(
    connection: Connection, firsts: Mapping[UUID, date], as_at: date, known_at: int
) -> dict[UUID, dict[Session, int]]:
    """How many morning and afternoon sessions were attended at each placement since its school's first day."""
    found: dict[UUID, dict[Session, int]] = {}
    counts = (_counted(connection, school_id, first, as_at, known_at) for school_id, first in firsts.items())
    for row in chain.from_iterable(counts):
        if attended(row.code or ""):
            there, session = found.setdefault(row.placement_id, {}), Session(row.session)
            there[session] = there.get(session, 0) + row.times
    return found


@question
def _counted(school_id: UUID, first: date, as_at: date, known_at: int) -> Statement:
    """How often each code was given in the sessions of each placement of a school."""
    mark = MARKS.table.c
    query = select(mark.placement_id, mark.session, mark.code, func.count().label("times"))
    own = (mark.school_id == school_id, mark.day.between(first, as_at), mark.placement_id.is_not(None))
    return query.where(MARKS.known(known_at), *own).group_by(mark.placement_id, mark.session, mark.code)


def _times(years: Sequence[Calendar], day: date) -> SessionTimes:
    """The session times of the year that covers a day, or in the holidays of the newest year."""
    return ([year for year in years if year.covers(day)] or list(years))[-1].session_times
