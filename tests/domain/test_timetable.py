"""S17, S52: a weekly timetable says of each of the ten sessions where it is taught, from a day on."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import Impossible
from domain.events import WeeklyTimetableSet
from domain.parts import SessionTimes, TimetabledSession
from domain.rules.timetable import WEEK, by_session, minutes_a_week, unallocated
from domain.vocabulary import Session, TaughtAt
from tests.domain.builders import a_started_placement, an_approvable_placement
from tests.domain.people import day
from tests.domain.wording_attendance import WEEK as ALL_THERE

TIMES = SessionTimes("09:00", "12:00", "13:00", "15:10")
WEEKS = st.tuples(*(st.sampled_from(TaughtAt) for _ in WEEK)).map(
    lambda places: tuple(
        TimetabledSession(weekday, session, at, None) for (weekday, session), at in zip(WEEK, places, strict=True)
    )
)


def test_a_timetable_is_recorded_whatever_has_become_of_the_placement() -> None:
    for school in (an_approvable_placement(), a_started_placement()):
        (fact,) = school.enter("set_weekly_timetable")
        assert isinstance(fact, WeeklyTimetableSet)
        assert (fact.valid_from, fact.sessions) == (day("09-14"), ALL_THERE)


@pytest.mark.parametrize(
    ("sessions", "field", "said"),
    [
        (ALL_THERE[:9], "sessions", "Missing: Friday afternoon"),
        (ALL_THERE[:2], "sessions", "Missing: Tuesday morning, Tuesday afternoon"),
        ((*ALL_THERE, ALL_THERE[0]), "sessions.10.session", "Monday morning stands twice"),
        ((TimetabledSession(6, Session.AM, TaughtAt.PROVIDER, None), *ALL_THERE), "sessions.0.weekday", "1 (Monday)"),
    ],
)
def test_a_timetable_that_is_not_the_ten_sessions_of_a_week_is_refused(
    sessions: tuple[TimetabledSession, ...], field: str, said: str
) -> None:
    error = a_started_placement().rejects(Impossible, "set_weekly_timetable", sessions=sessions)
    assert error.field == field
    assert said in error.sentence


@pytest.mark.parametrize(
    ("valid_from", "said"),
    [(day("09-13"), "begins on 14 September 2026"), (date(2027, 9, 12), "more than a year ahead")],
)
def test_a_timetable_from_before_the_placement_or_from_far_ahead_is_refused(valid_from: date, said: str) -> None:
    error = an_approvable_placement().rejects(Impossible, "set_weekly_timetable", valid_from=valid_from)
    assert error.field == "valid_from"
    assert said in error.sentence


@given(WEEKS)
def test_every_minute_of_the_week_is_planned_at_one_place_or_nowhere(week: tuple[TimetabledSession, ...]) -> None:
    assert sum(minutes_a_week(week, TIMES, at) for at in TaughtAt) == 5 * (180 + 130)
    assert bool(unallocated(week)) == (minutes_a_week(week, TIMES, TaughtAt.NOWHERE) > 0)


def test_a_timetable_says_of_a_day_where_its_sessions_are_taught_and_nothing_of_a_weekend() -> None:
    week = (TimetabledSession(1, Session.PM, TaughtAt.SCHOOL, "Maths"), *ALL_THERE[2:])
    assert by_session(week)[1, Session.PM] is TaughtAt.SCHOOL
    assert by_session(week)[2, Session.AM] is TaughtAt.PROVIDER
    assert (6, Session.AM) not in by_session(week)
