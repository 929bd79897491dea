"""What happened to a placement or a pupil, in order of days, with attendance drawn together a day at a time."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, Connection, Table, and_, select

from domain.events import AttendanceAmended, AttendanceMarked, ProviderReturnReceived, attendance_id
from domain.values import Erased
from domain.vocabulary import BasisKind, Role, Session, Source
from projections.entries import ENTRIES, own_fields
from projections.lifecycle import PLACEMENTS
from projections.marks import MARKS, Mark, marks_where, read_marks
from projections.questions import Statement, question
from projections.readings import reading_row
from projections.returns import RETURNS, Return, read_returns, returns_where
from projections.rows import Rows


@dataclass(frozen=True)
class Entry:
    """One entry: who recorded what about whom, when it happened, was received and was recorded.

    `entered_from` says how it came in; attendance rows keep no such word, and the entry itself has it.
    `facts` are the entry's own fields as JSON values; an erased one is `{"erased": true}`. `corrects` is the position
    of the entry that this one amends, `corrected_by` that of the one known to amend it. `relied_on` maps streams to the
    versions that a decision rested on.
    """

    position: int
    stream: UUID
    version: int
    topic: str
    placement_id: UUID | None
    pupil_id: UUID | None
    provider_id: UUID | None
    happened_on: date
    received_on: date | None
    recorded_at: datetime
    actor_id: UUID | None
    actor_role: Role
    actor_organisation: UUID | None
    basis_kind: BasisKind
    basis_ref: UUID | None
    actor_name: str | None
    actor_title: str | None
    entered_from: Source | None
    facts: dict[str, Any]
    relied_on: dict[UUID, int]
    corrects: int | None
    corrected_by: int | None
    erased: bool


@dataclass(frozen=True)
class AttendanceDay:
    """One day of one pupil, drawn together: marks and providers' returns; `positions` leads to its `count` entries."""

    pupil_id: UUID
    placement_id: UUID | None
    happened_on: date
    count: int
    positions: tuple[int, ...]
    marks: tuple[Mark, ...]
    returns: tuple[Return, ...] = ()


def chronology(
    connection: Connection, placement_id: UUID, as_at: date, known_at: int
) -> tuple[Entry | AttendanceDay, ...]:
    """What happened to a placement up to a day, as known: entries in order of days, attendance one item a day."""
    return _chronology(connection, as_at, known_at, placement_id=placement_id)


def for_pupil(connection: Connection, pupil_id: UUID, as_at: date, known_at: int) -> tuple[Entry | AttendanceDay, ...]:
    """The same for everything that concerns a pupil, in all placements and in school."""
    return _chronology(connection, as_at, known_at, pupil_id=pupil_id)


def for_provider(connection: Connection, provider_id: UUID, as_at: date, known_at: int) -> tuple[Entry, ...]:
    """What is recorded of a provider itself, in order of days."""
    return read_entries(_of_provider(connection, provider_id, as_at, known_at))


@question
def _of_provider(provider_id: UUID, as_at: date, known_at: int) -> Statement:
    own = (ENTRIES.c.provider_id == provider_id, ENTRIES.c.stream == provider_id)
    return entries_where(*own, ENTRIES.c.happened_on <= as_at, ENTRIES.c.position <= known_at)


def entry(connection: Connection, position: int, known_at: int) -> Entry | None:
    """One entry by its position (leaf index + 1), attendance and readings included; None where it is not known yet."""
    if position > known_at:
        return None
    found = read_entries(_at(connection, position))
    return found[0] if found else _mark_entry(connection, position, known_at) or _reading_entry(connection, position)


@question
def _at(position: int) -> Statement:
    return entries_where(ENTRIES.c.position == position)


def entries_where(*which: ColumnElement[bool]) -> Statement:
    """What asks for entries other than attendance, in order of days and then of recording; for `read_entries`."""
    return select(ENTRIES).where(*which).order_by(ENTRIES.c.happened_on, ENTRIES.c.position)


def read_entries(found: Rows) -> tuple[Entry, ...]:
    """The entries that were asked for."""
    return tuple(map(_entry, found.mappings()))


def newest(
    connection: Connection, placement_id: UUID, topics: Collection[str], as_at: date, known_at: int
) -> dict[str, Entry]:
    """The newest entry of each of some kinds about a placement, by its topic."""
    said = read_entries(_of_topics(connection, topics, as_at, known_at, placement_id=placement_id))
    return {entry.topic: entry for entry in said}


def newest_of_pupil(connection: Connection, pupil_id: UUID, topic: str, as_at: date, known_at: int) -> Entry | None:
    """The newest entry of a kind about a pupil, in whichever placement."""
    said = read_entries(_of_topics(connection, [topic], as_at, known_at, pupil_id=pupil_id))
    return said[-1] if said else None


@question
def _of_topics(
    topics: Collection[str],
    as_at: date,
    known_at: int,
    placement_id: UUID | None = None,
    pupil_id: UUID | None = None,
) -> Statement:
    about = ENTRIES.c.pupil_id == pupil_id if placement_id is None else ENTRIES.c.placement_id == placement_id
    upto = (ENTRIES.c.happened_on <= as_at, ENTRIES.c.position <= known_at)
    return entries_where(about, ENTRIES.c.topic.in_(topics), *upto)


def _chronology(connection: Connection, as_at: date, known_at: int, **whose: UUID) -> tuple[Entry | AttendanceDay, ...]:
    said = read_entries(_said_of(connection, as_at, known_at, **whose))
    marks = read_marks(_marks_of(connection, as_at, known_at, **whose))
    returns = read_returns(_returns_of(connection, as_at, known_at, **whose), known_at)
    return tuple(sorted((*said, *_days(marks, returns)), key=_order))


@question
def _said_of(as_at: date, known_at: int, placement_id: UUID | None = None, pupil_id: UUID | None = None) -> Statement:
    about = ENTRIES.c.pupil_id == pupil_id if placement_id is None else ENTRIES.c.placement_id == placement_id
    own_line = ENTRIES.c.topic != ProviderReturnReceived.TOPIC  # a return belongs to its day's attendance
    return entries_where(about, own_line, ENTRIES.c.happened_on <= as_at, ENTRIES.c.position <= known_at)


@question
def _marks_of(as_at: date, known_at: int, placement_id: UUID | None = None, pupil_id: UUID | None = None) -> Statement:
    return marks_where(known_at, _attended(MARKS.table, placement_id, pupil_id), MARKS.table.c.day <= as_at)


@question
def _returns_of(
    as_at: date, known_at: int, placement_id: UUID | None = None, pupil_id: UUID | None = None
) -> Statement:
    return returns_where(known_at, _attended(RETURNS.table, placement_id, pupil_id), RETURNS.table.c.day <= as_at)


def _attended(table: Table, placement_id: UUID | None, pupil_id: UUID | None) -> ColumnElement[bool]:
    """Found by the pupil; an index by placement would cost every rebuild more than it saves a page."""
    if placement_id is None:
        return table.c.pupil_id == pupil_id
    whose = select(PLACEMENTS.table.c.pupil_id).where(PLACEMENTS.table.c.placement_id == placement_id)
    return and_(table.c.pupil_id.in_(whose), table.c.placement_id == placement_id)


def _order(item: Entry | AttendanceDay) -> tuple[date, int]:
    return item.happened_on, item.position if isinstance(item, Entry) else item.positions[0]


def _days(marks: tuple[Mark, ...], returns: tuple[Return, ...]) -> list[AttendanceDay]:
    marked = {key: tuple(group) for key, group in groupby(marks, key=_of_day)}
    returned = {key: tuple(group) for key, group in groupby(returns, key=_of_day)}
    days = []
    for pupil_id, day in marked | returned:
        own, said = marked.get((pupil_id, day), ()), returned.get((pupil_id, day), ())
        positions = {at for mark in own for at in (mark.position, *(made.position for made in mark.amendments))}
        positions |= {one.position for one in said}
        placement_id = own[0].placement_id if own else said[0].placement_id
        of_day = AttendanceDay(pupil_id, placement_id, day, len(positions), tuple(sorted(positions)), own, said)
        days.append(of_day)
    return days


def _of_day(one: Mark | Return) -> tuple[UUID, date]:
    return one.pupil_id, one.day


def _entry(row: Mapping[str, Any]) -> Entry:
    said: dict[str, Any] = dict(row)
    said["facts"] = msgspec.json.decode(row["facts"])
    said["relied_on"] = msgspec.json.decode(row["relied_on"], type=dict[UUID, int])
    return Entry(**said, corrects=None, corrected_by=None)


@question
def _mark_at(position: int) -> Statement:
    return select(MARKS.table).where(MARKS.table.c.known_from == position)


def _mark_entry(connection: Connection, position: int, known_at: int) -> Entry | None:
    """Read a row of attendance back as the entry that made it."""
    found = _mark_at(connection, position).mappings()
    if not found:
        return None
    row = found[0]
    amended = row["amends"] is not None
    return Entry(
        position=position,
        stream=attendance_id(row["pupil_id"], row["day"], Session(row["session"])),
        version=row["version"],
        topic=AttendanceAmended.TOPIC if amended else AttendanceMarked.TOPIC,
        placement_id=row["placement_id"],
        pupil_id=row["pupil_id"],
        provider_id=None,
        happened_on=row["amended_on"] if amended else row["day"],
        received_on=None,
        recorded_at=row["recorded_at"],
        actor_id=row["actor_id"],
        actor_role=Role(row["actor_role"]),
        actor_organisation=row["actor_organisation"],
        basis_kind=BasisKind(row["basis_kind"]),
        basis_ref=row["basis_ref"],
        actor_name=row["actor_name"],
        actor_title=row["actor_title"],
        entered_from=None,
        facts=_mark_facts(row, AttendanceAmended if amended else AttendanceMarked),
        relied_on={},
        corrects=row["amends"],
        corrected_by=row["known_to"] if row["known_to"] <= known_at else None,
        erased=row["erased"],
    )


def _reading_entry(connection: Connection, position: int) -> Entry | None:
    row = reading_row(connection, position)
    return None if row is None else Entry(**row, relied_on={}, corrects=None, corrected_by=None)


def _mark_facts(row: Mapping[str, Any], kind: type[AttendanceMarked | AttendanceAmended]) -> dict[str, Any]:
    """The entry's own fields out of its row, as JSON values; what is sealed and gone is shown as erased."""
    sealed = {name for group in kind.PERSONAL.values() for name in group}
    facts: dict[str, Any] = {}
    for name in own_fields(kind):
        value = row["code" if name == "amended_code" else name]
        facts[name] = Erased() if row["erased"] and value is None and name in sealed else value
    said: dict[str, Any] = msgspec.to_builtins(facts)
    return said
