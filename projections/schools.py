"""The schools of the group and their calendars; both are known from a position on and take effect on no one day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property, lru_cache
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Column, Connection, String, Text, Uuid, select

from domain.events import SchoolCalendarPublished, SchoolRecorded
from domain.parts import SessionTimes, Term
from domain.rules import school_days
from projections.answers import columns, every, one
from projections.axes import Chain
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
)
from projections.questions import Statement, question
from projections.read_model import Batch, ReadModel

MODEL = ReadModel(
    "schools",
    ignores=(
        *OFFICE,
        *PUPIL,
        *RESPONSIBILITY,
        *PROVIDER,
        *PREPARATION,
        *DECISION,
        *CONSENT,
        *ATTENDANCE,
        *RETURN,
        *READING,
    ),
)

SCHOOLS = Chain(
    "schools",
    [Column("school_id", Uuid, nullable=False)],
    [Column("name", Text, nullable=False), Column("urn", String(16), nullable=False)],
)

CALENDARS = Chain(
    "school_calendars",
    [Column("school_id", Uuid, nullable=False), Column("year", String(16), nullable=False)],
    [Column(name, Text, nullable=False) for name in ("terms", "inset_days", "closures", "session_times")],
)


@MODEL.applies(SchoolRecorded)
def _recorded(batch: Batch, position: int, fact: SchoolRecorded) -> None:
    values = {"name": fact.name, "urn": fact.urn}
    batch.chain(SCHOOLS).extend(position, (fact.originator_id,), lambda _: values)


@MODEL.applies(SchoolCalendarPublished)
def _published(batch: Batch, position: int, fact: SchoolCalendarPublished) -> None:
    values = {
        name: msgspec.json.encode(getattr(fact, name)).decode()
        for name in ("terms", "inset_days", "closures", "session_times")
    }
    batch.chain(CALENDARS).extend(position, (fact.originator_id, fact.year), lambda _: values)


@dataclass(frozen=True)
class School:
    """A school of the group; `position` is the entry that says so."""

    school_id: UUID
    name: str
    urn: str
    position: int


@dataclass(frozen=True)
class Calendar:
    """The sessions of one school year; `position` is the entry that published it."""

    school_id: UUID
    year: str
    terms: tuple[Term, ...]
    inset_days: tuple[date, ...]
    closures: tuple[date, ...]
    session_times: SessionTimes
    position: int

    def covers(self, day: date) -> bool:
        """Whether the day lies within this year's terms, half-term holidays included."""
        return any(term.start <= day <= term.end for term in self.terms)

    def has_sessions(self, day: date) -> bool:
        """Whether pupils are expected that day."""
        return day in self._open

    @cached_property
    def _open(self) -> frozenset[date]:
        return frozenset(
            first + timedelta(days=number)
            for first, last in ((term.start, term.end) for term in self.terms)
            for number in range((last - first).days + 1)
            if school_days.has_sessions(self, first + timedelta(days=number))
        )


def schools(connection: Connection, known_at: int) -> tuple[School, ...]:
    """Every school of the group, by name."""
    return every(School, _schools(connection, known_at))


def school(connection: Connection, school_id: UUID, known_at: int) -> School | None:
    """One school."""
    return one(School, _schools(connection, known_at, school_id))


def calendars(connection: Connection, school_id: UUID, known_at: int) -> tuple[Calendar, ...]:
    """The calendars a school has published, by year."""
    return tuple(map(_calendar, _calendars(connection, known_at, school_id)))


def all_calendars(connection: Connection, known_at: int) -> tuple[Calendar, ...]:
    """Every school's calendars, by year."""
    return tuple(map(_calendar, _calendars(connection, known_at)))


def is_school_day(connection: Connection, school_id: UUID, day: date, known_at: int) -> bool:
    """Whether a school holds sessions on a day; where no calendar reaches, on every weekday."""
    return school_days.is_school_day(calendars(connection, school_id, known_at), day)


@question
def _schools(known_at: int, school_id: UUID | None = None) -> Statement:
    table = SCHOOLS.table
    query = select(*columns(School, table, position="known_from")).where(SCHOOLS.known(known_at))
    query = query.order_by(table.c.name, table.c.school_id)
    return query if school_id is None else query.where(table.c.school_id == school_id)


@question
def _calendars(known_at: int, school_id: UUID | None = None) -> Statement:
    table = CALENDARS.table
    query = (
        select(*columns(Calendar, table, position="known_from")).where(CALENDARS.known(known_at)).order_by(table.c.year)
    )
    return query if school_id is None else query.where(table.c.school_id == school_id)


@lru_cache(maxsize=256)
def _calendar(row: Any) -> Calendar:
    """Calendars are few and do not change: each is decoded once, and works out once which days have sessions."""
    return Calendar(
        school_id=row.school_id,
        year=row.year,
        terms=msgspec.json.decode(row.terms, type=tuple[Term, ...]),
        inset_days=msgspec.json.decode(row.inset_days, type=tuple[date, ...]),
        closures=msgspec.json.decode(row.closures, type=tuple[date, ...]),
        session_times=msgspec.json.decode(row.session_times, type=SessionTimes),
        position=row.position,
    )
