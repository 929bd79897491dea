"""Facts of one placement, from proposal to end. Subject: the pupil."""

from __future__ import annotations

from datetime import date
from uuid import UUID, uuid5

from domain.events.fact import ACTOR, EVIDENCE, Evidenced, Fact
from domain.parts import (
    Deferral,
    EvidenceFile,
    ObjectiveRating,
    Override,
)
from domain.values import Personal
from domain.vocabulary import (
    Accredited,
    ArrangedBy,
    AttendanceMode,
    Delivery,
    EndReason,
    LegalGateway,
    NeedBasis,
    ReviewKind,
    ReviewOutcome,
)


class PlacementProposed(Fact, frozen=True, kw_only=True):
    """A placement is proposed for a pupil with a provider at a site (S02, S04, S12, S29).

    Why and how is None only where a paper file, transcribed, does not say.
    """

    TOPIC = "placement.proposed"
    PERSONAL = {
        "proposal": (
            "need_basis",
            "separate_from_peers",
            "legal_gateway",
            "attendance_mode",
            "rationale",
            "accredited_reason",
        ),
        "actor": ACTOR,
    }

    pupil_id: UUID
    school_id: UUID
    provider_id: UUID
    site_id: UUID
    delivery: Delivery
    arranged_by: ArrangedBy
    accredited: Accredited
    proposed_start: date
    proposed_end: date
    need_basis: Personal[NeedBasis | None]
    separate_from_peers: Personal[str | None]
    legal_gateway: Personal[LegalGateway | None]
    attendance_mode: Personal[AttendanceMode | None]
    rationale: Personal[str | None]
    accredited_reason: Personal[str | None]


class ExistingPlacementAdded(PlacementProposed, frozen=True, kw_only=True):
    """A placement from before this service, or from a time without it, transcribed with its true dates.

    The days proposed are those on which it began and was to end. The approval is what the paper says of one; it is
    never counted as given here, and no rule for decisions refuses the transcription (model, settled point 4).
    `another`: who entered it said that it is not the one on record with the same provider in that time.
    """

    TOPIC = "placement.existing-added"
    PERSONAL = {
        "proposal": PlacementProposed.PERSONAL["proposal"],
        "paper": ("approved_on", "approved_by", "approver_title", "transcribed_from"),
        "evidence": EVIDENCE,
        "actor": ACTOR,
    }

    started_on: date
    ended_on: date | None
    approved_on: Personal[date | None]
    approved_by: Personal[str | None]
    approver_title: Personal[str | None]
    transcribed_from: Personal[str]
    evidence: Personal[tuple[EvidenceFile, ...]] = ()
    another: bool = False


def existing_placement_id(pupil_id: UUID, provider_id: UUID, started_on: date) -> UUID:
    """Name the stream of a placement transcribed from paper: the same paper entered twice collides."""
    return uuid5(pupil_id, f"{provider_id}/{started_on.isoformat()}/existing placement")


class PlacementApproved(Fact, frozen=True, kw_only=True):
    """The Head Teacher, Head of Service or a live delegate approves (S26); `relied_on` names what it rests on."""

    TOPIC = "placement.approved"
    PERSONAL = {"decision": ("decision_reason", "overridden"), "actor": ACTOR}

    approved_on: date
    plan_version: int | None
    consent_ids: tuple[UUID, ...]
    start_from: date
    start_by: date
    decision_reason: Personal[str]
    overridden: Personal[tuple[Override, ...]] = ()


class PlacementRefused(Fact, frozen=True, kw_only=True):
    """The placement is refused, and what is provided instead; the duty of full-time education goes on."""

    TOPIC = "placement.refused"
    PERSONAL = {"decision": ("reason", "provided_instead"), "actor": ACTOR}

    refused_on: date
    reason: Personal[str]
    provided_instead: Personal[str]


class PlacementStarted(Fact, frozen=True, kw_only=True):
    """The pupil's placement starts with its first session."""

    TOPIC = "placement.started"
    PERSONAL = {"start": ("reported_to", "overridden"), "actor": ACTOR}

    started_on: date
    reported_to: Personal[str]
    overridden: Personal[tuple[Override, ...]] = ()


class UrgentStartDecided(Fact, frozen=True, kw_only=True):
    """The Head Teacher starts a placement at once, for ten school days at most, on an interim risk assessment.

    Plan, baseline and the provider's agreement may be put off, each to a named day; nothing else may, and by `ends_on`
    the placement is approved in the ordinary way or it ends (model, settled point 3).
    """

    TOPIC = "placement.urgent-start-decided"
    PERSONAL = {"decision": ("reason", "reported_to"), "actor": ACTOR}

    decided_on: date
    starts_on: date
    ends_on: date
    deferred: tuple[Deferral, ...]
    consent_ids: tuple[UUID, ...]
    reason: Personal[str]
    reported_to: Personal[str]


class PlacementSuspended(Fact, frozen=True, kw_only=True):
    """The placement is suspended, and how the pupil is taught meanwhile."""

    TOPIC = "placement.suspended"
    PERSONAL = {"suspension": ("reason", "interim_education"), "actor": ACTOR}

    suspended_on: date
    reason: Personal[str]
    interim_education: Personal[str]


class PlacementResumed(Fact, frozen=True, kw_only=True):
    """A suspended placement goes on."""

    TOPIC = "placement.resumed"
    PERSONAL = {"suspension": ("reason",), "actor": ACTOR}

    resumed_on: date
    reason: Personal[str]


class ReviewHeld(Evidenced, frozen=True, kw_only=True):
    """The placement was reviewed: is the pupil attending, safe, and are needs met (S34 to S36).

    What it found is None only where a paper file, transcribed, does not say.
    """

    TOPIC = "placement.review-held"
    PERSONAL = {
        "review": (
            "kind",
            "outcome",
            "chair",
            "attendees",
            "attending_regularly",
            "still_safe",
            "meets_needs",
            "objectives",
            "pupil_voice",
            "parent_voice",
            "next_stage_considered",
        ),
        "evidence": EVIDENCE,
        "actor": ACTOR,
    }

    held_on: date
    next_review_on: date | None
    kind: Personal[ReviewKind]
    outcome: Personal[ReviewOutcome]
    chair: Personal[str]
    attendees: Personal[str | None]
    attending_regularly: Personal[bool | None]
    still_safe: Personal[bool | None]
    meets_needs: Personal[bool | None]
    objectives: Personal[tuple[ObjectiveRating, ...]]
    pupil_voice: Personal[str | None]
    parent_voice: Personal[str | None]
    next_stage_considered: Personal[str | None]


class PlacementEnded(Evidenced, frozen=True, kw_only=True):
    """The placement ended: why, where the pupil goes, what was achieved and what the pupil says of it."""

    TOPIC = "placement.ended"
    PERSONAL = {
        "ending": ("reason", "destination", "final_attendance", "attainment_against_baseline", "pupil_own_assessment"),
        "evidence": EVIDENCE,
        "actor": ACTOR,
    }

    ended_on: date
    reason: Personal[EndReason]
    destination: Personal[str]
    final_attendance: Personal[str]
    attainment_against_baseline: Personal[str]
    pupil_own_assessment: Personal[str]
