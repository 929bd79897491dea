"""Who answers for a pupil outside the school: authorities that placed them, holders of parental responsibility."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from uuid import UUID

from sqlalchemy import Boolean, Column, Connection, Text, Uuid, select

from domain.events import NoPlacingAuthorityRecorded, ParentalResponsibilityRecorded, PlacingAuthorityRecorded
from domain.vocabulary import Capacity
from projections.answers import columns, every, word
from projections.axes import Timeline
from projections.families import (
    ATTENDANCE,
    CONSENT,
    DECISION,
    OFFICE,
    PREPARATION,
    PROVIDER,
    PUPIL,
    READING,
    RETURN,
    SCHOOL,
)
from projections.questions import Statement, question
from projections.read_model import Batch, ReadModel, erased, plain

MODEL = ReadModel(
    "people",
    ignores=(*SCHOOL, *OFFICE, *PUPIL, *PROVIDER, *PREPARATION, *DECISION, *CONSENT, *ATTENDANCE, *RETURN, *READING),
)

PLACING_AUTHORITIES = Timeline(
    "placing_authorities",
    [Column("pupil_id", Uuid), Column("authority_id", Uuid)],
    [
        Column("code", Text),
        Column("name", Text),
        Column("capacity", word(Capacity)),
        Column("reason", Text),
        Column("erased", Boolean, nullable=False),
    ],
)

PARENTS = Timeline(
    "parents",
    [Column("pupil_id", Uuid), Column("holder_id", Uuid)],
    [
        Column("name", Text),
        Column("ground", Text),
        Column("restrictions", Text),
        Column("evidence_seen", Text),
        Column("erased", Boolean, nullable=False),
    ],
)

NOBODY = UUID(int=0)
"""Stands as the authority in the row that says that none placed the pupil."""


@MODEL.applies(PlacingAuthorityRecorded)
def _placed_by(batch: Batch, position: int, fact: PlacingAuthorityRecorded) -> None:
    values = {
        "code": plain(fact.authority_code),
        "name": plain(fact.authority_name),
        "capacity": plain(fact.capacity),
        "erased": erased(fact.authority_code, fact.authority_name, fact.capacity),
    }
    key = (fact.originator_id, fact.authority_id)
    batch.timeline(PLACING_AUTHORITIES).state(position, key, fact.effective_on, values)


@MODEL.applies(NoPlacingAuthorityRecorded)
def _placed_by_nobody(batch: Batch, position: int, fact: NoPlacingAuthorityRecorded) -> None:
    values = {"reason": plain(fact.reason), "erased": erased(fact.reason)}
    key = (fact.originator_id, NOBODY)
    batch.timeline(PLACING_AUTHORITIES).state(position, key, fact.effective_on, values)


@MODEL.applies(ParentalResponsibilityRecorded)
def _parent(batch: Batch, position: int, fact: ParentalResponsibilityRecorded) -> None:
    values = {
        "name": plain(fact.name),
        "ground": plain(fact.ground),
        "restrictions": plain(fact.restrictions),
        "evidence_seen": plain(fact.evidence_seen),
        "erased": erased(fact.name, fact.ground, fact.restrictions, fact.evidence_seen),
    }
    key = (fact.originator_id, fact.holder_id)
    batch.timeline(PARENTS).state(position, key, fact.effective_on, values)


@dataclass(frozen=True)
class PlacingAuthority:
    """An authority that placed the pupil; where `authority_id` is None, none did, for the `reason` given."""

    pupil_id: UUID
    authority_id: UUID | None
    since: date
    code: str | None
    name: str | None
    capacity: Capacity | None
    reason: str | None
    erased: bool
    position: int


@dataclass(frozen=True)
class Parent:
    """A person with parental responsibility for a pupil."""

    pupil_id: UUID
    holder_id: UUID
    since: date
    name: str | None
    ground: str | None
    restrictions: str | None
    evidence_seen: str | None
    erased: bool
    position: int


def placing_authorities(
    connection: Connection, pupil_ids: Collection[UUID], as_at: date, known_at: int
) -> tuple[PlacingAuthority, ...]:
    """Which authorities placed some pupils, as of a day; one answer without an authority where it is said none did.

    A pupil of whom nothing was said is not among the answers, which leaves the question open.
    """
    found = every(PlacingAuthority, _placed_by_whom(connection, pupil_ids, as_at, known_at))
    said = groupby(found, key=lambda answer: answer.pupil_id)
    return tuple(answer for _, answers in said for answer in _standing(tuple(answers)))


@question
def _placed_by_whom(pupil_ids: Collection[UUID], as_at: date, known_at: int) -> Statement:
    table = PLACING_AUTHORITIES.table
    query = select(*columns(PlacingAuthority, table, since="effective_from"))
    query = query.where(PLACING_AUTHORITIES.at(as_at, known_at), table.c.pupil_id.in_(pupil_ids))
    return query.order_by(table.c.pupil_id, table.c.effective_from, table.c.position)


def _standing(said: tuple[PlacingAuthority, ...]) -> tuple[PlacingAuthority, ...]:
    """“None did” puts an end to the authorities before it; an authority recorded later puts an end to “none did”."""
    none = [index for index, answer in enumerate(said) if answer.authority_id == NOBODY]
    if not none:
        return said
    return said[none[-1] + 1 :] or (replace(said[none[-1]], authority_id=None),)


def parents(connection: Connection, pupil_id: UUID, as_at: date, known_at: int) -> tuple[Parent, ...]:
    """Who holds parental responsibility for a pupil on a day."""
    return every(Parent, _parents(connection, pupil_id, as_at, known_at))


@question
def _parents(pupil_id: UUID, as_at: date, known_at: int) -> Statement:
    table = PARENTS.table
    query = select(*columns(Parent, table, since="effective_from"))
    return query.where(PARENTS.at(as_at, known_at), table.c.pupil_id == pupil_id).order_by(table.c.position)


def holders(
    connection: Connection, pupil_ids: Collection[UUID], as_at: date, known_at: int
) -> frozenset[tuple[UUID, UUID]]:
    """Who holds parental responsibility for which of some pupils on a day, as pairs of pupil and holder."""
    return frozenset((row.pupil_id, row.holder_id) for row in _holders(connection, pupil_ids, as_at, known_at))


@question
def _holders(pupil_ids: Collection[UUID], as_at: date, known_at: int) -> Statement:
    table = PARENTS.table
    query = select(table.c.pupil_id, table.c.holder_id)
    return query.where(PARENTS.at(as_at, known_at), table.c.pupil_id.in_(pupil_ids))
