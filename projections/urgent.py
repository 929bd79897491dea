"""Urgent starts: what each put off to which day, what was made good, and whether it ran past its ten days."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Column, Connection, Date, Table, Text, Uuid, select

from domain.events import UrgentStartDecided
from domain.parts import Deferral
from domain.rules.flags import Flag
from domain.rules.urgent import Course, Deferred, deferrals, remarks
from domain.vocabulary import Deferrable
from projections.database import POSITION, PREFIX, metadata
from projections.families import (
    ATTENDANCE,
    CONSENT,
    DECISION,
    OFFICE,
    PREPARATION,
    PROVIDER,
    PUPIL,
    READING,
    RESPONSIBILITY,
    RETURN,
    SCHOOL,
)
from projections.lifecycle import STATES
from projections.questions import Statement, question
from projections.read_model import Batch, ReadModel, plain
from projections.wholeness import wholeness

MODEL = ReadModel(
    "urgent",
    ignores=(
        *(*SCHOOL, *OFFICE, *PUPIL, *RESPONSIBILITY, *PROVIDER, *PREPARATION, *CONSENT, *ATTENDANCE, *RETURN, *READING),
        *(one for one in DECISION if one is not UrgentStartDecided),
    ),
)

URGENT = Table(
    f"{PREFIX}urgent_starts",
    metadata,
    Column("position", POSITION, primary_key=True, autoincrement=False),
    Column("placement_id", Uuid, nullable=False, index=True),
    Column("pupil_id", Uuid, index=True),
    Column("decided_on", Date, nullable=False),
    Column("starts_on", Date, nullable=False),
    Column("ends_on", Date, nullable=False),
    Column("deferred", Text, nullable=False),
    Column("reason", Text),
    Column("decided_by", Text),
    Column("title", Text),
)


@MODEL.applies(UrgentStartDecided)
def _decided(batch: Batch, position: int, fact: UrgentStartDecided) -> None:
    row = {name: getattr(fact, name) for name in ("decided_on", "starts_on", "ends_on")}
    row |= {"reason": plain(fact.reason), "decided_by": plain(fact.actor_name), "title": plain(fact.actor_title)}
    row |= {"placement_id": fact.originator_id, "pupil_id": fact.subject}
    batch.add(URGENT, {"position": position, "deferred": msgspec.json.encode(fact.deferred).decode(), **row})


@dataclass(frozen=True)
class UrgentStart:
    """An urgent start as it stands on a day; `position` is the decision.

    `overran` says that it has run past its last school day without an approval, also where one came afterwards, and
    `again` that the same pupil was started urgently before; `flags` are these and what was late, to be told.
    """

    placement_id: UUID
    pupil_id: UUID | None
    decided_on: date
    starts_on: date
    ends_on: date
    reason: str | None
    decided_by: str | None
    title: str | None
    deferred: tuple[Deferred, ...]
    overdue: tuple[Deferred, ...]
    approved_on: date | None
    ended_on: date | None
    overran: bool
    again: bool
    flags: tuple[Flag, ...]
    position: int

    @property
    def awaits_approval(self) -> bool:
        """Whether nobody approved it and it has not ended."""
        return self.approved_on is None and self.ended_on is None


def urgent_starts(
    connection: Connection, as_at: date, known_at: int, *, placement_ids: Collection[UUID] | None = None
) -> tuple[UrgentStart, ...]:
    """Urgent starts decided by a day, as they stand on it, oldest first; of some placements or of all."""
    everything = _decisions(connection, as_at, known_at).mappings()
    rows = [row for row in everything if placement_ids is None or row["placement_id"] in placement_ids]
    if not rows:
        return ()
    ids = {row["placement_id"] for row in rows}
    whole = wholeness(connection, ids, as_at, known_at)
    states = {row["placement_id"]: row for row in _states(connection, ids, as_at, known_at).mappings()}
    firsts: dict[UUID | None, int] = {}
    for row in everything:
        firsts.setdefault(row["pupil_id"], row["position"])
    return tuple(
        _start(
            row,
            whole[row["placement_id"]].since,
            states.get(row["placement_id"], {}),
            as_at,
            again=firsts[row["pupil_id"]] != row["position"],
        )
        for row in rows
    )


def _start(
    row: Mapping[str, Any], since: Mapping[Deferrable, date], state: Mapping[str, Any], as_at: date, *, again: bool
) -> UrgentStart:
    approved_on, ended_on = state.get("approved_on"), state.get("ended_on")
    waiting = deferrals(msgspec.json.decode(row["deferred"], type=tuple[Deferral, ...]), since)
    until = as_at if ended_on is None else min(as_at, ended_on)
    course = Course(row["ends_on"], waiting, approved_on, ended_on, again)
    return UrgentStart(
        **{name: value for name, value in row.items() if name != "deferred"},
        deferred=waiting,
        overdue=tuple(one for one in waiting if one.overdue(until)),
        approved_on=approved_on,
        ended_on=ended_on,
        overran=course.overran(as_at),
        again=again,
        flags=tuple(remarks(course, as_at)),
    )


@question
def _decisions(as_at: date, known_at: int) -> Statement:
    query = select(URGENT).where(URGENT.c.position <= known_at, URGENT.c.decided_on <= as_at)
    return query.order_by(URGENT.c.decided_on, URGENT.c.position)


@question
def _states(placement_ids: Collection[UUID], as_at: date, known_at: int) -> Statement:
    table = STATES.table
    query = select(table.c.placement_id, table.c.approved_on, table.c.ended_on)
    return query.where(STATES.at(as_at, known_at), table.c.placement_id.in_(placement_ids))
