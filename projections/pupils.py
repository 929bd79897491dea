"""Pupils: on whose roll, living where, with what education, health and care plan."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, Column, Connection, Date, Text, Uuid, select

from domain.events import EhcpCeased, EhcpRecorded, PupilEnrolled, PupilRemovedFromRoll, PupilResidenceChanged
from domain.vocabulary import ResidenceStatus, RollKind
from projections.answers import columns, every, one, word
from projections.axes import Timeline
from projections.families import (
    ATTENDANCE,
    CONSENT,
    DECISION,
    OFFICE,
    PREPARATION,
    PROVIDER,
    READING,
    RESPONSIBILITY,
    RETURN,
    SCHOOL,
)
from projections.questions import Statement, question
from projections.read_model import Batch, ReadModel, erased, plain

MODEL = ReadModel(
    "pupils",
    ignores=(
        *SCHOOL,
        *OFFICE,
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

ROLL = Timeline(
    "roll",
    [Column("pupil_id", Uuid), Column("school_id", Uuid, index=True)],
    [
        Column("on_roll", Boolean, nullable=False),
        Column("roll_kind", word(RollKind)),
        Column("name", Text),
        Column("born_on", Date),
        Column("upn", Text, index=True),
        Column("local_ref", Text, index=True),
        Column("ground", Text),
        Column("erased", Boolean, nullable=False),
    ],
)

RESIDENCES = Timeline(
    "residences",
    [Column("pupil_id", Uuid)],
    [Column("status", word(ResidenceStatus)), Column("home_site_id", Uuid), Column("erased", Boolean, nullable=False)],
)

EHCPS = Timeline(
    "ehcps",
    [Column("pupil_id", Uuid)],
    [
        Column("in_force", Boolean, nullable=False),
        Column("reference", Text),
        Column("maintaining_authority", Text),
        Column("annual_review_due", Date),
        Column("erased", Boolean, nullable=False),
    ],
)


@MODEL.applies(PupilEnrolled)
def _enrolled(batch: Batch, position: int, fact: PupilEnrolled) -> None:
    values = {
        "on_roll": True,
        "roll_kind": fact.roll_kind,
        "name": plain(fact.name),
        "born_on": plain(fact.born_on),
        "upn": plain(fact.upn),
        "local_ref": plain(fact.local_ref),
        "erased": erased(fact.name, fact.born_on, fact.upn, fact.local_ref),
    }
    batch.timeline(ROLL).state(position, (fact.originator_id, fact.school_id), fact.starts_on, values)


@MODEL.applies(PupilRemovedFromRoll)
def _removed(batch: Batch, position: int, fact: PupilRemovedFromRoll) -> None:
    gone = {"on_roll": False, "ground": plain(fact.ground)}
    batch.timeline(ROLL).state(
        position,
        (fact.originator_id, fact.school_id),
        fact.removed_on,
        lambda row: {"erased": erased(fact.ground), **(row or {}), **gone},
    )


@MODEL.applies(PupilResidenceChanged)
def _moved(batch: Batch, position: int, fact: PupilResidenceChanged) -> None:
    values = {
        "status": plain(fact.status),
        "home_site_id": plain(fact.home_site_id),
        "erased": erased(fact.status, fact.home_site_id),
    }
    batch.timeline(RESIDENCES).state(position, (fact.originator_id,), fact.effective_on, values)


@MODEL.applies(EhcpRecorded)
def _ehcp(batch: Batch, position: int, fact: EhcpRecorded) -> None:
    values = {
        "in_force": True,
        "reference": plain(fact.reference),
        "maintaining_authority": plain(fact.maintaining_authority),
        "annual_review_due": plain(fact.annual_review_due),
        "erased": erased(fact.reference, fact.maintaining_authority, fact.annual_review_due),
    }
    batch.timeline(EHCPS).state(position, (fact.originator_id,), fact.effective_on, values)


@MODEL.applies(EhcpCeased)
def _ehcp_ceased(batch: Batch, position: int, fact: EhcpCeased) -> None:
    values = {"in_force": False, "erased": False}
    batch.timeline(EHCPS).state(position, (fact.originator_id,), fact.effective_on, values)


@dataclass(frozen=True)
class Pupil:
    """A pupil as one school's admission register has them, from `since` on; after removal `on_roll` is False."""

    pupil_id: UUID
    school_id: UUID
    on_roll: bool
    since: date
    roll_kind: RollKind | None
    name: str | None
    born_on: date | None
    upn: str | None
    local_ref: str | None
    ground: str | None
    erased: bool
    position: int


@dataclass(frozen=True)
class Residence:
    """Where a pupil lives from `since` on."""

    pupil_id: UUID
    since: date
    status: ResidenceStatus | None
    home_site_id: UUID | None
    erased: bool
    position: int


@dataclass(frozen=True)
class Ehcp:
    """A pupil's education, health and care plan from `since` on, or that it ceased then."""

    pupil_id: UUID
    since: date
    in_force: bool
    reference: str | None
    maintaining_authority: str | None
    annual_review_due: date | None
    erased: bool
    position: int


def pupils(connection: Connection, as_at: date, known_at: int, *, school_id: UUID | None = None) -> tuple[Pupil, ...]:
    """Every pupil on roll on a day, by name; of one school, or of all."""
    return every(Pupil, _on_roll(connection, as_at, known_at, school_id))


def roll(connection: Connection, as_at: date, known_at: int) -> tuple[Pupil, ...]:
    """Every pupil on a roll that day or taken off it before."""
    return every(Pupil, _roll(connection, as_at, known_at))


@question
def _roll(as_at: date, known_at: int) -> Statement:
    return _PUPILS.where(ROLL.at(as_at, known_at))


def on_roll_among(connection: Connection, pupil_ids: Collection[UUID], as_at: date, known_at: int) -> tuple[Pupil, ...]:
    """Those of some pupils who are on roll on a day."""
    return every(Pupil, _on_roll(connection, as_at, known_at, None, pupil_ids))


@question
def _on_roll(as_at: date, known_at: int, school_id: UUID | None, among: Collection[UUID] | None = None) -> Statement:
    table = ROLL.table.c
    query = _PUPILS.where(ROLL.at(as_at, known_at), table.on_roll).order_by(table.name.nulls_first(), table.pupil_id)
    query = query if school_id is None else query.where(table.school_id == school_id)
    return query if among is None else query.where(table.pupil_id.in_(among))


def pupil(connection: Connection, pupil_id: UUID, as_at: date, known_at: int) -> Pupil | None:
    """One pupil as on a roll that day or removed from it before; else as first on a roll after it."""
    return _likeliest(connection, as_at, known_at, pupil_id=pupil_id)


def schools_of(connection: Connection, pupil_ids: Collection[UUID], known_at: int) -> dict[UUID, set[UUID]]:
    """On which schools' rolls each of these pupils ever was; one that nobody knows is not among them."""
    found: dict[UUID, set[UUID]] = {}
    for pupil_id, school_id in _rolls(connection, pupil_ids, known_at):
        found.setdefault(pupil_id, set()).add(school_id)
    return found


@question
def _rolls(pupil_ids: Collection[UUID], known_at: int) -> Statement:
    table = ROLL.table.c
    return select(table.pupil_id, table.school_id).where(ROLL.known(known_at), table.pupil_id.in_(pupil_ids))


def pupil_by_local_ref(
    connection: Connection, local_ref: str, as_at: date, known_at: int, *, school_id: UUID | None = None
) -> Pupil | None:
    """The pupil with a school's own reference; give the school where references may repeat between schools."""
    return _likeliest(connection, as_at, known_at, local_ref=local_ref, school_id=school_id)


def pupil_by_upn(connection: Connection, upn: str, as_at: date, known_at: int) -> Pupil | None:
    """The pupil with a unique pupil number."""
    return _likeliest(connection, as_at, known_at, upn=upn)


def residence(connection: Connection, pupil_id: UUID, as_at: date, known_at: int) -> Residence | None:
    """Where a pupil lives on a day."""
    return one(Residence, _residences(connection, as_at, known_at, pupil_id))


def residences(connection: Connection, pupil_id: UUID, known_at: int) -> tuple[Residence, ...]:
    """Where a pupil has lived and will live, as known, oldest first."""
    return every(Residence, _residences(connection, None, known_at, pupil_id))


def all_residences(connection: Connection, as_at: date, known_at: int) -> tuple[Residence, ...]:
    """Where every pupil lives on a day, as far as it is recorded."""
    return every(Residence, _residences(connection, as_at, known_at, None))


def all_ehcps(connection: Connection, as_at: date, known_at: int) -> tuple[Ehcp, ...]:
    """Every education, health and care plan on a day, ceased ones included."""
    return every(Ehcp, _ehcps(connection, as_at, known_at))


def ehcp(connection: Connection, pupil_id: UUID, as_at: date, known_at: int) -> Ehcp | None:
    """A pupil's education, health and care plan on a day, or that it has ceased; None where there never was one."""
    return one(Ehcp, _ehcps(connection, as_at, known_at, pupil_id))


_PUPILS = select(*columns(Pupil, ROLL.table, since="effective_from"))


@question
def _residences(as_at: date | None, known_at: int, pupil_id: UUID | None) -> Statement:
    """On a day, or of all days; of one pupil, or of all."""
    table = RESIDENCES.table
    held = RESIDENCES.known(known_at) if as_at is None else RESIDENCES.at(as_at, known_at)
    query = select(*columns(Residence, table, since="effective_from")).where(held).order_by(table.c.effective_from)
    return query if pupil_id is None else query.where(table.c.pupil_id == pupil_id)


@question
def _ehcps(as_at: date, known_at: int, pupil_id: UUID | None = None) -> Statement:
    query = select(*columns(Ehcp, EHCPS.table, since="effective_from")).where(EHCPS.at(as_at, known_at))
    return query if pupil_id is None else query.where(EHCPS.table.c.pupil_id == pupil_id)


def _likeliest(connection: Connection, as_at: date, known_at: int, **whose: Any) -> Pupil | None:
    """Prefer the place on roll that day, and of two the one that is not subsidiary; else the first to come."""
    now = every(Pupil, _likely(connection, as_at, known_at, **whose))
    if now:
        return max(now, key=lambda row: (row.on_roll, row.roll_kind is not RollKind.SUBSIDIARY, row.since))
    return next(iter(every(Pupil, _likely(connection, None, known_at, **whose))), None)


@question
def _likely(as_at: date | None, known_at: int, **whose: Any) -> Statement:
    """The places on roll of whoever is meant, on a day or of all days, oldest first."""
    table = ROLL.table
    query = _PUPILS.where(ROLL.known(known_at) if as_at is None else ROLL.at(as_at, known_at))
    query = query.where(*(table.c[name] == value for name, value in whose.items() if value is not None))
    return query.order_by(table.c.effective_from, table.c.school_id)
