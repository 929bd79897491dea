"""How commands on placements and attendance are sent in the ordinary case; tests change what they are about."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from domain.parts import (
    Attempt,
    Barrier,
    ConsentScope,
    Mark,
    Measure,
    Monitoring,
    Objective,
    Pathway,
    TimetabledSession,
)
from domain.values import Officer
from domain.vocabulary import (
    Accredited,
    AmendmentReason,
    ArrangedBy,
    AttendanceMode,
    Capacity,
    Delivery,
    EndReason,
    LegalGateway,
    Measured,
    Medium,
    NeedBasis,
    NextStep,
    NotRelevantReason,
    ReviewKind,
    ReviewOutcome,
    RiskOutcome,
    Session,
    TaughtAt,
)
from tests.domain.people import AP_LEAD, HEAD, day, named
from tests.domain.wording_around import HAZARDS, Wording
from tests.domain.wording_around import WORDING as AROUND
from tests.domain.wording_on_paper import WORDING as ON_PAPER

MARK = {
    "placement_id": named("placement"),
    "site_id": named("site"),
    "day": day("09-15"),
    "session": Session.AM,
    "taken_at": datetime(2026, 9, 15, 8, 10, tzinfo=UTC),
    "code": "B",
    "minutes_late": None,
    "nature": "Motor mechanics",
    "note": None,
    "taken_by": "B. Coppershaw",
}
WEEK = tuple(
    TimetabledSession(weekday, session, TaughtAt.PROVIDER, "Motor mechanics")
    for weekday in range(1, 6)
    for session in Session
)
_AUTHORITY_OFFICER = {"officer_name": "V. Ploughwright", "officer_title": "Commissioning Officer"}
_PARENT = {"holder_id": named("parent"), "holder_name": "P. Ashby"}


def _preparing(fields: dict[str, Any], by: Officer = AP_LEAD) -> Wording:
    return Wording("placement", day("09-09"), fields, by)


AROUND |= ON_PAPER
WORDING = AROUND | {
    "propose_placement": Wording(
        "placement",
        day("09-07"),
        {
            "pupil_id": named("pupil"),
            "school_id": named("school"),
            "provider_id": named("provider"),
            "site_id": named("site"),
            "delivery": Delivery.OUTSIDE,
            "arranged_by": ArrangedBy.SCHOOL,
            "accredited": Accredited.YES,
            "accredited_reason": None,
            "proposed_start": day("09-14"),
            "proposed_end": day("12-18"),
            "need_basis": NeedBasis.ANXIETY,
            "separate_from_peers": "Taught one to one.",
            "legal_gateway": LegalGateway.SCHOOL_ARRANGED_BY_AGREEMENT,
            "attendance_mode": AttendanceMode.PART_TIME,
            "rationale": "Practical work holds the pupil's attention.",
        },
    ),
    "assess_needs": _preparing(
        {
            "assessed_on": day("09-08"),
            "personal": "Anxious in groups",
            "social": "One friend",
            "academic": "Two years behind in reading",
            "barriers": (Barrier("Noise", "A quiet room"),),
            "assessors": "P. Larkmeadow, SENCO",
            "pupil_views": "I would like to try it.",
            "parent_views": None,
        }
    ),
    "assess_risk": _preparing(
        {
            "site_id": named("site"),
            "assessed_on": day("09-08"),
            "valid_to": day("12-18"),
            "outcome": RiskOutcome.SAFE,
            "hazards": HAZARDS,
            "assessor": "A. Ap_Lead",
            "received_on": None,
            "interim": False,
        }
    ),
    "state_accreditation": _preparing(
        {
            "accredited": Accredited.YES,
            "reason": None,
            "stated_on": day("09-08"),
            "received_on": day("09-09"),
        }
    ),
    "record_baseline": _preparing(
        {
            "measured_on": day("09-09"),
            "measures": (Measure(Measured.ENGLISH, "Reading age", "9.4", "years", day("09-09")),),
        }
    ),
    "prepare_plan": _preparing(
        {
            "prepared_on": day("09-09"),
            "starts_on": day("09-14"),
            "ends_on": day("12-18"),
            "review_dates": (day("10-14"), day("11-18")),
            "objectives": (
                Objective("o1", "improvement", "Attends every session", "95 per cent", day("12-18")),
                Objective("o2", "attainment", "Reads aloud", "One year's gain", day("12-18")),
            ),
            "next_step": NextStep.SCHOOL_RETURN,
            "monitoring": (Monitoring("Attendance", "A. Ap_Lead", "Weekly"),),
            "english": Pathway(180, 200, "Entry 3"),
            "maths": Pathway(180, 200, "Entry 2"),
            "links": "EHCP sections E and F",
        },
        HEAD,
    ),
    "record_authority_consent": _preparing(
        {
            "consent_id": named("consent"),
            "authority_id": named("authority"),
            "scope": ConsentScope(named("provider"), None, day("09-14"), None),
            "given_on": day("09-08"),
            "received_on": day("09-09"),
            "capacity": Capacity.EDUCATION_SEN,
            "medium": Medium.EMAIL,
            "conditions": None,
            **_AUTHORITY_OFFICER,
        }
    ),
    "record_authority_refusal": _preparing(
        {
            "authority_id": named("authority"),
            "refused_on": day("09-09"),
            "received_on": day("09-09"),
            "capacity": Capacity.EDUCATION_SEN,
            "reason": "The named school is to teach the pupil.",
            **_AUTHORITY_OFFICER,
        }
    ),
    "withdraw_authority_consent": _preparing(
        {
            "consent_id": named("consent"),
            "effective_on": day("09-10"),
            "received_on": day("09-09"),
            "notified_by": "V. Ploughwright",
            "reason": "The care plan changed.",
        }
    ),
    "record_parental_agreement": _preparing(
        {"given_on": day("09-08"), "received_on": day("09-09"), "medium": Medium.SIGNED_FORM, **_PARENT}
    ),
    "record_parental_refusal": _preparing(
        {"declined_on": day("09-08"), "received_on": day("09-09"), "reason": "Too far away.", **_PARENT}
    ),
    "decide_without_parental_agreement": _preparing(
        {"decided_on": day("09-09"), "reason": "Full-time education must not wait."}, HEAD
    ),
    "withdraw_parental_agreement": _preparing(
        {"effective_on": day("09-09"), "received_on": day("09-09"), "reason": "Changed my mind.", **_PARENT}
    ),
    "record_parent_unreachable": _preparing(
        {
            "concluded_on": day("09-09"),
            "review_on": day("09-23"),
            "attempts": (Attempt(day("09-07"), "Telephone"), Attempt(day("09-08"), "Home visit")),
        }
    ),
    "record_parental_agreement_not_relevant": _preparing(
        {"decided_on": day("09-09"), "reason": NotRelevantReason.COURT_ORDER, "explanation": "The order is on file."},
        HEAD,
    ),
    "set_weekly_timetable": _preparing({"valid_from": day("09-14"), "sessions": WEEK}),
    "sign_placement_agreement": _preparing(
        {
            "plan_version": 1,
            "signed_on": day("09-09"),
            "received_on": day("09-09"),
            "signed_by": "B. Coppershaw",
            "information_exchange": "Telephone by 9.30",
            "progress_monitoring": "A note every Friday",
            "pastoral_support": "Key worker visits",
            "challenge_mechanism": "Lead to lead within two days",
        }
    ),
    "approve_placement": Wording(
        "placement",
        day("09-10"),
        {
            "approved_on": day("09-10"),
            "start_from": day("09-14"),
            "start_by": day("09-25"),
            "decision_reason": "The right provision now.",
            "overrides": (),
        },
        HEAD,
    ),
    "refuse_placement": Wording(
        "placement",
        day("09-10"),
        {"refused_on": day("09-10"), "reason": "Not the right place.", "provided_instead": "Teaching in school"},
        HEAD,
    ),
    "start_placement": Wording(
        "placement", day("09-14"), {"started_on": day("09-14"), "reported_to": "B. Coppershaw", "overrides": ()}
    ),
    "start_urgently": Wording(
        "placement",
        day("09-10"),
        {
            "decided_on": day("09-10"),
            "starts_on": day("09-10"),
            "reason": "The pupil cannot go on in class, and must not be without education.",
            "reported_to": "B. Coppershaw",
            "deferred": (),
        },
        HEAD,
    ),
    "suspend_placement": Wording(
        "placement",
        day("09-21"),
        {"suspended_on": day("09-21"), "reason": "A concern.", "interim_education": "Full-time in school"},
        HEAD,
    ),
    "resume_placement": Wording(
        "placement", day("09-28"), {"resumed_on": day("09-28"), "reason": "It was put right."}, HEAD
    ),
    "hold_review": Wording(
        "placement",
        day("10-14"),
        {
            "kind": ReviewKind.SCHEDULED,
            "held_on": day("10-14"),
            "next_review_on": day("11-18"),
            "outcome": ReviewOutcome.CONTINUE,
            "chair": "A. Head_Teacher",
            "attendees": "A. Head_Teacher, B. Coppershaw",
            "attending_regularly": True,
            "still_safe": True,
            "meets_needs": True,
            "objectives": (),
            "pupil_voice": "I like it.",
            "parent_voice": None,
            "next_stage_considered": "Return after half-term",
        },
        HEAD,
    ),
    "end_placement": Wording(
        "placement",
        day("12-18"),
        {
            "ended_on": day("12-18"),
            "reason": EndReason.OBJECTIVES_MET,
            "destination": "Back in class",
            "final_attendance": "94 per cent",
            "attainment_against_baseline": "Reading age up by eight months",
            "pupil_own_assessment": "I can stay in class now.",
        },
        HEAD,
    ),
    "mark_attendance": Wording("pupil", day("09-15"), {"school_id": named("school"), **MARK}),
    "take_register": Wording("school", day("09-15"), {"marks": (Mark(pupil_id=named("pupil"), **MARK),)}),
    "amend_attendance": Wording(
        "pupil",
        day("09-16"),
        {
            "day": day("09-15"),
            "session": Session.AM,
            "original_code": "B",
            "amended_code": "I",
            "reason_code": AmendmentReason.LATE_INFORMATION,
            "reason": "The parent rang at noon.",
            "minutes_late": None,
            "nature": None,
        },
    ),
}
"""Every command of the application."""
