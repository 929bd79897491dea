"""How consents and agreements come, and why one may not be needed (model §3.5)."""

from __future__ import annotations

from enum import StrEnum


class Medium(StrEnum):
    """How a consent reached the school; a telephone call is recorded as unconfirmed and satisfies nothing."""

    SIGNED_FORM = "signed_form"
    EMAIL = "email"
    LETTER = "letter"
    E_SIGNATURE = "e_signature"
    MEETING_MINUTE = "meeting_minute"
    TELEPHONE = "telephone"


class ParentsOnPaper(StrEnum):
    """Where the parents stood, as a pupil's paper file has it."""

    GIVEN = "given"
    DECLINED = "declined"
    UNREACHABLE = "unreachable"
    NOT_RELEVANT = "not_relevant"


class NotRelevantReason(StrEnum):
    """Why parents' agreement is not relevant to a placement (S43)."""

    IN_HOUSE_DELIVERY = "in_house_delivery"
    S29A_DIRECTION = "s29A_direction"
    LA_HOLDS_PR = "la_holds_pr_care_order_and_directs"
    NO_PERSON_TRACEABLE = "no_person_with_pr_traceable"
    PUPIL_IS_18 = "pupil_is_18_plus"
    COURT_ORDER = "court_order_restricts"
    OTHER = "other_text"
