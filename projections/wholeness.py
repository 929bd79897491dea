"""From which day each thing that a placement should rest on was there and whole: plan, starting point, agreement."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Connection, select

from domain.rules.plan import WHOLE_WEEK, gap_between
from domain.rules.preparedness import speaks
from domain.rules.school_days import Year
from domain.vocabulary import AttendanceMode, Deferrable
from projections.axes import Timeline
from projections.lifecycle import PLACEMENTS
from projections.preparations import AGREEMENTS, BASELINES, PLANS
from projections.questions import Statement, question
from projections.schools import calendars


@dataclass
class Wholeness:
    """What of a placement is whole, since when; and of the newest plan, which clauses it leaves open.

    `plan_lacks` is None where there is no plan.
    """

    since: dict[Deferrable, date] = field(default_factory=dict)
    plan_lacks: frozenset[str] | None = None


def wholeness(
    connection: Connection, placement_ids: Collection[UUID], as_at: date, known_at: int
) -> dict[UUID, Wholeness]:
    """How each of these placements stands on a day; a few questions however many there are."""
    found = {placement_id: Wholeness() for placement_id in placement_ids}
    for row in _baselines(connection, placement_ids, as_at, known_at).mappings():
        found[row["placement_id"]].since.setdefault(Deferrable.BASELINE, row["effective_from"])
    plans = _plans(connection, placement_ids, as_at, known_at).mappings()
    planned = {row["placement_id"] for row in plans}
    for row in _agreements(connection, placement_ids, as_at, known_at).mappings():
        if row["complete"] and speaks(row["plan_version"], row["placement_id"] in planned):
            found[row["placement_id"]].since.setdefault(Deferrable.PROVIDER_AGREEMENT, row["effective_from"])
    placed = _placed(connection, planned, known_at)
    years = {school: calendars(connection, school, known_at) for school, _ in placed.values()}
    for row in plans:
        school_id, mode = placed[row["placement_id"]]
        lacks, one = _lacks(row, mode, years[school_id]), found[row["placement_id"]]
        one.plan_lacks = lacks
        if not lacks:
            one.since.setdefault(Deferrable.PLAN, row["effective_from"])
    return found


def _lacks(row: Any, mode: AttendanceMode | None, years: Sequence[Year]) -> frozenset[str]:
    lacks = set(msgspec.json.decode(row["lacks"], type=list[str]))
    if mode not in WHOLE_WEEK:
        lacks.discard("S54")
    reviews = msgspec.json.decode(row["review_dates"], type=tuple[date, ...])
    lacks.update(breach.clause or "" for breach in gap_between(row["starts_on"], reviews, row["ends_on"], years))
    return frozenset(lacks)


def _upto(timeline: Timeline, placement_ids: Collection[UUID], as_at: date, known_at: int) -> Statement:
    """Every state of these placements up to a day, oldest first."""
    table = timeline.table
    query = select(table).where(
        timeline.known(known_at), table.c.effective_from <= as_at, table.c.placement_id.in_(placement_ids)
    )
    return query.order_by(table.c.effective_from, table.c.position)


_baselines, _agreements, _plans = (question(partial(_upto, one)) for one in (BASELINES, AGREEMENTS, PLANS))


def _placed(
    connection: Connection, placement_ids: Collection[UUID], known_at: int
) -> dict[UUID, tuple[UUID, AttendanceMode | None]]:
    rows = _arranged(connection, placement_ids, known_at)
    return {row.placement_id: (row.school_id, row.attendance_mode) for row in rows}


@question
def _arranged(placement_ids: Collection[UUID], known_at: int) -> Statement:
    table = PLACEMENTS.table
    query = select(table.c.placement_id, table.c.school_id, table.c.attendance_mode)
    return query.where(PLACEMENTS.known(known_at), table.c.placement_id.in_(placement_ids))
