"""How commands on placements and attendance are sent in the ordinary case; tests change what they are about."""

from __future__ import annotations

from domain.parts import (
    Barrier,
    Measure,
    Monitoring,
    Objective,
    Pathway,
)
from domain.vocabulary import (
    Accredited,
    ArrangedBy,
    AttendanceMode,
    Delivery,
    EndReason,
    LegalGateway,
    Measured,
    NeedBasis,
    NextStep,
    ReviewKind,
    ReviewOutcome,
    RiskOutcome,
)
from tests.domain.people import HEAD, day, named
from tests.domain.wording_around import HAZARDS, Wording, preparing
from tests.domain.wording_around import WORDING as AROUND
from tests.domain.wording_attendance import WORDING as ATTENDANCE
from tests.domain.wording_consents import WORDING as CONSENTS
from tests.domain.wording_on_paper import WORDING as ON_PAPER

AROUND |= ON_PAPER | ATTENDANCE
WORDING = (
    AROUND
    | CONSENTS
    | {
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
        "assess_needs": preparing(
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
        "assess_risk": preparing(
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
        "state_accreditation": preparing(
            {
                "accredited": Accredited.YES,
                "reason": None,
                "stated_on": day("09-08"),
                "received_on": day("09-09"),
            }
        ),
        "record_baseline": preparing(
            {
                "measured_on": day("09-09"),
                "measures": (Measure(Measured.ENGLISH, "Reading age", "9.4", "years", day("09-09")),),
            }
        ),
        "prepare_plan": preparing(
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
        "sign_placement_agreement": preparing(
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
    }
)
"""Every command of the application."""
