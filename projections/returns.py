"""What providers said of each session, beside the school's marks: the return that stands, and those before it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Date,
    Index,
    String,
    Text,
    Uuid,
    select,
)

from domain.events import ProviderReturnReceived
from domain.vocabulary import Returned, Session
from projections.answers import Moment, columns, every, word
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
    SCHOOL,
)
from projections.questions import Statement, question
from projections.read_model import Batch, ReadModel, erased, plain
from projections.rows import Rows

MODEL = ReadModel(
    "returns",
    ignores=(
        *(*SCHOOL, *OFFICE, *PUPIL, *RESPONSIBILITY, *PROVIDER),
        *(*PREPARATION, *DECISION, *CONSENT, *ATTENDANCE, *READING),
    ),
)

RETURNS = Chain(
    "returns",
    [
        Column("pupil_id", Uuid, nullable=False),
        Column("day", Date, nullable=False),
        Column("session", String(2), nullable=False),
    ],
    [
        Column("school_id", Uuid, nullable=False),
        Column("placement_id", Uuid, nullable=False),
        Column("received_on", Date, nullable=False),
        Column("recorded_at", Moment, nullable=False),
        Column("attendance", word(Returned)),
        Column("arrived", Text),
        Column("left", Text),
        Column("note", Text),
        Column("given_by", Text),
        Column("actor_name", Text),
        Column("actor_title", Text),
        Column("erased", Boolean, nullable=False),
    ],
    Index("returns_school", "school_id", "day"),
)
"""One row an entry; a later return for the same session closes the row of the one before."""

_SEALED = ("attendance", "arrived", "left", "note", "given_by", "actor_name", "actor_title")


@MODEL.applies(ProviderReturnReceived)
def _received(batch: Batch, position: int, fact: ProviderReturnReceived) -> None:
    sealed = {name: getattr(fact, name) for name in _SEALED}
    values = {name: plain(value) for name, value in sealed.items()}
    clear = {name: getattr(fact, name) for name in ("school_id", "placement_id", "received_on", "recorded_at")}
    said = clear | values | {"erased": erased(*sealed.values())}
    batch.chain(RETURNS).extend(position, (fact.pupil_id, fact.day, fact.session.value), lambda _: said)


@dataclass(frozen=True)
class Return:
    """What a provider says of one pupil's one session; `position` is its entry, and it stands unless `replaced`."""

    pupil_id: UUID
    placement_id: UUID
    day: date
    session: Session
    received_on: date
    recorded_at: datetime
    attendance: Returned | None
    arrived: str | None
    left: str | None
    note: str | None
    given_by: str | None
    actor_name: str | None
    actor_title: str | None
    erased: bool
    position: int
    replaced_at: int | None = None


def returns(
    connection: Connection,
    known_at: int,
    *,
    first: date,
    last: date,
    school_id: UUID | None = None,
    placement_ids: Collection[UUID] | None = None,
) -> tuple[Return, ...]:
    """The returns that stand for the days from `first` to `last`, by pupil, day and session."""
    return read_returns(_returns(connection, known_at, first, last, school_id, placement_ids), known_at)


@question
def _returns(
    known_at: int, first: date, last: date, school_id: UUID | None, placement_ids: Collection[UUID] | None
) -> Statement:
    table = RETURNS.table
    which = [table.c.day.between(first, last), RETURNS.known(known_at)]
    if school_id is not None:
        which.append(table.c.school_id == school_id)
    if placement_ids is not None:
        which.append(table.c.placement_id.in_(placement_ids))
    return returns_where(known_at, *which)


def returns_where(known_at: int, *which: ColumnElement[bool]) -> Statement:
    """What asks for returns by what their rows say, replaced ones too unless left out; `read_returns` reads them."""
    table = RETURNS.table
    query = select(*_COLUMNS).where(table.c.known_from <= known_at, *which)
    return query.order_by(table.c.pupil_id, table.c.day, table.c.session, table.c.known_from)


def read_returns(found: Rows, known_at: int) -> tuple[Return, ...]:
    """Returns by pupil, day, session and entry."""
    return tuple(_standing(one, known_at) for one in every(Return, found))


def _standing(found: Return, known_at: int) -> Return:
    later = found.replaced_at
    known = later if later is not None and later <= known_at else None
    return replace(found, session=Session(found.session), replaced_at=known)


_COLUMNS = columns(Return, RETURNS.table, position="known_from", replaced_at="known_to")
