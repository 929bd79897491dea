"""Who acts, in what office and capacity, and how a record came to be made (model §3.1, §3.3)."""

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


class Source(StrEnum):
    """How a fact came into the record: typed, sent by a machine, imported, or transcribed from paper (model §3.1)."""

    UI = "ui"
    API = "api"
    IMPORT = "import"
    PAPER_BACKFILL = "paper_backfill"


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
