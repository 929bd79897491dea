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
from projections.chronology import Entry, entries_where, read_entries
from projections.entries import ENTRIES
from projections.lifecycle import PLACEMENTS
from projections.marks import MARKS, Mark, marks_where, read_marks
from projections.questions import Statement, question


@dataclass(frozen=True)
class Scope:
    """Whose story is told: which entries and which marks belong to it."""

    placement_id: UUID | None = None
    pupil_id: UUID | None = None
    provider_id: UUID | None = None

    @property
    def of_marks(self) -> dict[str, Any]:
        """The same for a question about marks."""
        return {"placement_id": self.placement_id, "pupil_id": self.pupil_id}

    @property
    def of_entries(self) -> dict[str, Any]:
        """The same for a question about entries."""
        return {**self.of_marks, "provider_id": self.provider_id}


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
    return Scope(placement_id=placement_id)


def of_pupil(pupil_id: UUID) -> Scope:
    """The story of one pupil, in all placements and in school."""
    return Scope(pupil_id=pupil_id)


def of_provider(provider_id: UUID) -> Scope:
    """What is recorded of a provider itself."""
    return Scope(provider_id=provider_id)


def _entries(placement_id: UUID | None, pupil_id: UUID | None, provider_id: UUID | None) -> ColumnElement[bool]:
    """Which entries a story has."""
    if placement_id is not None:
        return ENTRIES.c.placement_id == placement_id
    if pupil_id is not None:
        return ENTRIES.c.pupil_id == pupil_id
    return and_(ENTRIES.c.provider_id == provider_id, ENTRIES.c.stream == provider_id)


def _marks(placement_id: UUID | None, pupil_id: UUID | None) -> ColumnElement[bool]:
    """Which marks a story has; a provider's own has none."""
    if placement_id is None:
        return MARKS.table.c.pupil_id == pupil_id
    # Marks are found by their pupil; an index by placement would cost every rebuild more than it saves a page.
    whose = select(PLACEMENTS.table.c.pupil_id).where(PLACEMENTS.table.c.placement_id == placement_id)
    return and_(MARKS.table.c.pupil_id.in_(whose), MARKS.table.c.placement_id == placement_id)


def acts(connection: Connection, scope: Scope, asked: Asked) -> list[Act]:
    """Every act asked for, oldest first."""
    found = [*_entered(connection, scope, asked), *_returned(connection, scope, asked)]
    if scope.provider_id is None:
        found += _attended(connection, scope, asked)
        found += _amended(connection, scope, asked)
    return sorted(found, key=lambda act: (act.day, act.positions[0]))


def _entered(connection: Connection, scope: Scope, asked: Asked) -> Iterator[Act]:
    spelt = _spelt(asked.said)
    rows = _made(connection, asked.as_at, asked.known_at, asked.meant, *spelt, **scope.of_entries)
    for _, group in groupby(rows, key=_one_sending):
        made = list(group)
        days, topics = [row[0] for row in made], dict.fromkeys(row[2] for row in made)
        yield Act(min(days), max(days), tuple(topics), _id(made[0][5]), made[0][3], tuple(row[1] for row in made))


@question
def _made(
    as_at: date, known_at: int, meant: Collection[str], said: str | None, or_said: str | None, **whose: Any
) -> Statement:
    table = ENTRIES.c
    query = select(table.happened_on, table.position, table.topic, table.actor_name, *map(_as_kept, _TOGETHER))
    query = query.where(_entries(**whose), table.topic != ProviderReturnReceived.TOPIC)
    query = query.where(table.happened_on <= as_at, table.position <= known_at).order_by(table.position)
    if said is None or or_said is None:
        return query
    return query.where(or_(table.topic.in_(meant), *_says(said, or_said, table.facts, table.actor_name)))


def _returned(connection: Connection, scope: Scope, asked: Asked) -> Iterator[Act]:
    """What providers said of one week, as one person entered it: a term of returns is not a hundred lines."""
    said = _spelt(asked.said if ProviderReturnReceived.TOPIC not in asked.meant else "")
    together: dict[tuple[Any, ...], list[Any]] = {}
    for row in _came(connection, asked.as_at, asked.known_at, *said, **scope.of_entries):
        together.setdefault((row[3], *row[0].isocalendar()[:2]), []).append(row)
    for made in together.values():
        positions = tuple(row[1] for row in made)
        yield Act(made[0][0], made[-1][0], _RETURNED, _id(made[0][3]), made[0][2], positions)


@question
def _came(as_at: date, known_at: int, said: str | None, or_said: str | None, **whose: Any) -> Statement:
    table = ENTRIES.c
    query = select(table.happened_on, table.position, table.actor_name, _as_kept(table.actor_id))
    query = query.where(_entries(**whose), table.topic == ProviderReturnReceived.TOPIC)
    query = query.where(table.happened_on <= as_at, table.position <= known_at)
    query = query.order_by(table.happened_on, table.position)
    if said is None or or_said is None:
        return query
    return query.where(or_(*_says(said, or_said, table.facts, table.actor_name)))


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


def _attended(connection: Connection, scope: Scope, asked: Asked) -> Iterator[Act]:
    """What one person entered on one day of one week's attendance: a day's two sessions, or a week sent at once."""
    said = _spelt(asked.said if AttendanceMarked.TOPIC not in asked.meant else "")
    together: dict[tuple[Any, ...], list[Any]] = {}
    for row in _marked(connection, asked.as_at, asked.known_at, *said, **scope.of_marks):
        together.setdefault((str(row[3])[:10], row[4], *row[0].isocalendar()[:2]), []).append(row)
    for made in together.values():
        days = tuple(dict.fromkeys(row[0] for row in made))
        positions = tuple(sorted(row[1] for row in made))
        yield Act(days[0], days[-1], _MARKED, _id(made[0][4]), made[0][2], positions, days)


@question
def _marked(as_at: date, known_at: int, said: str | None, or_said: str | None, **whose: Any) -> Statement:
    table = MARKS.table.c
    sent, by = _as_kept(table.recorded_at), _as_kept(table.actor_id)
    query = select(table.day, table.known_from, table.actor_name, sent, by)
    query = query.where(_marks(**whose), table.amends.is_(None))
    query = query.where(table.day <= as_at, table.known_from <= known_at).order_by(table.day, table.known_from)
    if said is None or or_said is None:
        return query
    return query.where(or_(*_says(said, or_said, table.note, table.taken_by, table.actor_name)))


def _amended(connection: Connection, scope: Scope, asked: Asked) -> Iterator[Act]:
    said = _spelt(asked.said if AttendanceAmended.TOPIC not in asked.meant else "")
    found = _corrected(connection, asked.as_at, asked.known_at, *said, **scope.of_marks)
    for amended_on, day, position, name, by in found:
        yield Act(amended_on, amended_on, _AMENDED, _id(by), name, (position,), (day,))


@question
def _corrected(as_at: date, known_at: int, said: str | None, or_said: str | None, **whose: Any) -> Statement:
    table = MARKS.table.c
    query = select(table.amended_on, table.day, table.known_from, table.actor_name, _as_kept(table.actor_id))
    query = query.where(_marks(**whose), table.amends.is_not(None))
    query = query.where(table.amended_on <= as_at, table.known_from <= known_at)
    if said is None or or_said is None:
        return query
    return query.where(or_(*_says(said, or_said, table.reason, table.actor_name)))


_MARKED, _AMENDED = (AttendanceMarked.TOPIC,), (AttendanceAmended.TOPIC,)
_RETURNED = (ProviderReturnReceived.TOPIC,)


def _spelt(said: str) -> tuple[str, str] | tuple[None, None]:
    """Words in both spellings, as patterns take them; words of vocabularies are kept with underscores."""
    if not said:
        return None, None
    escaped = said.replace("/", "//").replace("%", "/%").replace("_", "/_")
    return escaped, escaped.replace(" ", "/_")


def _says(said: str, or_said: str, *columns: ColumnElement[Any]) -> list[ColumnElement[bool]]:
    """Whether any of these says it, in either spelling."""
    return [column.icontains(one, escape="/") for column in columns for one in (said, or_said)]


def entries_of(connection: Connection, shown: Sequence[Act]) -> Mapping[int, Entry]:
    """The entries of some acts in full, by position; those of attendance are marks (see `marks_of`)."""
    positions = [at for act in shown if not act.days for at in act.positions]
    found = read_entries(_entries_at(connection, positions)) if positions else ()
    return {one.position: one for one in found}


@question
def _entries_at(positions: Collection[int]) -> Statement:
    return entries_where(ENTRIES.c.position.in_(positions))


def marks_of(connection: Connection, scope: Scope, shown: Sequence[Act], known_at: int) -> Mapping[int, Mark]:
    """The marks that some acts made or amended, by the position of each mark and each amendment."""
    days = {day for act in shown for day in act.days}
    if not days:
        return {}
    found = read_marks(_marks_on(connection, days, known_at, **scope.of_marks))
    return {at: mark for mark in found for at in (mark.position, *(made.position for made in mark.amendments))}


@question
def _marks_on(days: Collection[date], known_at: int, **whose: Any) -> Statement:
    return marks_where(known_at, _marks(**whose), MARKS.table.c.day.in_(days))
