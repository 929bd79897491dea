"""Facts built directly, with everything a test does not speak of filled in."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import cache
from typing import Any, get_type_hints
from uuid import UUID, uuid5

import msgspec

from domain import events
from domain.events import Fact, attendance_id, provider_return_id
from domain.parts import ConsentScope, DelegationLimits, Pathway, SessionTimes, Term
from domain.values import Actor, Basis, Erased
from domain.vocabulary import BasisKind, Role, Session

DEMO = UUID("0d3e0000-0000-4000-8000-000000000000")


def named(name: str) -> UUID:
    """An id that is the same in every run."""
    return uuid5(DEMO, name)


SCHOOL, HEAD_OFFICE, HEAD, DEPUTY = named("school"), named("head's office"), named("head"), named("deputy")
PUPIL, PLACEMENT, PROVIDER, SITE = named("pupil"), named("placement"), named("provider"), named("site")
HOME, HOME_SITE, AUTHORITY, CONSENT, PARENT = map(named, ("home", "home site", "authority", "consent", "parent"))
DELEGATION = named("delegation")

OWN_OFFICE = Actor(id=HEAD, role=Role.HEAD_TEACHER, organisation=SCHOOL, basis=Basis(BasisKind.OWN_OFFICE, HEAD_OFFICE))
BY_DELEGATION = Actor(
    id=DEPUTY, role=Role.DEPUTY_HEAD, organisation=SCHOOL, basis=Basis(BasisKind.DELEGATION, DELEGATION)
)


def day(text: str) -> date:
    """A day of the demonstration year, such as `09-14`."""
    return date.fromisoformat(f"2026-{text}")


_WORDS: dict[type[Fact], dict[str, Any]] = {
    events.SchoolRecorded: {"name": "Rowan Hill School (demo)", "urn": "999001"},
    events.SchoolCalendarPublished: {
        "year": "2026/27",
        "terms": (Term("Autumn", day("09-01"), day("12-18"), day("10-26"), day("10-30")),),
        "inset_days": (day("09-01"),),
        "closures": (),
        "session_times": SessionTimes("09:00", "12:00", "13:00", "15:30"),
    },
    events.OfficeHolderAppointed: {
        "originator_id": HEAD_OFFICE,
        "office": "head_teacher",
        "person_id": HEAD,
        "starts_on": date(2024, 9, 1),
        "acting": False,
        "name": "Ada Quill",
        "title": "Head Teacher",
    },
    events.OfficeHolderCeased: {"originator_id": HEAD_OFFICE, "last_day": day("10-31")},
    events.DelegationGranted: {
        "originator_id": DELEGATION,
        "delegator_appointment_id": HEAD_OFFICE,
        "delegatee_id": DEPUTY,
        "acts": ("approve_placement",),
        "starts_on": day("09-01"),
        "ends_on": day("12-18"),
        "limits": DelegationLimits(max_weeks=6),
        "delegatee_name": "Bo Lark",
        "delegatee_title": "Deputy Head",
    },
    events.DelegationRevoked: {"originator_id": DELEGATION},
    events.PupilEnrolled: {
        "starts_on": day("09-01"),
        "roll_kind": "sole",
        "name": "Wren Ashby",
        "born_on": date(2012, 3, 4),
        "upn": "A000000000000",
        "local_ref": "RH-001",
    },
    events.PupilRemovedFromRoll: {"removed_on": day("12-01")},
    events.PupilResidenceChanged: {
        "effective_on": day("09-01"),
        "status": "residential_in_allied_home",
        "home_site_id": HOME_SITE,
    },
    events.EhcpRecorded: {"effective_on": day("09-01"), "annual_review_due": day("12-01")},
    events.EhcpCeased: {"effective_on": day("11-01")},
    events.PlacingAuthorityRecorded: {
        "effective_on": day("09-01"),
        "authority_code": "999",
        "authority_name": "Northmere Council (demo)",
        "capacity": "education_sen",
    },
    events.NoPlacingAuthorityRecorded: {"effective_on": day("09-01")},
    events.ParentalResponsibilityRecorded: {"effective_on": day("09-01"), "name": "Robin Ashby", "restrictions": None},
    events.ProviderRecorded: {"name": "Fieldgate Motor Project (demo)", "school_id": None},
    events.ProviderSiteRecorded: {
        "kind": "provider_premises",
        "name": "Fieldgate Yard",
        "address": "1 Demo Lane, Northmere",
        "telephone": "01632 960001",
    },
    events.ProviderRegistrationVerified: {
        "regime": "not_registered_not_required",
        "checked_on": day("09-02"),
        "status": "open",
    },
    events.ProviderRegistrationLapsed: {"effective_on": day("10-01"), "received_on": day("10-09")},
    events.ProviderSafeguardingPolicyVerified: {
        "verified_on": day("09-02"),
        "policy_dated": day("08-01"),
        "satisfactory": True,
    },
    events.SettingRiskAssessed: {
        "assessed_on": day("09-02"),
        "valid_to": day("12-18"),
        "outcome": "safe",
        "hazards": (),
    },
    events.PlacementProposed: {
        "delivery": "outside",
        "arranged_by": "school",
        "accredited": "no",
        "proposed_start": day("09-14"),
        "proposed_end": day("12-18"),
        "need_basis": "anxiety",
        "legal_gateway": "school_arranged_by_agreement",
        "attendance_mode": "part_time",
    },
    events.ExistingPlacementAdded: {
        "delivery": "outside",
        "arranged_by": "school",
        "accredited": "no",
        "proposed_start": day("09-14"),
        "proposed_end": day("12-18"),
        "started_on": day("09-14"),
        "ended_on": None,
        "approved_on": day("09-10"),
        "need_basis": "anxiety",
        "legal_gateway": "school_arranged_by_agreement",
        "attendance_mode": "part_time",
    },
    events.AccreditationStated: {"accredited": "no", "stated_on": day("09-03")},
    events.NeedsAssessmentCompleted: {"assessed_on": day("09-03"), "barriers": ()},
    events.RiskAssessmentCompleted: {
        "assessed_on": day("09-04"),
        "valid_to": day("12-18"),
        "outcome": "safe",
        "hazards": (),
    },
    events.BaselineRecorded: {"measured_on": day("09-04"), "measures": ()},
    events.InterventionPlanPrepared: {
        "plan_version": 1,
        "prepared_on": day("09-05"),
        "starts_on": day("09-14"),
        "ends_on": day("12-18"),
        "review_dates": (),
        "objectives": (),
        "next_step": "school_return",
        "monitoring": (),
        "english": Pathway(120, 200, "Level 1"),
        "maths": Pathway(120, 200, "Level 1"),
    },
    events.PlacementAgreementSigned: {"plan_version": 1, "signed_on": day("09-07"), "received_on": day("09-08")},
    events.WeeklyTimetableSet: {"valid_from": day("09-14"), "sessions": ()},
    events.UrgentStartDecided: {
        "decided_on": day("09-10"),
        "starts_on": day("09-14"),
        "ends_on": day("09-25"),
        "deferred": (),
        "consent_ids": (CONSENT,),
    },
    events.PlacementApproved: {
        "approved_on": day("09-10"),
        "plan_version": 1,
        "consent_ids": (CONSENT,),
        "start_from": day("09-11"),
        "start_by": day("09-30"),
    },
    events.PlacementRefused: {"refused_on": day("09-10")},
    events.PlacementStarted: {"started_on": day("09-14")},
    events.PlacementSuspended: {"suspended_on": day("10-05")},
    events.PlacementResumed: {"resumed_on": day("10-12")},
    events.ReviewHeld: {
        "kind": "scheduled",
        "held_on": day("10-20"),
        "next_review_on": None,
        "outcome": "continue",
        "attending_regularly": True,
        "still_safe": True,
        "meets_needs": True,
        "objectives": (),
    },
    events.PlacementEnded: {"ended_on": day("12-11"), "reason": "reintegrated"},
    events.PlacingAuthorityConsentRequested: {
        "number": 1,
        "scope": ConsentScope(PROVIDER, None, day("09-14"), day("12-18")),
        "requested_on": day("09-04"),
        "capacity": "education_sen",
    },
    events.PlacingAuthorityConsentGiven: {
        "consent_id": CONSENT,
        "scope": ConsentScope(PROVIDER, None, day("09-14"), day("12-18")),
        "given_on": day("09-07"),
        "received_on": day("09-08"),
        "capacity": "education_sen",
        "medium": "letter",
        "officer_name": "Kit Moor",
        "officer_title": "SEN Officer",
    },
    events.PlacingAuthorityConsentRefused: {
        "refused_on": day("09-07"),
        "received_on": day("09-08"),
        "capacity": "education_sen",
    },
    events.PlacingAuthorityConsentWithdrawn: {
        "consent_id": CONSENT,
        "effective_on": day("10-05"),
        "received_on": day("10-08"),
    },
    events.ParentalAgreementGiven: {
        "given_on": day("09-06"),
        "received_on": day("09-06"),
        "medium": "signed_form",
        "holder_name": "Robin Ashby",
    },
    events.ParentalAgreementDeclined: {"declined_on": day("09-06"), "received_on": day("09-06")},
    events.ParentalAgreementDecided: {"decided_on": day("09-09")},
    events.ParentalAgreementWithdrawn: {"effective_on": day("10-01"), "received_on": day("10-02")},
    events.ParentUnreachableRecorded: {"concluded_on": day("09-09"), "review_on": day("09-23"), "attempts": ()},
    events.ParentalAgreementNotRelevantRecorded: {"decided_on": day("09-09"), "reason": "in_house_delivery"},
    events.AttendanceMarked: {
        "day": day("09-14"),
        "session": Session.AM,
        "taken_at": datetime(2026, 9, 14, 8, 0, tzinfo=UTC),
        "code": "B",
        "minutes_late": None,
        "taken_by": "Fieldgate staff",
    },
    events.AttendanceAmended: {
        "day": day("09-14"),
        "session": Session.AM,
        "corrects": 1,
        "amended_on": day("09-16"),
        "original_code": "B",
        "amended_code": "N",
        "reason_code": "late_information",
        "minutes_late": None,
    },
    events.ProviderReturnReceived: {
        "day": day("09-14"),
        "session": Session.AM,
        "received_on": day("09-15"),
        "attendance": "attended",
    },
    events.RecordRead: {"subject": HEAD, "page": "placement", "form": "html", "pupils": (PUPIL,)},
}
_IDS = {
    "school_id": SCHOOL,
    "pupil_id": PUPIL,
    "placement_id": PLACEMENT,
    "provider_id": PROVIDER,
    "site_id": SITE,
    "authority_id": AUTHORITY,
    "holder_id": PARENT,
    "actor_name": "Ada Quill",
    "actor_title": "Head Teacher",
}
_STREAMS = {"school": SCHOOL, "pupil": PUPIL, "provider": PROVIDER, "placement": PLACEMENT}


def fact(kind: type[Fact], /, **fields: Any) -> Fact:
    """A fact of a kind, with the fields given and sensible others; version and time are set when it is logged."""
    given = _IDS | _WORDS[kind] | fields
    if kind in {events.AttendanceMarked, events.AttendanceAmended}:
        given.setdefault("originator_id", attendance_id(given["pupil_id"], given["day"], given["session"]))
    if kind is events.ProviderReturnReceived:
        given.setdefault("originator_id", provider_return_id(given["pupil_id"], given["day"], given["session"]))
    stream = given.setdefault("originator_id", _STREAMS.get(kind.TOPIC.partition(".")[0], DEMO))
    pupils = kind.TOPIC.partition(".")[0] in {"pupil", "placement", "attendance"}
    given.setdefault("subject", given["pupil_id"] if pupils else stream)
    common = {"originator_version": 0, "recorded_at": datetime(2026, 1, 1, tzinfo=UTC), "actor": OWN_OFFICE}
    asked = {field.name for field in msgspec.structs.fields(kind) if field.required}
    text = {name: f"{name} (demo)" for group in kind.PERSONAL.values() for name in asked & {*group} - given.keys()}
    known = {name: value for name, value in (common | text | given).items() if name in kind.__struct_fields__}
    if "provider_id" not in fields and kind is events.ProviderSiteRecorded:
        known["originator_id"] = fields.get("originator_id", PROVIDER)
    for name in ("note", "nature", "source", "identifier", "how_known"):
        if name in kind.__struct_fields__:
            known.setdefault(name, f"{name} (demo)")
    types = _types(kind)
    return kind(
        **{name: value if isinstance(value, Erased) else _typed(value, types[name]) for name, value in known.items()}
    )


@cache
def _types(kind: type[Fact]) -> dict[str, Any]:
    return get_type_hints(kind)


def _typed(value: object, wanted: Any) -> object:
    """Words of a vocabulary may be given as text."""
    return msgspec.convert(value, wanted) if isinstance(value, str | tuple) else value


def erased(said: Fact) -> Fact:
    """The same fact once its subject's key is destroyed."""
    gone = {name: Erased() for group in said.PERSONAL.values() for name in group}
    return msgspec.structs.replace(said, **gone)
