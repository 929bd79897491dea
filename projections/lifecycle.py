"""The life of a placement as rows: what was proposed, and the states it goes through from day to day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Boolean, Column, Date, Text, Uuid

from domain.events import (
    AccreditationStated,
    BaselineRecorded,
    ExistingPlacementAdded,
    InterventionPlanPrepared,
    NeedsAssessmentCompleted,
    PlacementAgreementSigned,
    PlacementApproved,
    PlacementEnded,
    PlacementProposed,
    PlacementRefused,
    PlacementResumed,
    PlacementStarted,
    PlacementSuspended,
    ReviewHeld,
    RiskAssessmentCompleted,
    UrgentStartDecided,
    WeeklyTimetableSet,
)
from domain.vocabulary import (
    Accredited,
    ArrangedBy,
    AttendanceMode,
    Delivery,
    LegalGateway,
    NeedBasis,
    PlacementStatus,
    Source,
)
from projections.answers import word
from projections.axes import Chain, Row, Timeline
from projections.families import ATTENDANCE, CONSENT, OFFICE, PROVIDER, PUPIL, READING, RESPONSIBILITY, RETURN, SCHOOL
from projections.read_model import Batch, ReadModel, erased, plain

MODEL = ReadModel(
    "placements",
    ignores=(
        *(*SCHOOL, *OFFICE, *PUPIL, *RESPONSIBILITY, *PROVIDER, *CONSENT, *ATTENDANCE, *RETURN, *READING),
        *(BaselineRecorded, InterventionPlanPrepared, PlacementAgreementSigned, WeeklyTimetableSet, ReviewHeld),
    ),
)

LONDON = ZoneInfo("Europe/London")
"""Where a day begins and ends for what counts from its recording."""

IN_FORCE = (PlacementStatus.ACTIVE, PlacementStatus.SUSPENDED)
"""The states in which a pupil has the placement; in the others it is planned, refused or over."""

PLACEMENTS = Chain(
    "placements",
    [Column("placement_id", Uuid, nullable=False)],
    [
        Column("pupil_id", Uuid, nullable=False, index=True),
        Column("school_id", Uuid, nullable=False, index=True),
        Column("provider_id", Uuid, nullable=False, index=True),
        Column("site_id", Uuid, nullable=False),
        Column("delivery", word(Delivery), nullable=False),
        Column("arranged_by", word(ArrangedBy), nullable=False),
        Column("accredited", word(Accredited), nullable=False),
        Column("proposed_start", Date, nullable=False),
        Column("proposed_end", Date, nullable=False),
        Column("need_basis", word(NeedBasis)),
        Column("separate_from_peers", Text),
        Column("legal_gateway", word(LegalGateway)),
        Column("attendance_mode", word(AttendanceMode)),
        Column("rationale", Text),
        Column("accredited_reason", Text),
        Column("entered_from", word(Source), nullable=False),
        Column("approved_on_paper", Boolean, nullable=False),
        Column("register_from", Date, nullable=False),
        Column("erased", Boolean, nullable=False),
    ],
)

STATES = Timeline(
    "placement_states",
    [Column("placement_id", Uuid)],
    [
        Column("status", word(PlacementStatus), nullable=False),
        Column("proposed_on", Date, nullable=False),
        Column("site_id", Uuid, nullable=False),
        Column("needs_on", Date),
        Column("risk_on", Date),
        Column("approved_on", Date),
        Column("start_from", Date),
        Column("start_by", Date),
        Column("started_on", Date),
        Column("ended_on", Date),
        Column("ended_from", word(PlacementStatus)),
    ],
)

_CLEAR = (
    *("pupil_id", "school_id", "provider_id", "site_id", "delivery", "arranged_by", "accredited"),
    *("proposed_start", "proposed_end"),
)
_SEALED = PlacementProposed.PERSONAL["proposal"]


def _agreed(batch: Batch, position: int, fact: PlacementProposed) -> None:
    sealed = [getattr(fact, name) for name in _SEALED]
    values = {name: getattr(fact, name) for name in _CLEAR} | dict(zip(_SEALED, map(plain, sealed), strict=True))
    values |= {"erased": erased(*sealed), "entered_from": fact.entered_from, "approved_on_paper": _on_paper(fact)}
    values["register_from"] = _register_from(fact)
    batch.chain(PLACEMENTS).extend(position, (fact.originator_id,), lambda _: values)


def _on_paper(fact: PlacementProposed) -> bool:
    """Whether its paper tells of an approval; what is erased was there."""
    said = isinstance(fact, ExistingPlacementAdded) and (fact.approved_by, fact.approved_on)
    return bool(said) and said != (None, None)


def _register_from(fact: PlacementProposed) -> date:
    """The first day whose register is kept here: what a placement from paper was before it was entered is on paper."""
    return fact.recorded_at.astimezone(LONDON).date() if isinstance(fact, ExistingPlacementAdded) else date.min


@MODEL.applies(PlacementProposed)
def _proposed(batch: Batch, position: int, fact: PlacementProposed) -> None:
    _agreed(batch, position, fact)
    day = fact.recorded_at.astimezone(LONDON).date()
    proposed = {"status": PlacementStatus.PROPOSED, "proposed_on": day, "site_id": fact.site_id}
    _onwards(batch, position, fact.originator_id, day, proposed)


@MODEL.applies(ExistingPlacementAdded)
def _existing_added(batch: Batch, position: int, fact: ExistingPlacementAdded) -> None:
    _agreed(batch, position, fact)
    placement_id, started = fact.originator_id, fact.started_on
    began = {"proposed_on": started, "site_id": fact.site_id, "started_on": started}
    _onwards(batch, position, placement_id, started, {"status": PlacementStatus.ACTIVE, **began})
    if fact.ended_on is not None:
        _end(batch, position, placement_id, fact.ended_on)


@MODEL.applies(AccreditationStated)
def _accreditation_stated(batch: Batch, position: int, fact: AccreditationStated) -> None:
    said = {"accredited": fact.accredited, "accredited_reason": plain(fact.reason)}

    def change(row: Mapping[str, Any] | None) -> Row | None:
        return None if row is None else {**row, **said, "erased": row["erased"] or erased(fact.reason)}

    batch.chain(PLACEMENTS).extend(position, (fact.originator_id,), change)


@MODEL.applies(NeedsAssessmentCompleted)
def _needs_assessed(batch: Batch, position: int, fact: NeedsAssessmentCompleted) -> None:
    _assessed(batch, position, fact.originator_id, {"needs_on": fact.assessed_on})


@MODEL.applies(RiskAssessmentCompleted)
def _risk_assessed(batch: Batch, position: int, fact: RiskAssessmentCompleted) -> None:
    _assessed(batch, position, fact.originator_id, {"risk_on": fact.assessed_on}, at=fact.site_id)


@MODEL.applies(PlacementApproved)
def _approved(batch: Batch, position: int, fact: PlacementApproved) -> None:
    window = {"approved_on": fact.approved_on, "start_from": fact.start_from, "start_by": fact.start_by}

    def change(row: Mapping[str, Any] | None) -> Row:
        # One that an urgent start set running goes on: its approval comes after its start.
        running = row is not None and row["status"] in IN_FORCE
        status = {} if running else {"status": PlacementStatus.APPROVED}
        return {**(row or {}), **status, **window}

    batch.timeline(STATES).onwards(position, (fact.originator_id,), fact.approved_on, change)


@MODEL.applies(PlacementRefused)
def _refused(batch: Batch, position: int, fact: PlacementRefused) -> None:
    _onwards(batch, position, fact.originator_id, fact.refused_on, {"status": PlacementStatus.REFUSED})


@MODEL.applies(UrgentStartDecided)
def _urgently_started(batch: Batch, position: int, fact: UrgentStartDecided) -> None:
    values = {"status": PlacementStatus.ACTIVE, "started_on": fact.starts_on}
    _onwards(batch, position, fact.originator_id, fact.starts_on, values)


@MODEL.applies(PlacementStarted)
def _started(batch: Batch, position: int, fact: PlacementStarted) -> None:
    values = {"status": PlacementStatus.ACTIVE, "started_on": fact.started_on}
    _onwards(batch, position, fact.originator_id, fact.started_on, values)


@MODEL.applies(PlacementSuspended)
def _suspended(batch: Batch, position: int, fact: PlacementSuspended) -> None:
    _onwards(batch, position, fact.originator_id, fact.suspended_on, {"status": PlacementStatus.SUSPENDED})


@MODEL.applies(PlacementResumed)
def _resumed(batch: Batch, position: int, fact: PlacementResumed) -> None:
    _onwards(batch, position, fact.originator_id, fact.resumed_on, {"status": PlacementStatus.ACTIVE})


@MODEL.applies(PlacementEnded)
def _ended(batch: Batch, position: int, fact: PlacementEnded) -> None:
    _end(batch, position, fact.originator_id, fact.ended_on)


def _onwards(batch: Batch, position: int, placement_id: UUID, day: date, values: Row) -> None:
    """Each step of a placement follows from the one before, so it decides all days from its own on."""
    batch.timeline(STATES).onwards(position, (placement_id,), day, lambda row: {**(row or {}), **values})


def _end(batch: Batch, position: int, placement_id: UUID, day: date) -> None:
    """It is over from the day it ends on; `ended_from` says how it was on that day, which still belongs to it."""

    def change(row: Mapping[str, Any] | None) -> Row:
        before = row or {}
        return {**before, "status": PlacementStatus.ENDED, "ended_on": day, "ended_from": before.get("status")}

    batch.timeline(STATES).onwards(position, (placement_id,), day, change)


def _assessed(batch: Batch, position: int, placement_id: UUID, assessed: Row, *, at: UUID | None = None) -> None:
    """A placement counts as assessed from the day on which both assessments, of risk at its own site, are there."""

    def change(row: Mapping[str, Any] | None) -> Row | None:
        if row is None or row["status"] != PlacementStatus.PROPOSED or at not in {None, row["site_id"]}:
            return None
        after = {**row, **assessed}
        done = [after[name] for name in ("needs_on", "risk_on") if after[name] is not None]
        if len(done) == 2:
            after["status"] = PlacementStatus.ASSESSED
        return after | {"effective_from": max(*done, after["proposed_on"])}

    batch.timeline(STATES).onwards(position, (placement_id,), next(iter(assessed.values())), change)
