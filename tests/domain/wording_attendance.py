"""How commands on timetables and attendance are sent in the ordinary case."""

from __future__ import annotations

from datetime import UTC, datetime

from domain.parts import Mark, ReturnedSession, TimetabledSession
from domain.vocabulary import AmendmentReason, Returned, Session, TaughtAt
from tests.domain.people import day, named
from tests.domain.wording_around import Wording

MARK = {
    "placement_id": named("placement"),
    "site_id": named("site"),
    "day": day("09-15"),
    "session": Session.AM,
    "taken_at": datetime(2026, 9, 15, 8, 10, tzinfo=UTC),
    "code": "B",
    "minutes_late": None,
    "nature": "Motor mechanics",
    "note": None,
    "taken_by": "B. Coppershaw",
}
WEEK = tuple(
    TimetabledSession(weekday, session, TaughtAt.PROVIDER, "Motor mechanics")
    for weekday in range(1, 6)
    for session in Session
)

WORDING = {
    "set_weekly_timetable": Wording("placement", day("09-09"), {"valid_from": day("09-14"), "sessions": WEEK}),
    "mark_attendance": Wording("pupil", day("09-15"), {"school_id": named("school"), **MARK}),
    "take_register": Wording("school", day("09-15"), {"marks": (Mark(pupil_id=named("pupil"), **MARK),)}),
    "record_provider_return": Wording(
        "school",
        day("09-16"),
        {
            "provider_id": named("provider"),
            "day": day("09-15"),
            "received_on": day("09-15"),
            "given_by": "B. Coppershaw",
            "rows": (
                ReturnedSession(
                    named("pupil"), named("placement"), Session.AM, Returned.LEFT_EARLY, "09:02", "11:30", "Unwell"
                ),
            ),
        },
    ),
    "amend_attendance": Wording(
        "pupil",
        day("09-16"),
        {
            "day": day("09-15"),
            "session": Session.AM,
            "original_code": "B",
            "amended_code": "I",
            "reason_code": AmendmentReason.LATE_INFORMATION,
            "reason": "The parent rang at noon.",
            "minutes_late": None,
            "nature": None,
        },
    ),
}
