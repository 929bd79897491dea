"""What the commands on attendance ask: marks, registers of them, amendments, and what providers return."""

from __future__ import annotations

from domain import vocabulary as v
from web.schemas import parts
from web.schemas.answers import Answers, day, many, moment, number, pick, text, word

_a_day = day  # where a field is itself called `day`


class MarkAttendance(Answers):
    """mark_attendance."""

    school_id = pick("own_school", "School")
    placement_id = pick("placements", "Placement", "Leave empty if the pupil was in school", optional=True)
    site_id = pick("sites", "Address", "Leave empty if the pupil was absent", optional=True)
    day = day("Day", today=True)
    session = word(v.Session, "Session")
    taken_at = moment("When it was taken")
    code = text("Code")
    minutes_late = number("Minutes late", "Leave empty unless late", most=400, optional=True)
    nature = text("What the pupil did", "Say it for codes B, K, P, V and W", optional=True)
    note = text("Note", optional=True)
    taken_by = text("Taken by")


class TakeRegister(Answers):
    """take_register."""

    marks = many(parts.Mark, "Marks", most=600)


class AmendAttendance(Answers):
    """amend_attendance."""

    day = day("Day")
    session = word(v.Session, "Session")
    original_code = text("Code as it stands")
    amended_code = text("The right code")
    reason_code = word(v.AmendmentReason, "Why it is amended")
    reason = text("Explain it in your own words", long=True)
    minutes_late = number("Minutes late", "Leave empty unless late", most=400, optional=True)
    nature = text("What the pupil did", "Say it for codes B, K, P, V and W", optional=True)


class RecordProviderReturn(Answers):
    """record_provider_return."""

    provider_id = pick("providers", "Provider")
    day = _a_day("Day it is about")
    received_on = _a_day("Received on", today=True)
    given_by = text("Who gave it", "Name and role, as the provider told it")
    rows = many(parts.ReturnedSession, "Sessions", most=600)
