"""Facts that prepare a placement: what was found out, planned and agreed. Subject: the pupil."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from domain.events.fact import ACTOR, EVIDENCE, Evidenced, Fact
from domain.parts import Barrier, Hazard, Measure, Monitoring, Objective, Pathway, TimetabledSession
from domain.values import Personal
from domain.vocabulary import Accredited, NextStep, RiskOutcome


class NeedsAssessmentCompleted(Evidenced, frozen=True, kw_only=True):
    """The pupil's personal, social and academic needs and barriers were assessed (S10, S15)."""

    TOPIC = "placement.needs-assessed"
    PERSONAL = {
        "needs": ("personal", "social", "academic", "barriers", "assessors", "pupil_views", "parent_views"),
        "evidence": EVIDENCE,
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


class RiskAssessmentCompleted(Evidenced, frozen=True, kw_only=True):
    """The risk of this pupil in this setting was assessed (S30); `interim` where it is for an urgent start only."""

    TOPIC = "placement.risk-assessed"
    PERSONAL = {"risk": ("outcome", "hazards", "assessor"), "evidence": EVIDENCE, "actor": ACTOR}

    site_id: UUID
    assessed_on: date
    received_on: date | None = None
    valid_to: date
    interim: bool = False
    outcome: Personal[RiskOutcome]
    hazards: Personal[tuple[Hazard, ...]]
    assessor: Personal[str]


class AccreditationStated(Evidenced, frozen=True, kw_only=True):
    """Whether the provision delivers accredited education, found out after it was proposed (S29)."""

    TOPIC = "placement.accreditation-stated"
    PERSONAL = {"accreditation": ("reason",), "evidence": EVIDENCE, "actor": ACTOR}

    accredited: Accredited
    stated_on: date
    received_on: date | None = None
    reason: Personal[str | None]


class BaselineRecorded(Evidenced, frozen=True, kw_only=True):
    """Where the pupil stood before the placement, to measure progress against (S24); a later one never replaces it."""

    TOPIC = "placement.baseline-recorded"
    PERSONAL = {"baseline": ("measures",), "evidence": EVIDENCE, "actor": ACTOR}

    measured_on: date
    measures: Personal[tuple[Measure, ...]]


class InterventionPlanPrepared(Evidenced, frozen=True, kw_only=True):
    """A version of the personalised plan for intervention (S20 to S25)."""

    TOPIC = "placement.plan-prepared"
    PERSONAL = {
        "plan": ("objectives", "next_step", "monitoring", "english", "maths", "links"),
        "evidence": EVIDENCE,
        "actor": ACTOR,
    }

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


class PlacementAgreementSigned(Evidenced, frozen=True, kw_only=True):
    """The provider signs the agreement: the plan, three procedures and a way to challenge (S33, S39, S49, S50).

    `plan_version` is None where a placement from paper was agreed on with a plan that is on paper too.
    """

    TOPIC = "placement.agreement-signed"
    PERSONAL = {
        "agreement": (
            "signed_by",
            "information_exchange",
            "progress_monitoring",
            "pastoral_support",
            "challenge_mechanism",
        ),
        "evidence": EVIDENCE,
        "actor": ACTOR,
    }

    plan_version: int | None
    signed_on: date
    received_on: date
    signed_by: Personal[str]
    information_exchange: Personal[str]
    progress_monitoring: Personal[str]
    pastoral_support: Personal[str]
    challenge_mechanism: Personal[str]


class WeeklyTimetableSet(Fact, frozen=True, kw_only=True):
    """Where each of the week's ten sessions is taught, over all settings, from a day on (S17, S52)."""

    TOPIC = "placement.timetable-set"
    PERSONAL = {"timetable": ("sessions",), "actor": ACTOR}

    valid_from: date
    sessions: Personal[tuple[TimetabledSession, ...]]
