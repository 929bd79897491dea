"""Facts of one placement, from proposal to end. Subject: the pupil."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from domain.events.fact import ACTOR, Fact
from domain.parts import Barrier, Hazard, Measure, Monitoring, Objective, ObjectiveRating, Pathway
from domain.values import Personal
from domain.vocabulary import (
    Accredited,
    ArrangedBy,
    AttendanceMode,
    Delivery,
    EndReason,
    LegalGateway,
    NeedBasis,
    NextStep,
    ReviewKind,
    ReviewOutcome,
    RiskOutcome,
)


class PlacementProposed(Fact, frozen=True, kw_only=True):
    """A placement is proposed for a pupil with a provider at a site (S02, S04, S12, S29)."""

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
    need_basis: Personal[NeedBasis]
    separate_from_peers: Personal[str]
    legal_gateway: Personal[LegalGateway]
    attendance_mode: Personal[AttendanceMode]
    rationale: Personal[str]
    accredited_reason: Personal[str | None]


class NeedsAssessmentCompleted(Fact, frozen=True, kw_only=True):
    """The pupil's personal, social and academic needs and barriers were assessed (S10, S15)."""

    TOPIC = "placement.needs-assessed"
    PERSONAL = {
        "needs": ("personal", "social", "academic", "barriers", "assessors", "pupil_views", "parent_views"),
        "actor": ACTOR,
    }

    assessed_on: date
    personal: Personal[str]
    social: Personal[str]
    academic: Personal[str]
    barriers: Personal[tuple[Barrier, ...]]
    assessors: Personal[str]
    pupil_views: Personal[str]
    parent_views: Personal[str | None]


class RiskAssessmentCompleted(Fact, frozen=True, kw_only=True):
    """The risk of this pupil in this setting was assessed (S30)."""

    TOPIC = "placement.risk-assessed"
    PERSONAL = {"risk": ("outcome", "hazards", "assessor"), "actor": ACTOR}

    site_id: UUID
    assessed_on: date
    valid_to: date
    outcome: Personal[RiskOutcome]
    hazards: Personal[tuple[Hazard, ...]]
    assessor: Personal[str]


class BaselineRecorded(Fact, frozen=True, kw_only=True):
    """Where the pupil stood before the placement, to measure progress against (S24); a later one never replaces it."""

    TOPIC = "placement.baseline-recorded"
    PERSONAL = {"baseline": ("measures",), "actor": ACTOR}

    measured_on: date
    measures: Personal[tuple[Measure, ...]]


class InterventionPlanPrepared(Fact, frozen=True, kw_only=True):
    """A version of the personalised plan for intervention (S20 to S25)."""

    TOPIC = "placement.plan-prepared"
    PERSONAL = {"plan": ("objectives", "next_step", "monitoring", "english", "maths", "links"), "actor": ACTOR}

    plan_version: int
    prepared_on: date
    starts_on: date
    ends_on: date
    review_dates: tuple[date, ...]
    objectives: Personal[tuple[Objective, ...]]
    next_step: Personal[NextStep]
    monitoring: Personal[tuple[Monitoring, ...]]
    english: Personal[Pathway]
    maths: Personal[Pathway]
    links: Personal[str]


class PlacementAgreementSigned(Fact, frozen=True, kw_only=True):
    """The provider signs the agreement: the plan, three procedures and a way to challenge (S33, S39, S49, S50)."""

    TOPIC = "placement.agreement-signed"
    PERSONAL = {
        "agreement": (
            "signed_by",
            "information_exchange",
            "progress_monitoring",
            "pastoral_support",
            "challenge_mechanism",
        ),
        "actor": ACTOR,
    }

    plan_version: int
    signed_on: date
    received_on: date
    signed_by: Personal[str]
    information_exchange: Personal[str]
    progress_monitoring: Personal[str]
    pastoral_support: Personal[str]
    challenge_mechanism: Personal[str]


class PlacementApproved(Fact, frozen=True, kw_only=True):
    """The Head Teacher, Head of Service or a live delegate approves (S26); `relied_on` names what it rests on."""

    TOPIC = "placement.approved"
    PERSONAL = {"decision": ("decision_reason",), "actor": ACTOR}

    approved_on: date
    plan_version: int | None
    consent_ids: tuple[UUID, ...]
    start_from: date
    start_by: date
    decision_reason: Personal[str]


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
    PERSONAL = {"start": ("reported_to",), "actor": ACTOR}

    started_on: date
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


class ReviewHeld(Fact, frozen=True, kw_only=True):
    """The placement was reviewed: is the pupil attending, safe, and are needs met (S34 to S36)."""

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
        "actor": ACTOR,
    }

    held_on: date
    next_review_on: date | None
    kind: Personal[ReviewKind]
    outcome: Personal[ReviewOutcome]
    chair: Personal[str]
    attendees: Personal[str]
    attending_regularly: Personal[bool]
    still_safe: Personal[bool]
    meets_needs: Personal[bool]
    objectives: Personal[tuple[ObjectiveRating, ...]]
    pupil_voice: Personal[str]
    parent_voice: Personal[str | None]
    next_stage_considered: Personal[str]


class PlacementEnded(Fact, frozen=True, kw_only=True):
    """The placement ended: why, where the pupil goes, what was achieved and what the pupil says of it."""

    TOPIC = "placement.ended"
    PERSONAL = {
        "ending": ("reason", "destination", "final_attendance", "attainment_against_baseline", "pupil_own_assessment"),
        "actor": ACTOR,
    }

    ended_on: date
    reason: Personal[EndReason]
    destination: Personal[str]
    final_attendance: Personal[str]
    attainment_against_baseline: Personal[str]
    pupil_own_assessment: Personal[str]
