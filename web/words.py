"""Plain words for what the record keeps in codes: vocabularies, kinds of entry, field names, days and moments."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any

from domain import vocabulary as v
from domain.values import LONDON
from projections.approvals import Decision
from projections.present import Presence
from projections.requirements import Required
from projections.standing import ConsentStatus, ParentalStatus
from web.file_types import KINDS, megabytes

_CALLED = "Said by telephone, not confirmed: does not count"

_WORDS: dict[type[StrEnum], dict[str, str]] = {
    v.Role: {
        "dsl": "Designated safeguarding lead", "senco": "SENCO", "ap_lead": "Alternative provision lead",
        "parent_pr": "Parent", "inspector_ofsted": "Inspector", "la_qa_officer": "Local authority quality officer",
        "system": "The service itself",
    },
    v.Office: {"dsl": "Designated safeguarding lead", "senco": "SENCO", "ap_lead": "Alternative provision lead"},
    v.BasisKind: {
        "own_office": "in their own office", "delegation": "under a delegation",
        "statutory": "under powers given by law", "system": "automatically",
    },
    v.Source: {"ui": "Typed in", "api": "Sent by another system", "import": "Imported from a file",
               "paper_backfill": "Entered from paper"},
    v.Deferrable: {"plan": "The plan", "baseline": "The starting point",
                   "provider_agreement": "The provider's agreement"},
    v.TaughtAt: {"provider": "At the provider", "school": "In school", "nowhere": "Not allocated"},
    v.Returned: {"attended": "Was there", "left_early": "Left early", "absent": "Was not there"},
    v.Session: {"AM": "Morning", "PM": "Afternoon"},
    v.DelegatedAct: {
        "prepare_plan": "Prepare plans", "approve_placement": "Approve placements", "hold_review": "Hold reviews",
        "suspend": "Suspend placements", "end": "End placements",
    },
    v.SiteKind: {
        "pru_ap_academy": "Pupil referral unit or alternative provision academy",
        "fe_college": "Further education college",
        "childrens_home": "Children's home", "outdoor_mobile": "Outdoors or moving about",
        "school_main_site": "The school's main site", "school_annexe": "An annexe of the school",
    },
    v.Regime: {
        "gias_school_urn": "A school in Get Information about Schools",
        "fe_ukprn": "A further education provider (UKPRN)",
        "registered_independent_urn": "A registered independent school",
        "online_provider_accredited": "An accredited online provider",
        "not_registered_not_required": "Not registered, and need not be", "unknown": "Not known",
    },
    v.RegisterStatus: {"open_proposed_to_close": "Open, but proposed to close"},
    v.RollKind: {"sole": "Only this school", "main": "This school and another; this is the main one",
                 "subsidiary": "This school and another; the other is the main one"},
    v.ResidenceStatus: {
        "residential_in_allied_home": "Lives in the allied children's home",
        "residential_other": "Lives in other residential care", "non_residential": "Lives at home",
    },
    v.Capacity: {"education_sen": "Education (special needs)", "both": "Education and social care"},
    v.NeedBasis: {"both": "Behaviour and anxiety", "medical": "A medical reason", "other": "Another reason"},
    v.LegalGateway: {
        "school_arranged_by_agreement": "The school, by agreement",
        "s29A_offsite_direction": "A direction to be educated off site (Education Act 2002, section 29A)",
        "s19_local_authority": "The local authority (Education Act 1996, section 19)",
        "s100_sixth_day_suspension": "From the sixth day of a suspension",
        "s19_sixth_day_exclusion": "From the sixth day after a permanent exclusion", "medical": "For a medical need",
    },
    v.ArrangedBy: {"school": "The school", "local_authority": "The local authority"},
    v.Delivery: {"in_house": "By us", "outside": "By someone else"},
    v.AttendanceMode: {
        "temporary_full": "Full time, for a short while", "temporary_part": "Part time, for a short while",
    },
    v.Accredited: {"not_known": "Not known yet"},
    v.NextStep: {"school_return": "Return to class in this school", "traditional_sen": "Special education elsewhere",
                 "mainstream": "A mainstream school", "other": "Something else"},
    v.RiskOutcome: {"safe_with_controls": "Safe with the controls named", "not_safe": "Not safe"},
    v.Medium: {"e_signature": "Electronic signature", "meeting_minute": "Minutes of a meeting",
               "telephone": "Telephone (unconfirmed: does not count as consent)"},
    v.ParentsOnPaper: {"given": "A parent agreed", "declined": "A parent declined",
                       "unreachable": "Nobody could be reached", "not_relevant": "Agreement was not relevant"},
    v.NotRelevantReason: {
        "in_house_delivery": "We deliver the provision ourselves", "s29A_direction": "A direction under section 29A",
        "la_holds_pr_care_order_and_directs": "The local authority holds parental responsibility and directs",
        "no_person_with_pr_traceable": "Nobody with parental responsibility can be traced",
        "pupil_is_18_plus": "The pupil is 18 or older", "court_order_restricts": "A court order restricts it",
        "other_text": "Another reason",
    },
    v.ReviewKind: {
        "scheduled": "A planned review", "immediate_safeguarding": "At once, for safeguarding",
        "requested_s29A_4A": "Asked for by a parent or authority",
        "annual_EHCP": "With the annual review of the EHC plan", "final": "The final review",
    },
    v.ReviewOutcome: {"continue": "Go on", "continue_changed": "Go on, with changes", "suspend": "Suspend",
                      "begin_reintegration": "Begin the return to school", "end": "End the placement"},
    v.EndReason: {
        "post16": "Moved on at 16 or later", "la_decision": "The local authority decided", "other": "Another reason",
        "pupil_left_roll": "The pupil left the school's roll", "parent_request": "The parents asked",
    },
    Required: {
        "placement_approval": "Approval of the placement", "authority_consent": "Placing authority's consent",
        "parental_position": "Parents' agreement", "safeguarding_policy": "Provider's safeguarding policy checked",
    },
    Decision: {"unconfirmed": _CALLED,
               "on_paper": "On paper, not given in this record", "urgent": "Urgent start decided, not an approval",
               "decided": "Decided by the Head Teacher",
               "unreachable": "Could not be reached", "missing": "Missing",
               "not_relevant": "Not relevant"},
    Presence: {"there": "Marked there", "elsewhere": "Marked in school or elsewhere", "absent": "Marked absent",
               "expected": "Expected there, not marked", "in_school": "Expected in school",
               "unallocated": "Not allocated to any place", "suspended": "Suspended, not expected there",
               "not_placed": "Not marked here", "no_session": "No session"},
    ConsentStatus: {"given": "In force", "unconfirmed": _CALLED, "expired": "Run out", "withdrawn": "Withdrawn"},
    ParentalStatus: {"given": "Agreed", "unconfirmed": _CALLED, "declined": "Declined",
                     "decided": "Decided by the Head Teacher",
                     "unreachable": "Could not be reached", "not_relevant": "Not relevant"},
}  # fmt: skip

TITLES = {
    "ledger.key-enrolled": "The service's signing key put in use",
    "ledger.key-added": "A further signing key of the service put in use",
    "ledger.key-retired": "A signing key of the service taken out of use",
    "ledger.key-revoked": "A signing key of the service no longer believed",
    "ledger.frozen": "The record closed to new entries",
    "ledger.continued": "The record goes on from an earlier one",
    "school.recorded": "School recorded",
    "school.calendar-published": "School calendar set",
    "office-holder.appointed": "Appointed to an office",
    "office-holder.ceased": "Last day in office recorded",
    "delegation.granted": "Delegation granted",
    "delegation.revoked": "Delegation taken back",
    "pupil.enrolled": "Pupil put on roll",
    "pupil.removed-from-roll": "Pupil taken off roll",
    "pupil.residence-changed": "Where the pupil lives changed",
    "pupil.ehcp-recorded": "Education, health and care plan recorded",
    "pupil.ehcp-ceased": "Education, health and care plan ceased",
    "pupil.placing-authority-recorded": "Placing authority recorded",
    "pupil.no-placing-authority-recorded": "Recorded that no authority placed the pupil",
    "pupil.parental-responsibility-recorded": "Person with parental responsibility recorded",
    "provider.recorded": "Provider recorded",
    "provider.site-recorded": "Provider's address recorded",
    "provider.registration-verified": "Provider's registration checked",
    "provider.registration-lapsed": "Provider's registration ended",
    "provider.safeguarding-policy-verified": "Provider's safeguarding policy read by the safeguarding lead",
    "provider.setting-risk-assessed": "Risk of the setting assessed",
    "placement.proposed": "Placement proposed",
    "placement.existing-added": "Existing placement added from paper",
    "placement.accreditation-stated": "Accredited education: answer recorded",
    "placement.needs-assessed": "Needs assessed",
    "placement.risk-assessed": "Risk for this pupil assessed",
    "placement.baseline-recorded": "Starting point recorded",
    "placement.plan-prepared": "Plan prepared",
    "placement.agreement-signed": "Agreement signed by the provider",
    "placement.timetable-set": "Weekly timetable set",
    "placement.approved": "Placement approved",
    "placement.refused": "Placement refused",
    "placement.urgent-start-decided": "Urgent start decided",
    "placement.started": "Placement started",
    "placement.suspended": "Placement suspended",
    "placement.resumed": "Placement resumed",
    "placement.review-held": "Review held",
    "placement.ended": "Placement ended",
    "placement.authority-consent-requested": "Placing authority asked for its consent",
    "placement.authority-consent-given": "Placing authority consented",
    "placement.authority-consent-refused": "Placing authority refused its consent",
    "placement.authority-consent-withdrawn": "Placing authority withdrew its consent",
    "placement.parental-agreement-given": "Parent agreed",
    "placement.parental-agreement-declined": "Parent declined",
    "placement.parental-agreement-decided": "Head Teacher decided without a parent's agreement",
    "placement.parental-agreement-withdrawn": "Parent withdrew their agreement",
    "placement.parent-unreachable-recorded": "Parents could not be reached",
    "placement.parental-agreement-not-relevant": "Parents' agreement recorded as not relevant",
    "attendance.marked": "Attendance marked",
    "attendance.amended": "Attendance amended",
    "attendance.provider-return-received": "Provider's return received",
    "record.read": "Records of pupils shown",
    "evidence.exported": "Evidence file taken",
}

_FIELDS = {
    "accredited": "delivers accredited education", "accredited_reason": "reason", "born_on": "date of birth",
    "upn": "unique pupil number", "local_ref": "school's own reference", "delivery": "run", "urn": "URN",
    "legal_gateway": "arranged under", "need_basis": "why the pupil cannot learn with peers", "rag": "standing",
    "valid_to": "valid until", "links": "links to the education, health and care plan", "kind": "kind",
    "am_start": "morning from", "am_end": "morning to", "pm_start": "afternoon from", "pm_end": "afternoon to",
    "provider_id": "provider", "site_id": "address", "pupil_id": "pupil", "school_id": "school",
    "home_site_id": "children's home", "authority_id": "authority", "holder_id": "parent", "person_id": "person",
    "delegatee_id": "person", "placement_id": "placement", "key_id": "signing key",
    "corrects": "amends version", "verified_on": "read on",
    "evidence": "documents", "answers_request": "answers request number",
}  # fmt: skip


_remembered = lru_cache(maxsize=4096, typed=True)
"""A page says the same few words and days over and over; a word and its text are told apart."""


@_remembered
def say(word: StrEnum | str | None) -> str:
    """A word of a vocabulary, as a person would say it."""
    if word is None:
        return "Not recorded"
    own = _WORDS.get(type(word), {}) if isinstance(word, StrEnum) else {}
    return own.get(str(word)) or str(word).replace("_", " ").capitalize()


def within(word: StrEnum) -> str:
    """The same within a sentence; what is written in capitals stays so."""
    said = say(word)
    return said if said.isupper() else said[:1].lower() + said[1:]


def choices(kind: type[StrEnum]) -> list[tuple[str, str]]:
    """Every word of a vocabulary with what a person would say."""
    return [(word.value, say(word)) for word in kind]


def title(topic: str) -> str:
    """What a kind of entry says has happened."""
    return TITLES.get(topic, "Entry")


def label(field: str) -> str:
    """What a field of an entry is called."""
    words = _FIELDS.get(field) or field.replace("_", " ")
    return words[:1].upper() + words[1:]


@_remembered
def day(value: date | str | None, *, absent: str = "not recorded") -> str:
    """A day as people write it."""
    if value is None:
        return absent
    found = date.fromisoformat(value) if isinstance(value, str) else value
    return f"{found.day} {found:%B %Y}"


def outcome(value: str) -> str:
    """How a risk assessment came out."""
    return say(v.RiskOutcome(value))


@_remembered
def span(first: date, last: date) -> str:
    """A run of days as people write it: 3 to 7 February 2026."""
    if first == last:
        return day(first)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day} to {day(last)}"
    return f"{first.day} {first:%B} to {day(last)}" if first.year == last.year else f"{day(first)} to {day(last)}"


@_remembered
def moment(value: datetime | str | None) -> str:
    """A moment on the clock in England."""
    if value is None:
        return "not recorded"
    found = (datetime.fromisoformat(value) if isinstance(value, str) else value).astimezone(LONDON)
    return f"{found.day} {found:%B %Y} at {found:%H:%M}"


def document(media_type: str, size: int) -> str:
    """What kind of document a file is, and how large."""
    kind = KINDS.get(media_type)
    return f"{kind.called if kind else 'Document'}, {megabytes(size)}"


def basis(kind: Any) -> str:
    """On what authority, in a few words."""
    return say(kind if isinstance(kind, v.BasisKind) else v.BasisKind(kind))
