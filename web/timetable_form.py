"""What the form of a weekly timetable starts from: the last one set, else what the attendance mode already says."""

from __future__ import annotations

from collections.abc import Iterator

from domain.rules.timetable import WEEK
from domain.vocabulary import AttendanceMode, TaughtAt
from projections.timetables import timetable_history
from web.choices import Setting
from web.forms import dated

_WHOLE_WEEK = (AttendanceMode.FULL_TIME, AttendanceMode.TEMPORARY_FULL)


def known_week(setting: Setting) -> dict[str, str]:
    """The form's flat names: the newest timetable carried forward; with none, all ten sessions of a full-time place."""
    placement = setting.placement
    if placement is None:
        return {}
    known = timetable_history(setting.desk.connection, [placement.placement_id], setting.known_at)
    last = next(reversed(known.get(placement.placement_id, ())), None)
    first = placement.started_on or placement.proposed_start
    begins = dated("valid_from", max(first, setting.desk.today) if last else first)
    whole = dict.fromkeys(WEEK, (TaughtAt.PROVIDER, None)) if placement.attendance_mode in _WHOLE_WEEK else {}
    week = {(one.weekday, one.session): (one.at, one.subject) for one in last.week} if last else whole
    return begins | dict(_named(week))


def _named(week: dict[tuple[int, str], tuple[TaughtAt, str | None]]) -> Iterator[tuple[str, str]]:
    for number, of_week in enumerate(WEEK):
        if of_week in week:
            at, subject = week[of_week]
            yield f"sessions-{number}-at", at.value
            yield f"sessions-{number}-subject", subject or ""
