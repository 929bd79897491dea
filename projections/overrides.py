"""Rules that say should and were set aside: each stays to be looked at until what it asks for is there."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Connection, Date, Integer, String, Table, Text, Uuid, select

from domain.events import PlacementApproved, PlacementStarted
from domain.rules.plan import CLEARS as PLAN_CLEARS
from domain.rules.preparedness import CLEARS as PREPARED_CLEARS
from domain.values import Erased
from domain.vocabulary import Deferrable
from projections.database import POSITION, PREFIX, metadata
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
    RETURN,
    SCHOOL,
)
from projections.questions import Statement, question
from projections.read_model import Batch, ReadModel, plain
from projections.wholeness import Wholeness, wholeness

_APPLIED = (PlacementApproved, PlacementStarted)

MODEL = ReadModel(
    "overrides",
    ignores=(
        *(*SCHOOL, *OFFICE, *PUPIL, *RESPONSIBILITY, *PROVIDER, *PREPARATION, *CONSENT, *ATTENDANCE, *RETURN, *READING),
        *(one for one in DECISION if one not in _APPLIED),
    ),
)

OVERRIDES = Table(
    f"{PREFIX}overrides",
    metadata,
    Column("position", POSITION, primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("placement_id", Uuid, nullable=False, index=True),
    Column("decided_on", Date, nullable=False),
    Column("rule", String(16), nullable=False),
    Column("clause", String(32)),
    Column("reason", Text),
    Column("decided_by", Text),
    Column("title", Text),
)


@MODEL.applies(PlacementApproved)
def _approved(batch: Batch, position: int, fact: PlacementApproved) -> None:
    _add(batch, position, fact, fact.approved_on)


@MODEL.applies(PlacementStarted)
def _started(batch: Batch, position: int, fact: PlacementStarted) -> None:
    _add(batch, position, fact, fact.started_on)


def _add(batch: Batch, position: int, fact: PlacementApproved | PlacementStarted, day: date) -> None:
    if isinstance(fact.overridden, Erased):
        return
    for number, one in enumerate(fact.overridden):
        row = {"rule": one.rule, "clause": one.clause, "reason": one.reason, "decided_on": day}
        by = {"decided_by": plain(fact.actor_name), "title": plain(fact.actor_title)}
        batch.add(OVERRIDES, {"position": position, "number": number, "placement_id": fact.originator_id, **row, **by})


@dataclass(frozen=True)
class StandingOverride:
    """A rule that a decision went on in spite of, which is still not met; `clears` says what would meet it."""

    placement_id: UUID
    rule: str
    clause: str | None
    reason: str | None
    decided_on: date
    decided_by: str | None
    title: str | None
    clears: str
    position: int


def standing_overrides(
    connection: Connection, as_at: date, known_at: int, *, placement_ids: Collection[UUID] | None = None
) -> tuple[StandingOverride, ...]:
    """What was overridden by a day and is still open on it, oldest first; of some placements or of all."""
    rows = _overridden(connection, as_at, known_at, placement_ids).mappings()
    stand = wholeness(connection, {row["placement_id"] for row in rows}, as_at, known_at)
    return tuple(_standing(row) for row in rows if not _met(row["rule"], row["clause"], stand[row["placement_id"]]))


@question
def _overridden(as_at: date, known_at: int, placement_ids: Collection[UUID] | None) -> Statement:
    query = select(OVERRIDES).where(OVERRIDES.c.position <= known_at, OVERRIDES.c.decided_on <= as_at)
    query = query.order_by(OVERRIDES.c.decided_on, OVERRIDES.c.position)
    return query if placement_ids is None else query.where(OVERRIDES.c.placement_id.in_(placement_ids))


def _met(rule: str, clause: str | None, stand: Wholeness) -> bool:
    if rule == "H-10":
        needed = Deferrable.BASELINE if clause == "S24" else Deferrable.PROVIDER_AGREEMENT
        return needed in stand.since
    return stand.plan_lacks is not None and clause not in stand.plan_lacks


def _standing(row: Any) -> StandingOverride:
    clears = PLAN_CLEARS | PREPARED_CLEARS
    known = {name: row[name] for name in row if name != "number"}
    return StandingOverride(**known, clears=clears.get((row["rule"], row["clause"]), "Meet the rule."))
