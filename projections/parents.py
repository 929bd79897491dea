"""The position of parents: what each holder of parental responsibility said, what the school recorded and decided."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from sqlalchemy import Boolean, Column, ColumnElement, Connection, Date, Text, Uuid, and_, or_, select

from domain.events import (
    ParentalAgreementDecided,
    ParentalAgreementDeclined,
    ParentalAgreementGiven,
    ParentalAgreementNotRelevantRecorded,
    ParentalAgreementWithdrawn,
    ParentUnreachableRecorded,
)
from domain.rules.parents import Position
from domain.vocabulary import Medium, NotRelevantReason
from projections.answers import columns, every, word
from projections.axes import Timeline
from projections.families import (
    ATTENDANCE,
    AUTHORITY_CONSENT,
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
from projections.standing import ParentalStatus

MODEL = ReadModel(
    "parents",
    ignores=(
        *SCHOOL,
        *OFFICE,
        *PUPIL,
        *RESPONSIBILITY,
        *PROVIDER,
        *PREPARATION,
        *DECISION,
        *AUTHORITY_CONSENT,
        *ATTENDANCE,
        *RETURN,
        *READING,
    ),
)

PARENTAL = Timeline(
    "parental_positions",
    [Column("placement_id", Uuid), Column("holder_id", Uuid), Column("by_telephone", Boolean)],
    [
        Column("status", word(ParentalStatus), nullable=False),
        Column("holder_name", Text),
        Column("received_on", Date),
        Column("medium", word(Medium)),
        Column("reason", Text),
        Column("not_relevant_reason", word(NotRelevantReason)),
        Column("attempted", Boolean),
        Column("review_on", Date),
        Column("erased", Boolean, nullable=False),
    ],
)

_SCHOOL = UUID(int=0)
"""Stands as the holder where the school speaks: unreachable, not relevant."""
_HEAD = UUID(int=1)
"""Stands as the holder where the Head decides to go on: what the school says later does not undo that."""


@MODEL.applies(ParentalAgreementGiven)
def _agreed(batch: Batch, position: int, fact: ParentalAgreementGiven) -> None:
    """A call stands beside what the holder said otherwise: it takes the place of nothing."""
    called = fact.medium == Medium.TELEPHONE
    values = {
        "status": ParentalStatus.UNCONFIRMED if called else ParentalStatus.GIVEN,
        "holder_name": plain(fact.holder_name),
        "received_on": fact.received_on,
        "medium": plain(fact.medium),
        "erased": erased(fact.holder_name, fact.medium),
    }
    day = max(fact.given_on, fact.received_on)
    batch.timeline(PARENTAL).state(position, (fact.originator_id, fact.holder_id, called), day, values)


@MODEL.applies(ParentalAgreementDeclined)
def _declined(batch: Batch, position: int, fact: ParentalAgreementDeclined) -> None:
    _against(batch, position, fact, ParentalStatus.DECLINED, fact.declined_on)


@MODEL.applies(ParentalAgreementWithdrawn)
def _withdrew(batch: Batch, position: int, fact: ParentalAgreementWithdrawn) -> None:
    _against(batch, position, fact, ParentalStatus.WITHDRAWN, fact.effective_on)


_No = ParentalAgreementDeclined | ParentalAgreementWithdrawn


def _against(batch: Batch, position: int, fact: _No, status: ParentalStatus, day: date) -> None:
    values = {
        "status": status,
        "holder_name": plain(fact.holder_name),
        "received_on": fact.received_on,
        "reason": plain(fact.reason),
        "erased": erased(fact.holder_name, fact.reason),
    }
    batch.timeline(PARENTAL).state(position, (fact.originator_id, fact.holder_id, False), day, values)


@MODEL.applies(ParentalAgreementDecided)
def _decided(batch: Batch, position: int, fact: ParentalAgreementDecided) -> None:
    values = {"status": ParentalStatus.DECIDED, "reason": plain(fact.reason), "erased": erased(fact.reason)}
    batch.timeline(PARENTAL).state(position, (fact.originator_id, _HEAD, False), fact.decided_on, values)


@MODEL.applies(ParentUnreachableRecorded)
def _unreachable(batch: Batch, position: int, fact: ParentUnreachableRecorded) -> None:
    values = {
        "status": ParentalStatus.UNREACHABLE,
        "attempted": bool(fact.attempts),
        "review_on": fact.review_on,
        "erased": erased(fact.attempts),
    }
    batch.timeline(PARENTAL).state(position, (fact.originator_id, _SCHOOL, False), fact.concluded_on, values)


@MODEL.applies(ParentalAgreementNotRelevantRecorded)
def _not_relevant(batch: Batch, position: int, fact: ParentalAgreementNotRelevantRecorded) -> None:
    values = {
        "status": ParentalStatus.NOT_RELEVANT,
        "not_relevant_reason": plain(fact.reason),
        "reason": plain(fact.explanation),
        "erased": erased(fact.reason, fact.explanation),
    }
    batch.timeline(PARENTAL).state(position, (fact.originator_id, _SCHOOL, False), fact.decided_on, values)


@dataclass(frozen=True)
class ParentalPosition:
    """What a holder of parental responsibility has said from `since` on; `holder_id` is None where the school did."""

    placement_id: UUID
    holder_id: UUID | None
    status: ParentalStatus
    since: date
    holder_name: str | None
    received_on: date | None
    medium: Medium | None
    reason: str | None
    not_relevant_reason: NotRelevantReason | None
    attempted: bool | None
    review_on: date | None
    erased: bool
    position: int


def parental_positions(
    connection: Connection, placement_ids: Collection[UUID], as_at: date, known_at: int
) -> tuple[ParentalPosition, ...]:
    """Where every holder of parental responsibility and the school stand on a day, oldest first.

    A call is told of as long as the holder has said nothing in writing since, and no written yes of theirs stands.
    """
    found = _read(_positions(connection, placement_ids, as_at, known_at))
    return tuple(one for one in found if not (one.status is ParentalStatus.UNCONFIRMED and _answered(one, found)))


def _answered(call: ParentalPosition, found: Iterable[ParentalPosition]) -> bool:
    own = (one for one in found if (one.placement_id, one.holder_id) == (call.placement_id, call.holder_id))
    return any(one.status is ParentalStatus.GIVEN or one.position > call.position for one in own)


def parents_said(
    connection: Connection, placement_ids: Collection[UUID], as_at: date, known_at: int
) -> tuple[ParentalPosition, ...]:
    """Everything that parents and the school said by a day, also what they said otherwise later.

    A withdrawal counts from the day it was received, also one that takes effect later (as H-06).
    """
    return _read(_said(connection, placement_ids, as_at, known_at))


def as_judged(said: Iterable[ParentalPosition], responsible: Collection[UUID]) -> list[Position]:
    """The same as H-06 takes it; `responsible` are the pupil's holders of parental responsibility."""
    return [
        Position(
            one.holder_id,
            one.status,
            one.since,
            one.position,
            medium=one.medium,
            responsible=one.holder_id in responsible,
            attempted=one.attempted is not False,
            try_again_on=one.review_on,
        )
        for one in said
    ]


def _read(rows: Rows) -> tuple[ParentalPosition, ...]:
    found = every(ParentalPosition, rows)
    return tuple(replace(said, holder_id=None) if said.holder_id in {_SCHOOL, _HEAD} else said for said in found)


@question
def _positions(placement_ids: Collection[UUID], as_at: date, known_at: int) -> Statement:
    return _of(placement_ids, PARENTAL.at(as_at, known_at))


@question
def _said(placement_ids: Collection[UUID], as_at: date, known_at: int) -> Statement:
    table = PARENTAL.table
    ahead = and_(table.c.status == ParentalStatus.WITHDRAWN, table.c.received_on <= as_at)
    return _of(placement_ids, and_(PARENTAL.known(known_at), or_(table.c.effective_from <= as_at, ahead)))


def _of(placement_ids: Collection[UUID], which: ColumnElement[bool]) -> Statement:
    table = PARENTAL.table
    query = select(*columns(ParentalPosition, table, since="effective_from"))
    query = query.where(which, table.c.placement_id.in_(placement_ids))
    return query.order_by(table.c.effective_from, table.c.position)
