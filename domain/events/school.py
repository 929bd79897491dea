"""Facts of a school of the group. Subject: the school."""

from __future__ import annotations

from datetime import date

from domain.events.fact import Fact
from domain.parts import SessionTimes, Term


class SchoolRecorded(Fact, frozen=True, kw_only=True):
    """A school of the group is known to this service."""

    TOPIC = "school.recorded"
    OPENS_SUBJECT = True

    name: str
    urn: str


class SchoolCalendarPublished(Fact, frozen=True, kw_only=True):
    """The sessions of a school year are set: terms, days without pupils, and times."""

    TOPIC = "school.calendar-published"

    year: str
    terms: tuple[Term, ...]
    inset_days: tuple[date, ...]
    closures: tuple[date, ...]
    session_times: SessionTimes
