"""When a school's sessions begin: before that nobody can have been there, so nothing is asked about them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from uuid import UUID

from domain.values import LONDON
from domain.vocabulary import Session
from projections import schools
from web.desk import Desk


def ahead(desk: Desk, school_id: UUID, day: date) -> Mapping[str, str]:
    """The sessions of a school day that have not begun, each with the time in England from which it can be marked."""
    found = schools.calendars(desk.connection, school_id, desk.known_at)
    times = next((one.session_times for one in found if one.has_sessions(day)), None)
    if times is None:
        return {}
    begins = {Session.AM.value: times.am_start, Session.PM.value: times.pm_start}
    return {
        session: begin
        for session, begin in begins.items()
        if datetime.combine(day, time.fromisoformat(begin), LONDON) > desk.now
    }
