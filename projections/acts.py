"""A chronology in outline: one act for whatever one person entered in one go, told in full only where it is shown."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, String, and_, or_, select, type_coerce

from domain.events import AttendanceAmended, AttendanceMarked, ProviderReturnReceived
from projections.chronology import Entry, entries_where
from projections.entries import ENTRIES
from projections.lifecycle import PLACEMENTS
from projections.marks import MARKS, Mark, marks_where


@dataclass(frozen=True)
class Scope:
    """Whose story is told: which entries and which marks belong to it."""

    entries: ColumnElement[bool]
    marks: ColumnElement[bool] | None


@dataclass(frozen=True)
class Asked:
    """Up to which day and entry a story is told; narrowed, where words are asked for, to what says or `means` them."""

    as_at: date
    known_at: int
    said: str = ""
    meant: Collection[str] = ()


@dataclass(frozen=True)
class Act:
    """What one person entered in one go, and the day or days it is about; `positions` are its entries.

    `days` are those whose marks it shows: of attendance those it marked, of an amendment the one amended. `by` is the
    id of who entered it, as text, and `name` the name they had.
    """

    day: date
    until: date
    topics: tuple[str, ...]
    by: str
    name: str | None
    positions: tuple[int, ...]
    days: tuple[date, ...] = ()


def of_placement(placement_id: UUID) -> Scope:
    """The story of one placement."""
    # Marks are found by their pupil; an index by placement would cost every rebuild more than it saves a page.
    whose = select(PLACEMENTS.table.c.pupil_id).where(PLACEMENTS.table.c.placement_id == placement_id)
    attended = and_(MARKS.table.c.pupil_id.in_(whose), MARKS.table.c.placement_id == placement_id)
    return Scope(ENTRIES.c.placement_id == placement_id, attended)


def of_pupil(pupil_id: UUID) -> Scope:
    """The story of one pupil, in all placements and in school."""
    return Scope(ENTRIES.c.pupil_id == pupil_id, MARKS.table.c.pupil_id == pupil_id)


def of_provider(provider_id: UUID) -> Scope:
    """What is recorded of a provider itself."""
    return Scope(and_(ENTRIES.c.provider_id == provider_id, ENTRIES.c.stream == provider_id), None)


def acts(connection: Connection, scope: Scope, asked: Asked) -> list[Act]:
    """Every act asked for, oldest first."""
    found = [*_entered(connection, scope, asked), *_returned(connection, scope, asked)]
    if scope.marks is not None:
        found += _attended(connection, scope.marks, asked)
        found += _amended(connection, scope.marks, asked)
    return sorted(found, key=lambda act: (act.day, act.positions[0]))


def _entered(connection: Connection, scope: Scope, asked: Asked) -> Iterator[Act]:
    table = ENTRIES.c
    query = select(table.happened_on, table.position, table.topic, table.actor_name, *map(_as_kept, _TOGETHER)).where(
        scope.entries, table.happened_on <= asked.as_at, table.position <= asked.known_at
    )
    if asked.said:
        query = query.where(or_(table.topic.in_(asked.meant), *_says(asked.said, table.facts, table.actor_name)))
    rows = connection.execute(query.where(table.topic != ProviderReturnReceived.TOPIC).order_by(table.position))
    for _, group in groupby(rows, key=_one_sending):
        made = list(group)
        days, topics = [row[0] for row in made], dict.fromkeys(row[2] for row in made)
        yield Act(min(days), max(days), tuple(topics), _id(made[0][5]), made[0][3], tuple(row[1] for row in made))


def _returned(connection: Connection, scope: Scope, asked: Asked) -> Iterator[Act]:
    """What providers said of one week, as one person entered it: a term of returns is not a hundred lines."""
    table = ENTRIES.c
    query = select(table.happened_on, table.position, table.actor_name, _as_kept(table.actor_id)).where(
        scope.entries,
        table.topic == ProviderReturnReceived.TOPIC,
        table.happened_on <= asked.as_at,
        table.position <= asked.known_at,
    )
    if asked.said and ProviderReturnReceived.TOPIC not in asked.meant:
        query = query.where(or_(*_says(asked.said, table.facts, table.actor_name)))
    together: dict[tuple[Any, ...], list[Any]] = {}
    for row in connection.execute(query.order_by(table.happened_on, table.position)):
        together.setdefault((row[3], *row[0].isocalendar()[:2]), []).append(row)
    for made in together.values():
        positions = tuple(row[1] for row in made)
        yield Act(made[0][0], made[-1][0], _RETURNED, _id(made[0][3]), made[0][2], positions)


def _one_sending(row: Any) -> tuple[Any, ...]:
    """One command says all it has to say in one record; a provider's return has a record for each session."""
    sent, by, stream = row[4:]
    return sent, by, "" if row[2] == ProviderReturnReceived.TOPIC else stream


_TOGETHER = (ENTRIES.c.recorded_at, ENTRIES.c.actor_id, ENTRIES.c.stream)


def _as_kept(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """A value that is only compared need not be read as what it is."""
    return type_coerce(column, String)


def _id(kept: object) -> str:
    """An id as SQLite keeps it, 32 letters and digits; PostgreSQL gives it with its hyphens."""
    return str(kept or "").replace("-", "")


def _attended(connection: Connection, which: ColumnElement[bool], asked: Asked) -> Iterator[Act]:
    """What one person entered on one day of one week's attendance: a day's two sessions, or a week sent at once."""
    table = MARKS.table.c
    sent, by = _as_kept(table.recorded_at), _as_kept(table.actor_id)
    query = select(table.day, table.known_from, table.actor_name, sent, by).where(
        which, table.amends.is_(None), table.day <= asked.as_at, table.known_from <= asked.known_at
    )
    if asked.said and AttendanceMarked.TOPIC not in asked.meant:
        query = query.where(or_(*_says(asked.said, table.note, table.taken_by, table.actor_name)))
    together: dict[tuple[Any, ...], list[Any]] = {}
    for row in connection.execute(query.order_by(table.day, table.known_from)):
        together.setdefault((str(row[3])[:10], row[4], *row[0].isocalendar()[:2]), []).append(row)
    for made in together.values():
        days = tuple(dict.fromkeys(row[0] for row in made))
        positions = tuple(sorted(row[1] for row in made))
        yield Act(days[0], days[-1], _MARKED, _id(made[0][4]), made[0][2], positions, days)


def _amended(connection: Connection, which: ColumnElement[bool], asked: Asked) -> Iterator[Act]:
    table = MARKS.table.c
    by = _as_kept(table.actor_id)
    query = select(table.amended_on, table.day, table.known_from, table.actor_name, by).where(
        which, table.amends.is_not(None), table.amended_on <= asked.as_at, table.known_from <= asked.known_at
    )
    if asked.said and AttendanceAmended.TOPIC not in asked.meant:
        query = query.where(or_(*_says(asked.said, table.reason, table.actor_name)))
    for amended_on, day, position, name, by in connection.execute(query):
        yield Act(amended_on, amended_on, _AMENDED, _id(by), name, (position,), (day,))


_MARKED, _AMENDED = (AttendanceMarked.TOPIC,), (AttendanceAmended.TOPIC,)
_RETURNED = (ProviderReturnReceived.TOPIC,)


def _says(said: str, *columns: ColumnElement[Any]) -> list[ColumnElement[bool]]:
    """Whether any of these says it; words of vocabularies are kept with underscores."""
    spellings = dict.fromkeys((said, said.replace(" ", "_")))
    return [column.icontains(one, autoescape=True) for column in columns for one in spellings]


def entries_of(connection: Connection, shown: Sequence[Act]) -> Mapping[int, Entry]:
    """The entries of some acts in full, by position; those of attendance are marks (see `marks_of`)."""
    positions = [at for act in shown if not act.days for at in act.positions]
    found = entries_where(connection, ENTRIES.c.position.in_(positions)) if positions else ()
    return {one.position: one for one in found}


def marks_of(connection: Connection, scope: Scope, shown: Sequence[Act], known_at: int) -> Mapping[int, Mark]:
    """The marks that some acts made or amended, by the position of each mark and each amendment."""
    days = {day for act in shown for day in act.days}
    if not days or scope.marks is None:
        return {}
    found = marks_where(connection, known_at, scope.marks, MARKS.table.c.day.in_(days))
    return {at: mark for mark in found for at in (mark.position, *(made.position for made in mark.amendments))}
