"""How commands on schools, pupils and providers are sent in the ordinary case: what, by whom, when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from domain.parts import (
    DelegationLimits,
    EvidenceScope,
    Hazard,
    SessionTimes,
    Term,
)
from domain.values import Officer
from domain.vocabulary import (
    Capacity,
    DelegatedAct,
    Exported,
    Regime,
    RegisterStatus,
    ResidenceStatus,
    RiskOutcome,
    RollKind,
    SiteKind,
)
from tests.domain.people import AP_LEAD, DSL, HEAD, SET_UP, day, named

HAZARDS = (Hazard("Leaves unseen", 2, 4, "Signed in and out", "B. Coppershaw"),)


@dataclass(frozen=True)
class Wording:
    """One command as it is usually sent."""

    id: str
    on: date
    fields: dict[str, Any]
    by: Officer = AP_LEAD


def preparing(fields: dict[str, Any], by: Officer = AP_LEAD) -> Wording:
    """What is entered about a placement while it is prepared."""
    return Wording("placement", day("09-09"), fields, by)


def _before_term(id: str, fields: dict[str, Any], by: Officer = AP_LEAD) -> Wording:  # noqa: A002 - the command's word
    return Wording(id, day("09-02"), fields, by)


WORDING = {
    "record_school": _before_term("school", {"name": "Rowan Hill School (demo)", "urn": "999001"}, SET_UP),
    "publish_school_calendar": _before_term(
        "school",
        {
            "year": "2026/27",
            "terms": (Term("Autumn", day("09-01"), day("12-18"), day("10-26"), day("10-30")),),
            "inset_days": (day("09-01"),),
            "closures": (day("11-20"),),
            "session_times": SessionTimes("09:00", "12:00", "13:00", "15:10"),
        },
        SET_UP,
    ),
    "appoint_office_holder": _before_term(
        "appointment",
        {
            "school_id": named("school"),
            "office": "head_teacher",
            "person_id": named("head_teacher"),
            "starts_on": date(2024, 9, 1),
            "acting": False,
            "name": "A. Head_Teacher",
            "title": "Head Teacher",
        },
        SET_UP,
    ),
    "cease_office_holder": _before_term("head_teacher appointment", {"last_day": day("12-31")}, SET_UP),
    "grant_delegation": _before_term(
        "delegation",
        {
            "delegatee_id": named("deputy_head"),
            "delegatee_name": "A. Deputy_Head",
            "delegatee_title": "Deputy Head",
            "acts": (DelegatedAct.APPROVE_PLACEMENT,),
            "starts_on": day("09-02"),
            "ends_on": day("12-18"),
            "limits": DelegationLimits(),
        },
        HEAD,
    ),
    "revoke_delegation": Wording("delegation", day("09-09"), {"reason": "I decide myself again."}, HEAD),
    "record_reading": Wording(
        "reading", day("09-15"), {"page": "placement", "form": "html", "pupils": (named("pupil"),)}, HEAD
    ),
    "record_export": Wording(
        "export",
        day("09-15"),
        {
            "scope": EvidenceScope(Exported.PUPIL, named("pupil"), None, None),
            "size": 40,
            "count": 12,
            "digest": "ab" * 32,
            "first": 7,
            "last": 39,
            "held": 20,
            "contents": "cd" * 32,
            "made_for": "An inspector DEMO",
            "purpose": "The inspection of September",
        },
        HEAD,
    ),
    "enrol_pupil": _before_term(
        "pupil",
        {
            "school_id": named("school"),
            "starts_on": date(2025, 9, 1),
            "roll_kind": RollKind.SOLE,
            "name": "Wren Ashby",
            "born_on": date(2012, 3, 4),
            "upn": "K999000125001",
            "local_ref": "RH-001",
        },
    ),
    "remove_pupil_from_roll": Wording(
        "pupil",
        day("12-18"),
        {
            "school_id": named("school"),
            "removed_on": day("12-18"),
            "ground": "Registered at another school",
            "received_on": day("12-18"),
        },
    ),
    "change_pupil_residence": _before_term(
        "pupil",
        {
            "effective_on": date(2025, 9, 1),
            "status": ResidenceStatus.NON_RESIDENTIAL,
            "home_site_id": None,
            "received_on": day("09-01"),
        },
    ),
    "record_ehcp": _before_term(
        "pupil",
        {
            "effective_on": date(2025, 9, 1),
            "reference": "EHCP-1",
            "maintaining_authority": "Easterby County Council (demo)",
            "annual_review_due": day("12-01"),
            "received_on": day("09-01"),
        },
    ),
    "cease_ehcp": Wording("pupil", day("12-01"), {"effective_on": day("12-01"), "received_on": day("12-01")}),
    "record_placing_authority": _before_term(
        "pupil",
        {
            "authority_id": named("authority"),
            "effective_on": date(2025, 9, 1),
            "authority_code": "991",
            "authority_name": "Easterby County Council (demo)",
            "capacity": Capacity.EDUCATION_SEN,
            "received_on": day("09-01"),
        },
    ),
    "record_no_placing_authority": _before_term(
        "pupil",
        {"effective_on": date(2025, 9, 1), "reason": "The parents chose and pay for the school.", "received_on": None},
    ),
    "record_parental_responsibility": _before_term(
        "pupil",
        {
            "holder_id": named("parent"),
            "effective_on": date(2025, 9, 1),
            "name": "P. Ashby",
            "ground": "mother",
            "restrictions": None,
            "evidence_seen": "Birth certificate",
            "received_on": day("09-01"),
        },
    ),
    "record_provider": _before_term("provider", {"name": "Fieldgate Motor Project (demo)", "school_id": None}),
    "record_provider_site": _before_term(
        "provider",
        {
            "site_id": named("site"),
            "kind": SiteKind.PROVIDER_PREMISES,
            "name": "The Workshop",
            "address": "Unit 4, Fieldgate Yard",
            "telephone": "01632 960100",
        },
    ),
    "amend_provider_site": _before_term(
        "provider",
        {"site_id": named("site"), "address": "Unit 7, Fieldgate Yard", "telephone": "01632 960107"},
    ),
    "verify_provider_registration": _before_term(
        "provider",
        {
            "regime": Regime.REGISTERED_INDEPENDENT_URN,
            "identifier": "999102",
            "source": "Get Information about Schools",
            "checked_on": day("09-02"),
            "status": RegisterStatus.OPEN,
        },
    ),
    "record_provider_registration_lapse": Wording(
        "provider",
        day("09-09"),
        {"effective_on": day("09-08"), "received_on": day("09-09"), "how_known": "The provider wrote."},
    ),
    "verify_provider_safeguarding_policy": _before_term(
        "provider",
        {
            "verified_on": day("09-02"),
            "policy_dated": day("06-01"),
            "satisfactory": True,
            "provider_lead": "B. Coppershaw",
            "received_on": day("09-01"),
        },
        DSL,
    ),
    "assess_setting_risk": _before_term(
        "provider",
        {
            "site_id": named("site"),
            "assessed_on": day("09-02"),
            "valid_to": day("12-18"),
            "outcome": RiskOutcome.SAFE_WITH_CONTROLS,
            "hazards": HAZARDS,
            "assessor": "A. Ap_Lead",
            "received_on": None,
        },
    ),
}
