"""What a register and a provider's return say (model §3.1, SI 2024/208)."""

from __future__ import annotations

from enum import StrEnum


class Session(StrEnum):
    """Half a school day (School Attendance (Pupil Registration) (England) Regulations 2024, SI 2024/208)."""

    AM = "AM"
    PM = "PM"


class AmendmentReason(StrEnum):
    """Why an attendance mark was amended (model §3.1)."""

    KEYING_ERROR = "keying_error"
    LATE_INFORMATION = "late_information"
    WRONG_PUPIL = "wrong_pupil"
    WRONG_SESSION = "wrong_session"
    REASON_ESTABLISHED = "reason_established"
    REASON_NOT_ESTABLISHED = "reason_not_established"
    AGREED_AFTER_CHALLENGE = "agreed_after_challenge"
    SYSTEM_IMPORT_ERROR = "system_import_error"


class Returned(StrEnum):
    """What a provider says of one pupil's one session; it is never the school's mark, which a person makes."""

    ATTENDED = "attended"
    LEFT_EARLY = "left_early"
    ABSENT = "absent"
