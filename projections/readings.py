"""Who looked: every answer in which somebody was shown records of pupils, by person, by pupil and by day.

Readings are many, and nothing else is made of them: they have rows of their own and none among the entries, so that no
chronology, approval or evidence file holds any.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Date,
    Index,
    Integer,
    String,
    Table,
    Text,
    Uuid,
    func,
    select,
)

from domain.events import EvidenceExported, RecordRead
from domain.values import LONDON
from domain.vocabulary import BasisKind, Role, Source
from projections.answers import Moment, word
from projections.axes import Row
from projections.database import POSITION, PREFIX, metadata
from projections.families import (
    ATTENDANCE,
    CONSENT,
    DECISION,
    OFFICE,
    PREPARATION,
    PROVIDER,
    PUPIL,
    RESPONSIBILITY,
    RETURN,
    SCHOOL,
)
from projections.questions import Statement, question
from projections.read_model import Batch, ReadModel, erased, plain

MODEL = ReadModel(
    "readings",
    ignores=(
        *SCHOOL,
        *OFFICE,
        *PUPIL,
        *RESPONSIBILITY,
        *PROVIDER,
        *PREPARATION,
        *DECISION,
        *CONSENT,
        *ATTENDANCE,
        *RETURN,
        EvidenceExported,
    ),
)

READINGS = Table(
    f"{PREFIX}readings",
    metadata,
    Column("position", POSITION, primary_key=True, autoincrement=False),
    Column("stream", Uuid, nullable=False),
    Column("day", Date, nullable=False),
    Column("recorded_at", Moment, nullable=False),
    Column("actor_id", Uuid),
    Column("actor_role", word(Role), nullable=False),
    Column("actor_organisation", Uuid),
    Column("basis_kind", word(BasisKind), nullable=False),
    Column("basis_ref", Uuid),
    Column("actor_name", Text),
    Column("actor_title", Text),
    Column("entered_from", word(Source), nullable=False),
    Column("page", String(64), nullable=False),
    Column("form", String(8), nullable=False),
    Column("count", Integer, nullable=False),
    Column("erased", Boolean, nullable=False),
    Index("readings_actor", "actor_id", "position"),
    Index("readings_day", "day", "position"),
)

WHOSE = Table(
    f"{PREFIX}readings_whose",
    metadata,
    Column("pupil_id", Uuid, primary_key=True),
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Index("readings_whose_position", "position"),
    sqlite_with_rowid=False,
)

_AT_ONCE = 200


@MODEL.applies(RecordRead)
def _read(batch: Batch, position: int, fact: RecordRead) -> None:
    actor = fact.actor
    row: Row = {
        "position": position,
        "stream": fact.originator_id,
        "day": fact.recorded_at.astimezone(LONDON).date(),
        "recorded_at": fact.recorded_at,
        "actor_id": actor.id,
        "actor_role": actor.role,
        "actor_organisation": actor.organisation,
        "basis_kind": actor.basis.kind,
        "basis_ref": actor.basis.ref,
        "actor_name": plain(fact.actor_name),
        "actor_title": plain(fact.actor_title),
        "entered_from": fact.entered_from,
        "page": fact.page,
        "form": fact.form,
        "count": len(fact.pupils),
        "erased": erased(fact.actor_name, fact.actor_title),
    }
    batch.add(READINGS, row)
    for pupil_id in dict.fromkeys(fact.pupils):
        batch.add(WHOSE, {"pupil_id": pupil_id, "position": position})


@dataclass(frozen=True)
class Wanted:
    """Which readings: of one pupil's record, by one person, on one day; of all where nothing is said."""

    pupil_id: UUID | None = None
    actor_id: UUID | None = None
    day: date | None = None


EVERY = Wanted()


@dataclass(frozen=True)
class Reading:
    """One answer: who was shown which page in which form, when, and whose records were in it."""

    position: int
    recorded_at: datetime
    actor_id: UUID | None
    actor_role: Role
    actor_name: str | None
    actor_title: str | None
    page: str
    form: str
    count: int
    pupils: tuple[UUID, ...]


def readings(
    connection: Connection,
    as_at: date,
    known_at: int,
    wanted: Wanted = EVERY,
    *,
    before: int | None = None,
    limit: int | None = None,
) -> Iterator[Reading]:
    """Who looked, newest first and a portion at a time; only those before one entry, and no more than so many."""
    upto, left = known_at + 1 if before is None else before, limit
    while left is None or left > 0:
        portion = _AT_ONCE if left is None else min(left, _AT_ONCE)
        found = _portion(connection, as_at, known_at, upto, portion, **asdict(wanted)).mappings()
        whose = _whose(connection, [row["position"] for row in found])
        yield from (_reading(row, whose) for row in found)
        if len(found) < portion:
            return
        upto, left = found[-1]["position"], None if left is None else left - portion


@question
def _portion(as_at: date, known_at: int, upto: int, portion: int, **wanted: Any) -> Statement:
    query = _narrowed(select(READINGS), as_at, known_at, **wanted).order_by(READINGS.c.position.desc())
    return query.where(READINGS.c.position < upto).limit(portion)


def count(connection: Connection, as_at: date, known_at: int, wanted: Wanted = EVERY) -> int:
    """How many there are of what `readings` would give."""
    return int(_count(connection, as_at, known_at, **asdict(wanted)).scalar())


@question
def _count(as_at: date, known_at: int, **wanted: Any) -> Statement:
    return _narrowed(select(func.count()).select_from(READINGS), as_at, known_at, **wanted)


def only_readings(connection: Connection, after: int, upto: int) -> bool:
    """Whether all entries after a position up to a later one say who looked, and so change nothing else."""
    return 0 <= after < upto and int(_between(connection, after, upto).scalar()) == upto - after


@question
def _between(after: int, upto: int) -> Statement:
    return select(func.count()).where(READINGS.c.position > after, READINGS.c.position <= upto)


@dataclass(frozen=True)
class Reader:
    """Somebody who looked, under the name they last looked by."""

    actor_id: UUID
    name: str | None
    title: str | None


def readers(connection: Connection, as_at: date, known_at: int) -> tuple[Reader, ...]:
    """Everyone who ever looked, by name."""
    return tuple(Reader(*row) for row in _readers(connection, as_at, known_at))


@question
def _readers(as_at: date, known_at: int) -> Statement:
    last = func.max(READINGS.c.position)
    newest = select(last).where(READINGS.c.day <= as_at, READINGS.c.position <= known_at).group_by(READINGS.c.actor_id)
    query = select(READINGS.c.actor_id, READINGS.c.actor_name, READINGS.c.actor_title)
    return query.where(READINGS.c.position.in_(newest)).order_by(
        READINGS.c.actor_name.nulls_first(), READINGS.c.actor_id
    )


def reading_row(connection: Connection, position: int) -> Row | None:
    """One reading as a row of the entries would have it; None where the entry is no reading."""
    found = _at(connection, position).mappings()
    if not found:
        return None
    row = found[0]
    pupils = _whose(connection, [position])[position]
    said = {name: row[name] for name in row if name not in {"day", "page", "form", "count"}}
    facts = {"page": row["page"], "form": row["form"], "pupils": [str(one) for one in pupils]}
    about = {"placement_id": None, "pupil_id": None, "provider_id": None, "received_on": None}
    return said | about | {"version": 1, "topic": RecordRead.TOPIC, "happened_on": row["day"], "facts": facts}


@question
def _at(position: int) -> Statement:
    return select(READINGS).where(READINGS.c.position == position)


def _narrowed(
    query: Statement,
    as_at: date,
    known_at: int,
    *,
    pupil_id: UUID | None,
    actor_id: UUID | None,
    day: date | None,
) -> Statement:
    query = query.where(READINGS.c.position <= known_at, READINGS.c.day <= as_at)
    if pupil_id is not None:
        query = query.join(WHOSE, WHOSE.c.position == READINGS.c.position).where(WHOSE.c.pupil_id == pupil_id)
    if actor_id is not None:
        query = query.where(READINGS.c.actor_id == actor_id)
    return query if day is None else query.where(READINGS.c.day == day)


def _whose(connection: Connection, positions: Collection[int]) -> dict[int, tuple[UUID, ...]]:
    found: dict[int, list[UUID]] = {position: [] for position in positions}
    for position, pupil_id in _named_in(connection, positions):
        found[position].append(pupil_id)
    return {position: tuple(pupils) for position, pupils in found.items()}


@question
def _named_in(positions: Collection[int]) -> Statement:
    query = select(WHOSE.c.position, WHOSE.c.pupil_id).where(WHOSE.c.position.in_(positions))
    return query.order_by(WHOSE.c.position, WHOSE.c.pupil_id)


def _reading(row: Mapping[str, Any], whose: dict[int, tuple[UUID, ...]]) -> Reading:
    said = {name: row[name] for name in Reading.__dataclass_fields__ if name != "pupils"}
    return Reading(**said, pupils=whose[row["position"]])
