"""Which days a placement ran: from its first to its last, both counted, and in which state it was on each.

The day a placement is suspended from is its first in school again, the day it is resumed on the first back; a session
of the last day is expected once, so where another placement of the pupil starts that day, it is the other's.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, and_, case, or_, select

from domain.vocabulary import PlacementStatus
from projections.lifecycle import IN_FORCE, PLACEMENTS, STATES
from projections.questions import Statement, question

_DAY = timedelta(days=1)
_STATE = STATES.table


def in_force_on(day: date, known_at: int) -> ColumnElement[bool]:
    """Which states have the pupil in the placement, active or suspended, on a day; of placements joined with states."""
    last = and_(_STATE.c.ended_on == day, _last(IN_FORCE, known_at))
    return and_(STATES.at(day, known_at), or_(_STATE.c.status.in_(IN_FORCE), last))


def status_on(day: date) -> ColumnElement[PlacementStatus]:
    """In which state a placement was on a day: on its last day, in the one it ended from."""
    return case((_ended(day), _STATE.c.ended_from), else_=_STATE.c.status)


def since_on(day: date) -> ColumnElement[date]:
    """Since when it was in that state; of the last day, since its start."""
    return case((_ended(day), _STATE.c.started_on), else_=_STATE.c.effective_from)


def state_of(row: Mapping[str, Any], day: date) -> PlacementStatus:
    """The same as `status_on`, of a row that holds on the day."""
    last = row["status"] == PlacementStatus.ENDED and row["ended_on"] == day
    return PlacementStatus(row["ended_from"] if last else row["status"])


def expecting(known_at: int) -> ColumnElement[bool]:
    """Which states have days on which the pupil is expected, whatever days; of placements joined with states."""
    last = _last((PlacementStatus.ACTIVE,), known_at)
    return and_(STATES.known(known_at), or_(_STATE.c.status == PlacementStatus.ACTIVE, last))


def expected_until(row: Mapping[Any, Any]) -> date:
    """The day from which the pupil is no longer expected by such a state: after an end, the day after the last."""
    day: date = row["ended_on"] + _DAY if row["status"] == PlacementStatus.ENDED else row["effective_to"]
    return day


def spans(connection: Connection, placement_id: UUID, last: date, known_at: int) -> list[tuple[date, date]]:
    """From which to which day the pupil was expected, both counted, up to a last day; oldest first."""
    found: list[tuple[date, date]] = []
    for row in _expected(connection, placement_id, known_at).mappings():
        first, until = row["effective_from"], min(expected_until(row) - _DAY, last)
        if found and found[-1][1] + _DAY == first:
            first = found.pop()[0]
        if first <= until:
            found.append((first, until))
    return found


@question
def _expected(placement_id: UUID, known_at: int) -> Statement:
    same = and_(_STATE.c.placement_id == PLACEMENTS.table.c.placement_id, PLACEMENTS.known(known_at))
    query = select(_STATE).join_from(_STATE, PLACEMENTS.table, same).order_by(_STATE.c.effective_from)
    return query.where(_STATE.c.placement_id == placement_id, expecting(known_at))


def _ended(day: date) -> ColumnElement[bool]:
    return and_(_STATE.c.status == PlacementStatus.ENDED, _STATE.c.ended_on == day)


def _last(ended_from: Collection[PlacementStatus], known_at: int) -> ColumnElement[bool]:
    """Whether it ended from one of these states, and no other of the pupil's placements starts on its last day."""
    other, begun = PLACEMENTS.table.alias(), STATES.table.alias()
    follows = (
        select(other.c.placement_id)
        .join_from(other, begun, begun.c.placement_id == other.c.placement_id)
        .where(other.c.pupil_id == PLACEMENTS.table.c.pupil_id, other.c.placement_id != _STATE.c.placement_id)
        .where(other.c.known_from <= known_at, other.c.known_to > known_at)
        .where(begun.c.known_from <= known_at, begun.c.known_to > known_at)
        .where(begun.c.status == PlacementStatus.ACTIVE, begun.c.started_on == _STATE.c.ended_on)
        .where(begun.c.effective_from == begun.c.started_on)
        .correlate(PLACEMENTS.table, _STATE)
    )
    ended = and_(_STATE.c.status == PlacementStatus.ENDED, _STATE.c.ended_from.in_(ended_from))
    return and_(ended, ~follows.exists())
