"""What a placement rests on, by the days it holds for: risk, starting point, plan, agreement and reviews."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

import msgspec
from sqlalchemy import Boolean, Column, Connection, Date, Integer, Text, Uuid, select

from domain.events import (
    BaselineRecorded,
    InterventionPlanPrepared,
    PlacementAgreementSigned,
    ReviewHeld,
    RiskAssessmentCompleted,
)
from domain.rules.plan import lacks
from domain.rules.preparedness import complete
from domain.vocabulary import RiskOutcome
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
    RESPONSIBILITY,
    RETURN,
    SCHOOL,
)
from projections.questions import Statement, question
from projections.read_model import Batch, ReadModel, erased, plain

_APPLIED = (
    *(RiskAssessmentCompleted, BaselineRecorded, InterventionPlanPrepared),
    *(PlacementAgreementSigned, ReviewHeld),
)

MODEL = ReadModel(
    "preparations",
    ignores=(
        *(*SCHOOL, *OFFICE, *PUPIL, *RESPONSIBILITY, *PROVIDER, *CONSENT, *ATTENDANCE, *RETURN, *READING),
        *(one for one in (*PREPARATION, *DECISION) if one not in _APPLIED),
    ),
)

RISKS = Timeline(
    "placement_risks",
    [Column("placement_id", Uuid), Column("site_id", Uuid), Column("interim", Boolean)],
    [Column("valid_to", Date, nullable=False), Column("outcome", word(RiskOutcome))],
)
"""An interim assessment, which serves an urgent start only, does not replace a full one."""

BASELINES = Timeline("placement_baselines", [Column("placement_id", Uuid)], [])

PLANS = Timeline(
    "placement_plans",
    [Column("placement_id", Uuid)],
    [
        Column("plan_version", Integer, nullable=False),
        Column("starts_on", Date, nullable=False),
        Column("ends_on", Date, nullable=False),
        Column("review_dates", Text, nullable=False),
        Column("lacks", Text, nullable=False),
    ],
)

AGREEMENTS = Timeline(
    "placement_agreements",
    [Column("placement_id", Uuid)],
    [Column("plan_version", Integer), Column("complete", Boolean, nullable=False)],
)

REVIEWS = Timeline(
    "placement_reviews",
    [Column("placement_id", Uuid)],
    [Column("next_review_on", Date), Column("still_safe", Boolean)],
)


@MODEL.applies(RiskAssessmentCompleted)
def _risk(batch: Batch, position: int, fact: RiskAssessmentCompleted) -> None:
    values = {"valid_to": fact.valid_to, "outcome": plain(fact.outcome)}
    batch.timeline(RISKS).state(position, (fact.originator_id, fact.site_id, fact.interim), fact.assessed_on, values)


@MODEL.applies(BaselineRecorded)
def _baseline(batch: Batch, position: int, fact: BaselineRecorded) -> None:
    batch.timeline(BASELINES).state(position, (fact.originator_id,), fact.measured_on, {})


@MODEL.applies(InterventionPlanPrepared)
def _plan(batch: Batch, position: int, fact: InterventionPlanPrepared) -> None:
    """What it lacks is told as if nobody else taught the pupil; a reader knows the placement and leaves that out."""
    gone = erased(fact.objectives, fact.monitoring, fact.english, fact.maths)
    values = {
        "plan_version": fact.plan_version,
        "starts_on": fact.starts_on,
        "ends_on": fact.ends_on,
        "lacks": msgspec.json.encode([] if gone else lacks(fact)).decode(),
        "review_dates": msgspec.json.encode(sorted(fact.review_dates)).decode(),
    }
    batch.timeline(PLANS).state(position, (fact.originator_id,), fact.prepared_on, values)


@MODEL.applies(PlacementAgreementSigned)
def _agreement(batch: Batch, position: int, fact: PlacementAgreementSigned) -> None:
    day = max(fact.signed_on, fact.received_on)
    batch.timeline(AGREEMENTS).state(
        position, (fact.originator_id,), day, {"plan_version": fact.plan_version, "complete": complete(fact)}
    )


@MODEL.applies(ReviewHeld)
def _review(batch: Batch, position: int, fact: ReviewHeld) -> None:
    values = {"next_review_on": fact.next_review_on, "still_safe": plain(fact.still_safe)}
    batch.timeline(REVIEWS).state(position, (fact.originator_id,), fact.held_on, values)


@dataclass(frozen=True)
class Risk:
    """The newest full, or the newest interim, assessment of the risk for a pupil at one site."""

    placement_id: UUID
    site_id: UUID
    assessed_on: date
    valid_to: date
    outcome: RiskOutcome | None
    interim: bool
    position: int


@dataclass(frozen=True)
class Plan:
    """The plan in force: its version, its last day and the days on which it wants reviews."""

    placement_id: UUID
    prepared_on: date
    plan_version: int
    ends_on: date
    review_dates: tuple[date, ...]
    position: int


@dataclass(frozen=True)
class Agreement:
    """Which version of the plan the provider has signed (None: one on paper), and the day that was known here."""

    placement_id: UUID
    since: date
    plan_version: int | None
    position: int


@dataclass(frozen=True)
class Review:
    """The newest review: whether it found the placement safe (None once erased), and when the next is to be."""

    placement_id: UUID
    held_on: date
    next_review_on: date | None
    still_safe: bool | None
    position: int


def risks(connection: Connection, as_at: date, known_at: int) -> tuple[Risk, ...]:
    """The newest full and the newest interim risk assessment of every placement at each of its sites."""
    return every(Risk, _risks(connection, as_at, known_at))


def baselines(connection: Connection, as_at: date, known_at: int) -> frozenset[UUID]:
    """The placements whose starting point is recorded."""
    return frozenset(_baselines(connection, as_at, known_at).scalars())


def plans(connection: Connection, as_at: date, known_at: int) -> tuple[Plan, ...]:
    """The plan in force of every placement that has one."""
    rows = _plans(connection, as_at, known_at).mappings()
    dates = tuple[date, ...]
    return tuple(Plan(**{**row, "review_dates": msgspec.json.decode(row["review_dates"], type=dates)}) for row in rows)


def agreements(connection: Connection, as_at: date, known_at: int) -> tuple[Agreement, ...]:
    """What each provider has signed for each placement, the newest."""
    return every(Agreement, _agreements(connection, as_at, known_at))


def reviews(connection: Connection, as_at: date, known_at: int) -> tuple[Review, ...]:
    """The newest review of every placement that was ever reviewed."""
    return every(Review, _reviews(connection, as_at, known_at))


@question
def _risks(as_at: date, known_at: int) -> Statement:
    return select(*columns(Risk, RISKS.table, assessed_on="effective_from")).where(RISKS.at(as_at, known_at))


@question
def _baselines(as_at: date, known_at: int) -> Statement:
    return select(BASELINES.table.c.placement_id).where(BASELINES.at(as_at, known_at))


@question
def _plans(as_at: date, known_at: int) -> Statement:
    return select(*columns(Plan, PLANS.table, prepared_on="effective_from")).where(PLANS.at(as_at, known_at))


@question
def _agreements(as_at: date, known_at: int) -> Statement:
    return select(*columns(Agreement, AGREEMENTS.table, since="effective_from")).where(AGREEMENTS.at(as_at, known_at))


@question
def _reviews(as_at: date, known_at: int) -> Statement:
    return select(*columns(Review, REVIEWS.table, held_on="effective_from")).where(REVIEWS.at(as_at, known_at))
