"""How a placement is arranged, decided, reviewed and ended (model §3.4, §3.5)."""

from __future__ import annotations

from enum import StrEnum


class Exported(StrEnum):
    """What an evidence file is about."""

    PLACEMENT = "placement"
    PUPIL = "pupil"
    PERIOD = "period"
    WHOLE = "whole"


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


class Deferrable(StrEnum):
    """What an urgent start may put off, each to a named day, and nothing else (model, settled point 3)."""

    PLAN = "plan"
    BASELINE = "baseline"
    PROVIDER_AGREEMENT = "provider_agreement"


class TaughtAt(StrEnum):
    """Where one session of the week is taught; `nowhere` is a session nobody has allocated (S17)."""

    PROVIDER = "provider"
    SCHOOL = "school"
    NOWHERE = "nowhere"
