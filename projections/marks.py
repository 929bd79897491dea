"""Attendance marks and their amendments: one row an entry, an amendment carrying on what its mark said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Date,
    Index,
    Integer,
    String,
    Text,
    Uuid,
    select,
)

from domain.events import AttendanceAmended, AttendanceMarked
from domain.values import Erased
from domain.vocabulary import AmendmentReason, Role, Session
from projections.answers import Moment
from projections.axes import Chain, Row
from projections.families import (
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
from projections.questions import Statement, question
from projections.read_model import Batch, ReadModel, erased, plain
from projections.rows import Rows

MODEL = ReadModel(
    "marks",
    ignores=(
        *SCHOOL,
        *OFFICE,
        *PUPIL,
        *RESPONSIBILITY,
        *PROVIDER,
        *PREPARATION,
        *DECISION,
        *CONSENT,
        *RETURN,
        *READING,
    ),
)

MARKS = Chain(
    "marks",
    [
        Column("pupil_id", Uuid, nullable=False),
        Column("day", Date, nullable=False),
        Column("session", String(2), nullable=False),
    ],
    [
        Column("version", Integer, nullable=False),
        Column("school_id", Uuid),
        Column("placement_id", Uuid),
        Column("site_id", Uuid),
        Column("taken_at", Moment),
        Column("taken_by", Text),
        Column("code", Text),
        Column("minutes_late", Integer),
        Column("nature", Text),
        Column("note", Text),
        Column("amends", BigInteger),
        Column("corrects", Integer),
        Column("amended_on", Date),
        Column("original_code", Text),
        Column("reason_code", Text),
        Column("reason", Text),
        Column("recorded_at", Moment, nullable=False),
        Column("actor_id", Uuid),
        Column("actor_role", String(40), nullable=False),
        Column("actor_organisation", Uuid),
        Column("basis_kind", String(40), nullable=False),
        Column("basis_ref", Uuid),
        Column("actor_name", Text),
        Column("actor_title", Text),
        Column("erased", Boolean, nullable=False),
    ],
    Index("marks_school", "school_id", "day"),
)
"""One row an entry; `known_from` is its position. An amended mark keeps its row, closed at the amendment's position."""


@MODEL.applies(AttendanceMarked)
def _marked(batch: Batch, position: int, fact: AttendanceMarked) -> None:
    """One look tells whether anything is erased, and every column is given: a rebuild does this for each mark."""
    sealed: Sequence[Any] = (fact.code, fact.minutes_late, fact.nature, fact.note, fact.taken_by)
    sealed = (*sealed, fact.actor_name, fact.actor_title)
    gone = Erased in map(type, sealed)
    code, minutes_late, nature, note, taken_by, actor_name, actor_title = map(plain, sealed) if gone else sealed
    actor = fact.actor
    batch.chain(MARKS).open(
        position,
        {
            "pupil_id": fact.pupil_id,
            "day": fact.day,
            "session": fact.session.value,
            "version": fact.originator_version,
            "school_id": fact.school_id,
            "placement_id": fact.placement_id,
            "site_id": fact.site_id,
            "taken_at": fact.taken_at.astimezone(UTC),
            "taken_by": taken_by,
            "code": code,
            "minutes_late": minutes_late,
            "nature": nature,
            "note": note,
            "amends": None,
            "corrects": None,
            "amended_on": None,
            "original_code": None,
            "reason_code": None,
            "reason": None,
            "recorded_at": fact.recorded_at,
            "actor_id": actor.id,
            "actor_role": actor.role.value,
            "actor_organisation": actor.organisation,
            "basis_kind": actor.basis.kind.value,
            "basis_ref": actor.basis.ref,
            "actor_name": actor_name,
            "actor_title": actor_title,
            "erased": gone,
        },
    )


@MODEL.applies(AttendanceAmended)
def _amended(batch: Batch, position: int, fact: AttendanceAmended) -> None:
    actor = fact.actor
    said = {
        "version": fact.originator_version,
        "code": plain(fact.amended_code),
        "minutes_late": plain(fact.minutes_late),
        "nature": plain(fact.nature),
        "corrects": fact.corrects,
        "amended_on": fact.amended_on,
        "original_code": plain(fact.original_code),
        "reason_code": plain(fact.reason_code),
        "reason": plain(fact.reason),
        "recorded_at": fact.recorded_at,
        "actor_id": actor.id,
        "actor_role": actor.role.value,
        "actor_organisation": actor.organisation,
        "basis_kind": actor.basis.kind.value,
        "basis_ref": actor.basis.ref,
        "actor_name": plain(fact.actor_name),
        "actor_title": plain(fact.actor_title),
        "erased": erased(fact.original_code, fact.amended_code, fact.reason_code, fact.reason, fact.actor_name),
    }

    def change(mark: Mapping[str, Any] | None) -> Row:
        before = mark or {}
        return {**before, **said, "amends": before.get("known_from")}

    batch.chain(MARKS).extend(position, (fact.pupil_id, fact.day, fact.session.value), change)


@dataclass(frozen=True)
class Amendment:
    """One amendment with its five elements: original, amended, reason, date, and name and title of who amended.

    `position` is its entry, `amends` the entry it amends.
    """

    original_code: str | None
    amended_code: str | None
    reason_code: AmendmentReason | None
    reason: str | None
    minutes_late: int | None
    nature: str | None
    amended_on: date
    actor_name: str | None
    actor_title: str | None
    actor_id: UUID | None
    actor_role: Role
    recorded_at: datetime
    version: int
    position: int
    amends: int | None
    erased: bool


@dataclass(frozen=True)
class Mark:
    """A pupil's attendance at one session: as first marked, and as it stands after its amendments.

    `code`, `minutes_late` and `nature` are what stands; `marked_code` is what was first entered. The actor is who
    entered the mark; `position` is the entry of the mark, the amendments have their own; `version` is the newest.
    """

    pupil_id: UUID
    day: date
    session: Session
    school_id: UUID | None
    placement_id: UUID | None
    site_id: UUID | None
    code: str | None
    marked_code: str | None
    minutes_late: int | None
    nature: str | None
    note: str | None
    taken_at: datetime | None
    taken_by: str | None
    actor_name: str | None
    actor_title: str | None
    actor_id: UUID | None
    actor_role: Role
    recorded_at: datetime
    version: int
    position: int
    amendments: tuple[Amendment, ...]
    erased: bool


def mark(connection: Connection, pupil_id: UUID, day: date, session: Session, known_at: int) -> Mark | None:
    """The mark of one session, as known."""
    found = read_marks(_marks(connection, known_at, day, day, pupil_id=pupil_id, session=session.value))
    return next(iter(found), None)


def marks(
    connection: Connection,
    known_at: int,
    *,
    first: date,
    last: date,
    school_id: UUID | None = None,
    pupil_id: UUID | None = None,
    placement_id: UUID | None = None,
) -> tuple[Mark, ...]:
    """The marks of the days from `first` to `last`, by pupil, day and session; narrow them to what will be shown."""
    whose = {"school_id": school_id, "pupil_id": pupil_id, "placement_id": placement_id}
    return read_marks(_marks(connection, known_at, first, last, **whose))


@question
def _marks(known_at: int, first: date, last: date, **whose: Any) -> Statement:
    table = MARKS.table.c
    narrowed = [table[name] == value for name, value in whose.items() if value is not None]
    return marks_where(known_at, table.day.between(first, last), *narrowed)


def marks_where(known_at: int, *which: ColumnElement[bool]) -> Statement:
    """What asks for marks by what their rows say; `read_marks` reads the answer."""
    table = MARKS.table
    query = select(table).where(table.c.known_from <= known_at, *which)
    return query.order_by(table.c.pupil_id, table.c.day, table.c.session, table.c.known_from)


def read_marks(found: Rows) -> tuple[Mark, ...]:
    """Marks, each with the amendments known, by pupil, day and session."""
    chains = groupby(found.mappings(), key=lambda row: (row["pupil_id"], row["day"], row["session"]))
    return tuple(_mark(list(chain)) for _, chain in chains)


_KEPT = tuple(field.name for field in fields(Mark) if field.name in MARKS.table.c)
_KEPT_OF_AMENDMENT = tuple(field.name for field in fields(Amendment) if field.name in MARKS.table.c)
_STANDING = ("code", "minutes_late", "nature", "version")


def _mark(chain: list[Row]) -> Mark:
    """Read one session's rows, oldest first, as the mark and its amendments."""
    first, last = chain[0], chain[-1]
    known: Row = {name: first[name] for name in _KEPT}
    known |= {name: last[name] for name in _STANDING}
    known["session"], known["actor_role"] = Session(first["session"]), Role(first["actor_role"])
    known["marked_code"], known["position"] = first["code"], first["known_from"]
    known["amendments"] = tuple(map(_amendment, chain[1:]))
    known["erased"] = any(row["erased"] for row in chain)
    return Mark(**known)


def _amendment(row: Row) -> Amendment:
    reason = row["reason_code"]
    known: Row = {name: row[name] for name in _KEPT_OF_AMENDMENT}
    known |= {"reason_code": reason and AmendmentReason(reason), "actor_role": Role(row["actor_role"])}
    known |= {"amended_code": row["code"], "position": row["known_from"]}
    return Amendment(**known)
