"""What is still open about attendance: sessions nobody marked, and codes N with the days left to find their reason."""

from __future__ import annotations

from typing import Any

from domain.rules.attendance_clocks import Clock
from projections import open_sessions, schools
from projections.open_sessions import OpenSession
from web.actions import REGISTER
from web.desk import Desk
from web.naming import Names
from web.register_day import RegisterDay, asked
from web.rendering import Page, paged
from web.telling import flat

_COLUMNS = (
    "name", "provider", "day", "session", "code", "school_days", "days_left", "clock", "entry",
)  # fmt: skip
_WORST_FIRST = {Clock.RED: 0, Clock.AMBER: 1, Clock.RUNNING: 2}


def listing(desk: Desk) -> Page:
    """Every open session of a school, the worst first."""
    of = asked(desk)
    names = Names(desk)
    found = open_sessions.open_sessions(desk.connection, of.school_id, of.day, desk.known_at)
    waiting = [one for one in found if one.code is not None or _begun(of, one)]
    waiting.sort(key=lambda one: (_WORST_FIRST[one.clock], one.code is None, one.day))
    rows = [] if desk.wants == "html" else [_row(one, names) for one in waiting]
    shows = {
        "of": of,
        "names": names,
        "list": paged([one for one in waiting if one.code is not None or one.day < of.day]),
        "today_left": sum(one.code is None and one.day == of.day for one in waiting),
        "may_take": desk.officer.actor.role in REGISTER and desk.school_id == of.school_id and not desk.travelled,
        "schools": schools.schools(desk.connection, desk.known_at),
    }
    return Page("register/open.html", "Attendance still open", shows, rows, rows, _COLUMNS)


def _row(one: OpenSession, names: Names) -> dict[str, Any]:
    provider = names.providers.get(one.provider_id) if one.provider_id else None
    return flat(one) | {"provider": provider, "entry": None if one.position is None else one.position - 1}


def _begun(of: RegisterDay, one: OpenSession) -> bool:
    """Whether an unmarked session can be marked by now: one of the day itself may not have begun."""
    return one.day < of.day or one.session in of.begun
