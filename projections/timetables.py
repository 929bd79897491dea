"""Weekly timetables: where each of a placement's ten sessions is taught from a day on, until the next timetable."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Boolean, Column, Connection, Text, Uuid, select

from domain.events import (
    AccreditationStated,
    BaselineRecorded,
    ExistingPlacementAdded,
    InterventionPlanPrepared,
    NeedsAssessmentCompleted,
    PlacementAgreementSigned,
    PlacementProposed,
    RiskAssessmentCompleted,
    WeeklyTimetableSet,
)
from domain.parts import SessionTimes, TimetabledSession
from domain.rules.timetable import by_session, minutes_a_week, unallocated
from domain.values import Erased
from domain.vocabulary import Session, TaughtAt
from projections.axes import Timeline, last_day
from projections.families import (
    ATTENDANCE,
    CONSENT,
    DECISION,
    OFFICE,
    PROVIDER,
    PUPIL,
    READING,
    RESPONSIBILITY,
    RETURN,
    SCHOOL,
)
from projections.questions import Statement, question
from projections.read_model import Batch, ReadModel

MODEL = ReadModel(
    "timetables",
    ignores=(
        *(*SCHOOL, *OFFICE, *PUPIL, *RESPONSIBILITY, *PROVIDER, *DECISION, *CONSENT, *ATTENDANCE, *RETURN, *READING),
        *(PlacementProposed, ExistingPlacementAdded, NeedsAssessmentCompleted, RiskAssessmentCompleted),
        *(AccreditationStated, BaselineRecorded, InterventionPlanPrepared, PlacementAgreementSigned),
    ),
)

TIMETABLES = Timeline(
    "timetables",
    [Column("placement_id", Uuid)],
    [Column("sessions", Text), Column("erased", Boolean, nullable=False)],
)


@MODEL.applies(WeeklyTimetableSet)
def _set(batch: Batch, position: int, fact: WeeklyTimetableSet) -> None:
    gone = isinstance(fact.sessions, Erased)
    said = None if gone else msgspec.json.encode(fact.sessions).decode()
    values = {"sessions": said, "erased": gone}
    batch.timeline(TIMETABLES).state(position, (fact.originator_id,), fact.valid_from, values)


@dataclass(frozen=True)
class Timetable:
    """One placement's week, valid from a day until the day of the next one; `position` is the entry that set it.

    `week` is its ten sessions; none once they are erased.
    """

    placement_id: UUID
    valid_from: date
    valid_until: date | None
    week: tuple[TimetabledSession, ...]
    position: int
    erased: bool

    def at(self, day: date, session: Session) -> TaughtAt | None:
        """Where a session of a day is taught; None at a weekend, or where that is erased."""
        return self._of_session.get((day.isoweekday(), session))

    @cached_property
    def _of_session(self) -> Mapping[tuple[int, Session], TaughtAt]:
        return by_session(self.week)

    @cached_property
    def nowhere(self) -> tuple[TimetabledSession, ...]:
        """The sessions that nobody has allocated (S17)."""
        return unallocated(self.week)

    def minutes(self, times: SessionTimes, at: TaughtAt = TaughtAt.PROVIDER) -> int:
        """Minutes a week planned at the provider, or in school, by the school's session times."""
        return minutes_a_week(self.week, times, at)


def timetable(connection: Connection, placement_id: UUID, as_at: date, known_at: int) -> Timetable | None:
    """The timetable of one placement valid on a day."""
    return timetables(connection, [placement_id], as_at, known_at).get(placement_id)


def timetables(
    connection: Connection, placement_ids: Iterable[UUID], as_at: date, known_at: int
) -> Mapping[UUID, Timetable]:
    """The timetables valid on a day, by placement; one without a timetable then is left out."""
    rows = _valid(connection, set(placement_ids), as_at, known_at).mappings()
    return {row["placement_id"]: _timetable(row) for row in rows}


@question
def _valid(placement_ids: Collection[UUID], as_at: date, known_at: int) -> Statement:
    table = TIMETABLES.table
    return select(table).where(TIMETABLES.at(as_at, known_at), table.c.placement_id.in_(placement_ids))


def timetable_history(
    connection: Connection, placement_ids: Collection[UUID], known_at: int
) -> Mapping[UUID, tuple[Timetable, ...]]:
    """Every timetable of these placements as known, oldest first, also those not yet valid."""
    found: dict[UUID, tuple[Timetable, ...]] = {}
    for row in _ever(connection, placement_ids, known_at).mappings():
        found[row["placement_id"]] = (*found.get(row["placement_id"], ()), _timetable(row))
    return found


@question
def _ever(placement_ids: Collection[UUID], known_at: int) -> Statement:
    table = TIMETABLES.table
    query = select(table).where(TIMETABLES.known(known_at), table.c.placement_id.in_(placement_ids))
    return query.order_by(table.c.effective_from)


def valid_on(weeks: Sequence[Timetable], day: date) -> Timetable | None:
    """The one of a placement's timetables, oldest first, that is valid on a day."""
    return next((week for week in reversed(weeks) if week.valid_from <= day), None)


def where_taught(week: Timetable | None, day: date, session: Session) -> TaughtAt:
    """Where a pupil is expected at a session; with no timetable, or an erased one, at the provider."""
    at = None if week is None else week.at(day, session)
    return at or TaughtAt.PROVIDER


def _timetable(row: Mapping[Any, Any]) -> Timetable:
    week = () if row["sessions"] is None else msgspec.json.decode(row["sessions"], type=tuple[TimetabledSession, ...])
    return Timetable(
        placement_id=row["placement_id"],
        valid_from=row["effective_from"],
        valid_until=last_day(row["effective_to"]),
        week=week,
        position=row["position"],
        erased=row["erased"],
    )
