"""The controlled vocabularies of the field (model §3.5): every word a fact may use where it may not use its own."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """In what capacity a person acts (model §3.3; those this service lets in so far)."""

    HEAD_TEACHER = "head_teacher"
    HEAD_OF_SERVICE = "head_of_service"
    DEPUTY_HEAD = "deputy_head"
    DSL = "dsl"
    SENCO = "senco"
    AP_LEAD = "ap_lead"
    TEACHER = "teacher"
    ATTENDANCE_OFFICER = "attendance_officer"
    RISK_ASSESSOR = "risk_assessor"
    REGISTERED_MANAGER = "registered_manager"
    PROVIDER_USER = "provider_user"
    PLACING_AUTHORITY_OFFICER = "placing_authority_officer"
    PARENT = "parent_pr"
    INSPECTOR = "inspector_ofsted"
    LA_QA_OFFICER = "la_qa_officer"
    SYSTEM = "system"


class BasisKind(StrEnum):
    """On what authority a person acts: own office, a delegation, statute, or the system itself."""

    OWN_OFFICE = "own_office"
    DELEGATION = "delegation"
    STATUTORY = "statutory"
    SYSTEM = "system"


class Session(StrEnum):
    """Half a school day (School Attendance (Pupil Registration) (England) Regulations 2024, SI 2024/208)."""

    AM = "AM"
    PM = "PM"


class Office(StrEnum):
    """An office a person is appointed to; the first two may approve placements (policy clauses S20, S26)."""

    HEAD_TEACHER = "head_teacher"
    HEAD_OF_SERVICE = "head_of_service"
    DSL = "dsl"
    DEPUTY_HEAD = "deputy_head"
    SENCO = "senco"
    AP_LEAD = "ap_lead"
    ATTENDANCE_OFFICER = "attendance_officer"
    REGISTERED_MANAGER = "registered_manager"


class DelegatedAct(StrEnum):
    """What a Head Teacher may delegate; the responsibility itself stays with the office (S26)."""

    PREPARE_PLAN = "prepare_plan"
    APPROVE_PLACEMENT = "approve_placement"
    HOLD_REVIEW = "hold_review"
    SUSPEND = "suspend"
    END = "end"


class SiteKind(StrEnum):
    """What sort of place a site is; a pupil's own home is none, as its address must go when the pupil's key goes."""

    SCHOOL_MAIN_SITE = "school_main_site"
    SCHOOL_ANNEXE = "school_annexe"
    OTHER_SCHOOL = "other_school"
    PRU_AP_ACADEMY = "pru_ap_academy"
    FE_COLLEGE = "fe_college"
    PROVIDER_PREMISES = "provider_premises"
    COMMUNITY_VENUE = "community_venue"
    CHILDRENS_HOME = "childrens_home"
    WORKPLACE = "workplace"
    ONLINE = "online"
    OUTDOOR_MOBILE = "outdoor_mobile"


class Regime(StrEnum):
    """Under what rules a provider is registered, if at all (S29)."""

    GIAS_SCHOOL_URN = "gias_school_urn"
    FE_UKPRN = "fe_ukprn"
    REGISTERED_INDEPENDENT_URN = "registered_independent_urn"
    ONLINE_PROVIDER_ACCREDITED = "online_provider_accredited"
    NOT_REGISTERED_NOT_REQUIRED = "not_registered_not_required"
    UNKNOWN = "unknown"


class RegisterStatus(StrEnum):
    """What the register consulted said of the provider on the day it was checked."""

    OPEN = "open"
    OPEN_PROPOSED_TO_CLOSE = "open_proposed_to_close"
    CLOSED = "closed"


class RollKind(StrEnum):
    """How a pupil is registered at a school."""

    SOLE = "sole"
    MAIN = "main"
    SUBSIDIARY = "subsidiary"


class ResidenceStatus(StrEnum):
    """Whether a pupil lives in the allied children's home, elsewhere in care, or at home (S61)."""

    RESIDENTIAL_IN_ALLIED_HOME = "residential_in_allied_home"
    RESIDENTIAL_OTHER = "residential_other"
    NON_RESIDENTIAL = "non_residential"


class Capacity(StrEnum):
    """In what capacity an authority placed the pupil."""

    EDUCATION_SEN = "education_sen"
    SOCIAL_CARE = "social_care"
    BOTH = "both"


class NeedBasis(StrEnum):
    """Why the pupil cannot engage alongside peers (S02)."""

    BEHAVIOUR = "behaviour"
    ANXIETY = "anxiety"
    BOTH = "both"
    MEDICAL = "medical"
    OTHER = "other"


class LegalGateway(StrEnum):
    """Under which power the education is arranged."""

    SCHOOL_ARRANGED_BY_AGREEMENT = "school_arranged_by_agreement"
    S29A_OFFSITE_DIRECTION = "s29A_offsite_direction"
    S19_LOCAL_AUTHORITY = "s19_local_authority"
    S100_SIXTH_DAY_SUSPENSION = "s100_sixth_day_suspension"
    S19_SIXTH_DAY_EXCLUSION = "s19_sixth_day_exclusion"
    MEDICAL = "medical"


class ArrangedBy(StrEnum):
    """Who arranges the provision; it decides the attendance code (B or K)."""

    SCHOOL = "school"
    LOCAL_AUTHORITY = "local_authority"


class Delivery(StrEnum):
    """Whether the school itself delivers the provision or someone else does (S27, S42)."""

    IN_HOUSE = "in_house"
    OUTSIDE = "outside"


class AttendanceMode(StrEnum):
    """How much of the week the placement takes, and for how long it is meant."""

    FULL_TIME = "full_time"
    PART_TIME = "part_time"
    TEMPORARY_FULL = "temporary_full"
    TEMPORARY_PART = "temporary_part"


class Accredited(StrEnum):
    """Whether the provision delivers accredited education; `not_known` blocks an outside approval (S29)."""

    YES = "yes"
    NO = "no"
    NOT_KNOWN = "not_known"


class PlacementStatus(StrEnum):
    """How far a placement has come (model §3.4); whether it is also consented depends on the pupil and is derived."""

    PROPOSED = "proposed"
    ASSESSED = "assessed"
    APPROVED = "approved"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    REFUSED = "refused"
    ENDED = "ended"


class NextStep(StrEnum):
    """What is meant to follow the placement (S12)."""

    SCHOOL_RETURN = "school_return"
    TRADITIONAL_SEN = "traditional_sen"
    MAINSTREAM = "mainstream"
    FURTHER_EDUCATION = "further_education"
    TRAINING = "training"
    EMPLOYMENT = "employment"
    OTHER = "other"


class RiskOutcome(StrEnum):
    """What a risk assessment concludes (S30)."""

    SAFE = "safe"
    SAFE_WITH_CONTROLS = "safe_with_controls"
    NOT_SAFE = "not_safe"


class Medium(StrEnum):
    """How a consent reached the school; a telephone call is recorded as unconfirmed and satisfies nothing."""

    SIGNED_FORM = "signed_form"
    EMAIL = "email"
    LETTER = "letter"
    E_SIGNATURE = "e_signature"
    MEETING_MINUTE = "meeting_minute"
    TELEPHONE = "telephone"


class NotRelevantReason(StrEnum):
    """Why parents' agreement is not relevant to a placement (S43)."""

    IN_HOUSE_DELIVERY = "in_house_delivery"
    S29A_DIRECTION = "s29A_direction"
    LA_HOLDS_PR = "la_holds_pr_care_order_and_directs"
    NO_PERSON_TRACEABLE = "no_person_with_pr_traceable"
    PUPIL_IS_18 = "pupil_is_18_plus"
    COURT_ORDER = "court_order_restricts"
    OTHER = "other_text"


class ReviewKind(StrEnum):
    """Why a review was held."""

    SCHEDULED = "scheduled"
    IMMEDIATE_SAFEGUARDING = "immediate_safeguarding"
    REQUESTED = "requested_s29A_4A"
    ANNUAL_EHCP = "annual_EHCP"
    FINAL = "final"


class ReviewOutcome(StrEnum):
    """What a review concluded."""

    CONTINUE = "continue"
    CONTINUE_CHANGED = "continue_changed"
    SUSPEND = "suspend"
    BEGIN_REINTEGRATION = "begin_reintegration"
    END = "end"


class EndReason(StrEnum):
    """Why a placement ended."""

    OBJECTIVES_MET = "objectives_met"
    REINTEGRATED = "reintegrated"
    MOVED_SCHOOL = "moved_school"
    POST16 = "post16"
    PROVIDER_CEASED = "provider_ceased"
    REGISTRATION_LAPSED = "registration_lapsed"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    SAFEGUARDING = "safeguarding"
    NON_ENGAGEMENT = "non_engagement"
    PUPIL_LEFT_ROLL = "pupil_left_roll"
    PARENT_REQUEST = "parent_request"
    LA_DECISION = "la_decision"
    OTHER = "other"


class AmendmentReason(StrEnum):
    """Why an attendance mark was amended (model §3.1)."""

    KEYING_ERROR = "keying_error"
    LATE_INFORMATION = "late_information"
    WRONG_PUPIL = "wrong_pupil"
    WRONG_SESSION = "wrong_session"
    REASON_ESTABLISHED = "reason_established"
    AGREED_AFTER_CHALLENGE = "agreed_after_challenge"
    SYSTEM_IMPORT_ERROR = "system_import_error"


class Measured(StrEnum):
    """A subject with a baseline: the policy's two (S08, S54) and the outcomes of S11."""

    ENGLISH = "english"
    MATHS = "maths"
    ATTENDANCE = "attendance"
    ENGAGEMENT = "engagement"
    CONFIDENCE = "confidence"
    BEHAVIOUR = "behaviour"
    OTHER = "other"


class Rag(StrEnum):
    """How an objective stands at a review."""

    RED, AMBER, GREEN = "red", "amber", "green"
