"""Which sessions in alternative provision nobody has marked, for every school at once, read from one index.

It finds what `open_sessions` lists for one school, without reading the marks themselves.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, String, and_, func, or_, select

from domain.rules.due.school_time import SchoolTime
from domain.vocabulary import Session, TaughtAt
from projections.lifecycle import PLACEMENTS, STATES
from projections.marks import MARKS
from projections.pupils import ROLL
from projections.questions import Statement, question
from projections.running import expected_until, expecting
from projections.timetables import Timetable, timetable_history, valid_on, where_taught


@dataclass(frozen=True)
class Unmarked:
    """One session that a pupil was expected at and that has no mark."""

    school_id: UUID
    pupil_id: UUID
    placement_id: UUID
    day: date
    session: Session


def unmarked(
    connection: Connection, times: Mapping[UUID, SchoolTime], as_at: date, known_at: int
) -> tuple[Unmarked, ...]:
    """Every expected session of the school year so far that nobody has marked, at the schools whose times are given.

    The day asked about is among them.
    """
    first = min((time.year_began for time in times.values()), default=as_at)
    spells = _spells(connection, times, first, as_at, known_at).mappings()
    if not spells:
        return ()
    marked = _marked(connection, {spell["pupil_id"] for spell in spells}, first, as_at, known_at)
    sessions = {school_id: _sessions(time, as_at) for school_id, time in times.items()}
    absent: list[Unmarked] = []
    for spell in spells:
        there = marked.get(spell["pupil_id"], frozenset())
        absent += [_absent(spell, one) for one in _within(sessions[spell["school_id"]], spell) if one not in there]
    weeks = timetable_history(connection, {one.placement_id for one in absent}, known_at) if absent else {}
    return tuple(one for one in absent if _expected(weeks.get(one.placement_id, ()), one))


def _absent(spell: Mapping[str, Any], one: str) -> Unmarked:
    whose = spell["school_id"], spell["pupil_id"], spell["placement_id"]
    return Unmarked(*whose, date.fromisoformat(one[:10]), Session(one[10:]))


@question
def _spells(school_ids: Collection[UUID], first: date, last: date, known_at: int) -> Statement:
    """From when to when each pupil on roll at some schools had an active placement."""
    placement, state, roll = PLACEMENTS.table, STATES.table, ROLL.table
    same = and_(state.c.placement_id == placement.c.placement_id, expecting(known_at))
    here = and_(roll.c.pupil_id == placement.c.pupil_id, roll.c.school_id == placement.c.school_id)
    return (
        select(placement.c.pupil_id, placement.c.school_id, placement.c.placement_id, placement.c.register_from)
        .add_columns(state.c.status, state.c.effective_from, state.c.effective_to, state.c.ended_on)
        .add_columns(roll.c.effective_from.label("roll_from"), roll.c.effective_to.label("roll_to"))
        .select_from(placement.join(state, same).join(roll, and_(here, ROLL.known(known_at), roll.c.on_roll)))
        .where(
            PLACEMENTS.known(known_at),
            placement.c.school_id.in_(school_ids),
            state.c.effective_from <= last,
            state.c.effective_to > first,
            or_(state.c.ended_on.is_(None), state.c.ended_on >= first),
        )
    )


def _marked(
    connection: Connection, pupils: set[UUID], first: date, last: date, known_at: int
) -> dict[UUID, frozenset[str]]:
    """Which sessions of these pupils are marked, as `2026-09-14AM`: what the index holds is all that is asked for."""
    rows = _sessions_of(connection, pupils, first, last, known_at)
    return {pupil: frozenset(said.split(",")) for pupil, said in rows}


@question
def _sessions_of(pupils: Collection[UUID], first: date, last: date, known_at: int) -> Statement:
    table = MARKS.table
    told = func.aggregate_strings(table.c.day.cast(String) + table.c.session, ",")
    query = select(table.c.pupil_id, told).where(
        table.c.pupil_id.in_(pupils), table.c.day.between(first, last), table.c.known_from <= known_at
    )
    return query.group_by(table.c.pupil_id)


def _sessions(time: SchoolTime, as_at: date) -> list[str]:
    """The school's sessions this year, in their order and spelling."""
    return [f"{day}{session}" for day in time.between(time.year_began, as_at) for session in Session]


def _within(sessions: Sequence[str], spell: Mapping[str, Any]) -> Sequence[str]:
    begins = max(spell["effective_from"], spell["roll_from"], spell["register_from"])
    ends = min(expected_until(spell), spell["roll_to"])
    return sessions[bisect_left(sessions, str(begins)) : bisect_left(sessions, str(ends))]


def _expected(timetables: Sequence[Timetable], one: Unmarked) -> bool:
    """Whether the provider expects the pupil; with no timetable, at every session."""
    return where_taught(valid_on(timetables, one.day), one.day, one.session) is TaughtAt.PROVIDER
