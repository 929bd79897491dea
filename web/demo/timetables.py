"""The demo's weekly timetables: at the provider on its weekdays, in school on the others."""

from __future__ import annotations

from domain.parts import TimetabledSession
from domain.rules.timetable import WEEK
from domain.vocabulary import TaughtAt
from web.demo.cast import Provider


def week(provider: Provider) -> tuple[TimetabledSession, ...]:
    """The ten sessions of a pupil with this provider."""
    return tuple(
        TimetabledSession(weekday, session, TaughtAt.PROVIDER, provider.activity)
        if weekday - 1 in provider.weekdays
        else TimetabledSession(weekday, session, TaughtAt.SCHOOL, "Lessons in school")
        for weekday, session in WEEK
    )
