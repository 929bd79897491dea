"""A school: its calendar says which sessions there are."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from domain.aggregate import Aggregate
from domain.errors import Impossible
from domain.events import SchoolCalendarPublished, SchoolRecorded
from domain.rules.breach import plain
from domain.rules.school_days import has_sessions
from domain.values import LONDON, Submission
from domain.vocabulary import Session

_CLOCKS_DIFFER = timedelta(minutes=5)  # model §3.1


class School(Aggregate):
    """A school of the group with the calendars of its years; of two for one year the later published counts."""

    NAME = "school"
    FACTS = (SchoolRecorded, SchoolCalendarPublished)

    def record(self, submission: Submission, *, name: str, urn: str) -> None:
        """Record the school."""
        self.trigger(SchoolRecorded, submission, subject=self.id, name=name, urn=urn)

    def publish_calendar(self, submission: Submission, **calendar: Any) -> None:
        """Set a year's sessions.

        Raises:
            Impossible: where a term or its half-term holiday ends before it begins, or a session before it starts.
        """
        stated = self.state(SchoolCalendarPublished, submission, subject=self.id, **calendar)
        for term in stated.terms:
            if not term.start <= term.half_term_from <= term.half_term_to <= term.end:
                raise Impossible(
                    "terms", f"{term.name}: the half-term holiday lies in the term, and each begins before it ends."
                )
        times = stated.session_times
        if not _clock(times.am_start) < _clock(times.am_end) <= _clock(times.pm_start) < _clock(times.pm_end):
            raise Impossible(
                "session_times", "The morning session comes before the afternoon's, and each begins before it ends."
            )
        self.happen(stated)

    @property
    def calendars(self) -> tuple[SchoolCalendarPublished, ...]:
        """The calendar that counts for each year."""
        return tuple({calendar.year: calendar for calendar in self.every(SchoolCalendarPublished)}.values())

    def refuse_no_session(self, day: date, session: Session, now: datetime) -> None:
        """Refuse a session the school does not hold, or has not yet begun to.

        Raises:
            Impossible: where it is not in the calendar or lies ahead.
        """
        calendar = self._calendar(day)
        if calendar is None:
            raise Impossible(
                "day", f"The school's calendar has no session on {plain(day)}. Give a school day.", rule="H-17"
            )
        times = calendar.session_times
        begins = _clock(times.am_start if session == Session.AM else times.pm_start)
        if datetime.combine(day, begins, LONDON) > now + _CLOCKS_DIFFER:
            raise Impossible(
                "day", f"The {session.value} session of {plain(day)} lies ahead. Mark it when it is taken.", rule="H-17"
            )

    def _calendar(self, day: date) -> SchoolCalendarPublished | None:
        return next((calendar for calendar in self.calendars if has_sessions(calendar, day)), None)


def _clock(text: str) -> time:
    try:
        return time.fromisoformat(text)
    except ValueError as error:
        raise Impossible("session_times", f"{text!r} is not a time. Give it as HH:MM, such as 09:00.") from error
