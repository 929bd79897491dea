"""Officers: who holds which office from when to when, and what is delegated to whom."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import BigInteger, Boolean, Column, Connection, Date, Integer, Text, Uuid, select

from domain.events import DelegationGranted, DelegationRevoked, OfficeHolderAppointed, OfficeHolderCeased
from domain.values import LONDON
from domain.vocabulary import DelegatedAct, Office
from projections.answers import word
from projections.axes import Row, Timeline, last_day
from projections.families import (
    ATTENDANCE,
    CONSENT,
    DECISION,
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
    "offices",
    ignores=(
        *SCHOOL,
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

APPOINTMENTS = Timeline(
    "appointments",
    [Column("appointment_id", Uuid)],
    [
        Column("held", Boolean, nullable=False),
        Column("school_id", Uuid, index=True),
        Column("office", word(Office)),
        Column("person_id", Uuid, index=True),
        Column("starts_on", Date),
        Column("acting", Boolean),
        Column("name", Text),
        Column("title", Text),
        Column("appointed_at", BigInteger, nullable=False),
        Column("erased", Boolean, nullable=False),
    ],
)

DELEGATIONS = Timeline(
    "delegations",
    [Column("delegation_id", Uuid)],
    [
        Column("live", Boolean, nullable=False),
        Column("school_id", Uuid, index=True),
        Column("delegator_appointment_id", Uuid),
        Column("delegatee_id", Uuid, index=True),
        Column("acts", Text),
        Column("starts_on", Date),
        Column("ends_on", Date),
        Column("provider_limit", Uuid),
        Column("pupil_limit", Uuid),
        Column("max_weeks", Integer),
        Column("delegatee_name", Text),
        Column("delegatee_title", Text),
        Column("revoked_on", Date),
        Column("revocation_reason", Text),
        Column("granted_at", BigInteger, nullable=False),
        Column("erased", Boolean, nullable=False),
    ],
)


@MODEL.applies(OfficeHolderAppointed)
def _appointed(batch: Batch, position: int, fact: OfficeHolderAppointed) -> None:
    values = {
        "held": True,
        "school_id": fact.school_id,
        "office": fact.office,
        "person_id": fact.person_id,
        "starts_on": fact.starts_on,
        "acting": fact.acting,
        "name": plain(fact.name),
        "title": plain(fact.title),
        "appointed_at": position,
        "erased": erased(fact.name, fact.title),
    }
    batch.timeline(APPOINTMENTS).state(position, (fact.originator_id,), fact.starts_on, values)


@MODEL.applies(OfficeHolderCeased)
def _ceased(batch: Batch, position: int, fact: OfficeHolderCeased) -> None:
    """Of two last days the later recorded counts, even where it is the later day: so the office is told anew."""
    line, key = batch.timeline(APPOINTMENTS), (fact.originator_id,)
    line.onwards(position, key, fact.last_day, _held_from_the_start)
    line.onwards(
        position, key, fact.last_day + timedelta(days=1), lambda row: None if row is None else {**row, "held": False}
    )


def _held_from_the_start(row: Mapping[str, Any] | None) -> Row | None:
    return None if row is None else {**row, "held": True, "effective_from": row["starts_on"]}


@MODEL.applies(DelegationGranted)
def _granted(batch: Batch, position: int, fact: DelegationGranted) -> None:
    values = {
        "live": True,
        "school_id": fact.school_id,
        "delegator_appointment_id": fact.delegator_appointment_id,
        "delegatee_id": fact.delegatee_id,
        "acts": msgspec.json.encode(fact.acts).decode(),
        "starts_on": fact.starts_on,
        "ends_on": fact.ends_on,
        "provider_limit": fact.limits.provider_id,
        "pupil_limit": fact.limits.pupil_id,
        "max_weeks": fact.limits.max_weeks,
        "delegatee_name": plain(fact.delegatee_name),
        "delegatee_title": plain(fact.delegatee_title),
        "granted_at": position,
        "erased": erased(fact.delegatee_name, fact.delegatee_title),
    }
    line = batch.timeline(DELEGATIONS)
    line.state(position, (fact.originator_id,), fact.starts_on, values)
    line.state(position, (fact.originator_id,), fact.ends_on + timedelta(days=1), values | {"live": False})


@MODEL.applies(DelegationRevoked)
def _revoked(batch: Batch, position: int, fact: DelegationRevoked) -> None:
    """It counts from its recording; within that day the positions tell what came first."""
    day = fact.recorded_at.astimezone(LONDON).date()
    said = {"live": False, "revoked_on": day, "revocation_reason": plain(fact.reason)}
    batch.timeline(DELEGATIONS).onwards(
        position, (fact.originator_id,), day, lambda row: {"erased": erased(fact.reason), **(row or {}), **said}
    )


@dataclass(frozen=True)
class Appointment:
    """A person's time in an office; `ends_on` is the last day, where it is known. `position` is the appointment."""

    appointment_id: UUID
    school_id: UUID
    office: Office
    person_id: UUID
    acting: bool
    name: str | None
    title: str | None
    starts_on: date
    ends_on: date | None
    erased: bool
    position: int


@dataclass(frozen=True)
class Delegation:
    """What a Head Teacher lets another person do, and whether it is live on the day asked about.

    `position` is the grant. `live` is False before and after its span, once revoked, and once its delegator has left.
    """

    delegation_id: UUID
    school_id: UUID
    delegator: Appointment | None
    delegatee_id: UUID
    delegatee_name: str | None
    delegatee_title: str | None
    acts: tuple[DelegatedAct, ...]
    starts_on: date
    ends_on: date
    provider_limit: UUID | None
    pupil_limit: UUID | None
    max_weeks: int | None
    revoked_on: date | None
    revocation_reason: str | None
    live: bool
    erased: bool
    position: int


def officers(
    connection: Connection,
    as_at: date,
    known_at: int,
    *,
    school_id: UUID | None = None,
    office: Office | None = None,
    person_id: UUID | None = None,
) -> tuple[Appointment, ...]:
    """Who holds which office on a day; of one school, one office or one person, or all."""
    whose = {"school_id": school_id, "office": office, "person_id": person_id}
    return tuple(_appointment(row) for row in _holding(connection, as_at, known_at, **whose).mappings())


@question
def _holding(as_at: date, known_at: int, **whose: Any) -> Statement:
    table = APPOINTMENTS.table
    narrowed = [table.c[name] == wanted for name, wanted in whose.items() if wanted is not None]
    query = select(table).where(APPOINTMENTS.at(as_at, known_at), table.c.held, *narrowed)
    return query.order_by(table.c.office, table.c.appointed_at)


def appointments(connection: Connection, appointment_ids: Iterable[UUID], known_at: int) -> dict[UUID, Appointment]:
    """Appointments by id, ended ones included."""
    found = map(_appointment, _appointments(connection, known_at, set(appointment_ids)).mappings())
    return {one.appointment_id: one for one in found}


def tenures(connection: Connection, known_at: int) -> tuple[Appointment, ...]:
    """Every appointment ever made, as known, ended and coming ones included."""
    return tuple(map(_appointment, _appointments(connection, known_at, None).mappings()))


@question
def _appointments(known_at: int, appointment_ids: Collection[UUID] | None) -> Statement:
    table = APPOINTMENTS.table
    query = select(table).where(APPOINTMENTS.known(known_at), table.c.held)
    return query if appointment_ids is None else query.where(table.c.appointment_id.in_(appointment_ids))


def delegations(
    connection: Connection,
    as_at: date,
    known_at: int,
    *,
    school_id: UUID | None = None,
    delegatee_id: UUID | None = None,
    live_only: bool = True,
) -> tuple[Delegation, ...]:
    """Delegations, those live on a day unless all are wanted, in the order they were granted."""
    rows = _lettings(connection, known_at, None, school_id=school_id, delegatee_id=delegatee_id)
    found = _delegations(connection, rows, as_at, known_at)
    return tuple(one for one in found.values() if one.live or not live_only)


def delegations_by_id(
    connection: Connection, delegation_ids: Iterable[UUID], as_at: date, known_at: int
) -> dict[UUID, Delegation]:
    """Delegations by id, ended and revoked ones included."""
    return _delegations(connection, _lettings(connection, known_at, set(delegation_ids)), as_at, known_at)


@question
def _lettings(known_at: int, delegation_ids: Collection[UUID] | None, **whose: Any) -> Statement:
    table = DELEGATIONS.table
    narrowed = [table.c[name] == wanted for name, wanted in whose.items() if wanted is not None]
    query = (
        select(table).where(DELEGATIONS.known(known_at), *narrowed).order_by(table.c.granted_at, table.c.effective_from)
    )
    return query if delegation_ids is None else query.where(table.c.delegation_id.in_(delegation_ids))


def _delegations(connection: Connection, rows: Rows, as_at: date, known_at: int) -> dict[UUID, Delegation]:
    """Fold the rows of each delegation into one answer: the last row knows most, the row of the day says if live."""
    lines: dict[UUID, list[dict[str, Any]]] = {}
    for row in rows.mappings():
        lines.setdefault(row["delegation_id"], []).append(row)
    delegators = appointments(connection, {line[-1]["delegator_appointment_id"] for line in lines.values()}, known_at)
    return {
        delegation_id: _delegation(line, delegators.get(line[-1]["delegator_appointment_id"]), as_at)
        for delegation_id, line in lines.items()
    }


def _delegation(line: list[dict[str, Any]], delegator: Appointment | None, as_at: date) -> Delegation:
    last = line[-1]
    live = any(row["live"] and row["effective_from"] <= as_at < row["effective_to"] for row in line)
    left = delegator is None or (delegator.ends_on is not None and as_at > delegator.ends_on)
    return Delegation(
        **{field.name: last[field.name] for field in fields(Delegation) if field.name in last and field.name != "live"}
        | {"position": last["granted_at"], "acts": msgspec.json.decode(last["acts"], type=tuple[DelegatedAct, ...])},
        delegator=delegator,
        live=live and not left,
    )


def _appointment(row: dict[str, Any]) -> Appointment:
    end = last_day(row["effective_to"])
    row["ends_on"], row["position"] = None if end is None else end - timedelta(days=1), row["appointed_at"]
    return Appointment(**{field.name: row[field.name] for field in fields(Appointment)})
