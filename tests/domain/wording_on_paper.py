"""How a placement that is on paper is usually transcribed."""

from __future__ import annotations

from datetime import date

from domain.paper import PaperConsent, PaperParents, PaperReview, PaperRisk
from domain.vocabulary import (
    Accredited,
    ArrangedBy,
    AttendanceMode,
    Capacity,
    Delivery,
    LegalGateway,
    Medium,
    NeedBasis,
    ParentsOnPaper,
    ReviewKind,
    ReviewOutcome,
    RiskOutcome,
)
from tests.domain.people import day, named
from tests.domain.wording_around import Wording

CONSENT = PaperConsent(
    authority_name="Ploughshire Council",
    authority_code="990",
    capacity=Capacity.EDUCATION_SEN,
    officer_name="V. Ploughwright",
    officer_title="Commissioning Officer",
    given_on=date(2026, 2, 20),
    received_on=date(2026, 2, 24),
    medium=Medium.LETTER,
)
PARENTS = PaperParents(
    position=ParentsOnPaper.GIVEN,
    said_on=date(2026, 2, 18),
    holder_name="P. Ashby",
    ground="mother",
    medium=Medium.SIGNED_FORM,
)
RISK = PaperRisk(
    outcome=RiskOutcome.SAFE_WITH_CONTROLS,
    assessed_on=date(2026, 2, 16),
    valid_to=day("12-18"),
    assessor="B. Coppershaw, Lead",
)
REVIEW = PaperReview(
    held_on=date(2026, 6, 22),
    kind=ReviewKind.SCHEDULED,
    outcome=ReviewOutcome.CONTINUE,
    chair="A. Head_Teacher, Head Teacher",
    still_safe=True,
    next_review_on=day("09-28"),
)

WORDING = {
    "add_existing_placement": Wording(
        "existing placement",
        day("09-10"),
        {
            "pupil_id": named("pupil"),
            "school_id": named("school"),
            "provider_id": named("provider"),
            "site_id": named("site"),
            "delivery": Delivery.OUTSIDE,
            "started_on": date(2026, 3, 2),
            "proposed_end": day("12-18"),
            "ended_on": None,
            "legal_gateway": LegalGateway.SCHOOL_ARRANGED_BY_AGREEMENT,
            "arranged_by": ArrangedBy.SCHOOL,
            "attendance_mode": AttendanceMode.PART_TIME,
            "need_basis": NeedBasis.ANXIETY,
            "separate_from_peers": None,
            "rationale": None,
            "accredited": Accredited.NOT_KNOWN,
            "accredited_reason": None,
            "transcribed_from": "The blue folder in the Head's office",
            "approved_on": date(2026, 2, 25),
            "approved_by": "C. Formerhead",
            "approver_title": "Head Teacher",
            "consents": (CONSENT,),
            "parents": PARENTS,
            "risk": RISK,
            "review": REVIEW,
            "another": False,
        },
    )
}
