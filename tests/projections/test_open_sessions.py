"""C-15, C-16: open is what is expected and unmarked, or N; half-term, INSET days and weekends run no clock."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain import events
from domain.parts import TimetabledSession
from domain.rules.attendance_clocks import Clock, n_clock, n_days_left, unmarked_clock
from domain.rules.timetable import WEEK
from domain.vocabulary import Session, TaughtAt
from projections.catch_up import catch_up
from projections.database import ReadDatabase
from projections.open_sessions import OpenSession, open_sessions
from projections.register import expected
from projections.timetables import timetable
from tests.projections.facts import fact
from tests.projections.ids import PLACEMENT, SCHOOL, day
from tests.projections.logs import Log, a_started_placement

PLACES = st.tuples(*(st.sampled_from(TaughtAt) for _ in WEEK))


def a_running_placement(**calendar: object) -> Log:
    log = a_started_placement()
    log.add(fact(events.SchoolCalendarPublished, **calendar))
    return log


def week(places: tuple[TaughtAt, ...]) -> tuple[TimetabledSession, ...]:
    return tuple(TimetabledSession(*one, at, None) for one, at in zip(WEEK, places, strict=True))


def found(read: ReadDatabase, log: Log, today: date) -> tuple[OpenSession, ...]:
    known = catch_up(read, log)
    with read.reading() as connection:
        return open_sessions(connection, SCHOOL, today, known)


def test_every_expected_session_since_the_start_is_open_until_it_is_marked(read: ReadDatabase) -> None:
    log = a_running_placement()
    assert [(one.day, one.session) for one in found(read, log, day("09-15"))] == [
        (day("09-14"), Session.AM), (day("09-14"), Session.PM), (day("09-15"), Session.AM), (day("09-15"), Session.PM),
    ]  # fmt: skip
    log.add(fact(events.AttendanceMarked, session=Session.AM))
    still = found(read, log, day("09-15"))
    assert [(one.day, one.session, one.school_days, one.clock) for one in still] == [
        (day("09-14"), Session.PM, 1, Clock.AMBER),
        (day("09-15"), Session.AM, 0, Clock.RUNNING),
        (day("09-15"), Session.PM, 0, Clock.RUNNING),
    ]


def test_nothing_is_expected_while_a_placement_is_suspended_nor_after_the_pupil_left_the_roll(
    read: ReadDatabase,
) -> None:
    log = a_running_placement()
    log.add(fact(events.PlacementSuspended, suspended_on=day("09-15")))
    assert {one.day for one in found(read, log, day("09-18"))} == {day("09-14")}
    other = a_running_placement()
    other.add(fact(events.PupilRemovedFromRoll, removed_on=day("09-14")))
    assert not [one for one in found(read, other, day("09-18")) if one.day > day("09-14")]


@pytest.mark.parametrize(
    ("today", "passed", "left", "clock"),
    [
        ("10-20", 0, 5, Clock.RUNNING),
        ("10-22", 2, 3, Clock.RUNNING),
        ("10-23", 3, 2, Clock.AMBER),
        ("10-30", 3, 2, Clock.AMBER),  # half-term
        ("11-02", 3, 2, Clock.AMBER),  # an INSET day after it
        ("11-04", 5, 0, Clock.AMBER),  # the fifth school day
        ("11-05", 6, -1, Clock.RED),  # the sixth
    ],
)
def test_half_term_and_an_inset_day_do_not_run_the_clock_of_an_n(
    read: ReadDatabase, today: str, passed: int, left: int, clock: Clock
) -> None:
    log = a_running_placement(inset_days=(day("11-02"),))
    log.add(fact(events.AttendanceMarked, day=day("10-20"), session=Session.AM, code="N"))
    (one,) = [one for one in found(read, log, day(today)) if one.code == "N"]
    assert (one.school_days, one.days_left, one.clock) == (passed, left, clock)


def test_an_n_that_was_amended_is_open_no_more_and_was_open_before(read: ReadDatabase) -> None:
    log = a_running_placement()
    before = log.add(fact(events.AttendanceMarked, code="N"))
    log.add(fact(events.AttendanceAmended, original_code="N", amended_code="O"))
    assert not [one for one in found(read, log, day("09-18")) if one.code]
    with read.reading() as connection:
        assert [one.code for one in open_sessions(connection, SCHOOL, day("09-18"), before) if one.code] == ["N"]


def test_a_timetable_holds_from_its_day_until_the_next_and_as_far_as_it_was_known(read: ReadDatabase) -> None:
    log = a_running_placement()
    nowhere = week((TaughtAt.NOWHERE,) * 10)
    first = log.add(fact(events.WeeklyTimetableSet, valid_from=day("09-14"), sessions=week((TaughtAt.PROVIDER,) * 10)))
    second = log.add(fact(events.WeeklyTimetableSet, valid_from=day("10-05"), sessions=nowhere))
    catch_up(read, log)
    with read.reading() as connection:
        assert timetable(connection, PLACEMENT, day("09-13"), second) is None
        autumn = timetable(connection, PLACEMENT, day("10-04"), second)
        later = timetable(connection, PLACEMENT, day("10-05"), second)
        as_known = timetable(connection, PLACEMENT, day("10-05"), first)
    assert autumn is not None
    assert (autumn.valid_until, autumn.nowhere) == (day("10-05"), ())
    assert later is not None
    assert len(later.nowhere) == 10
    assert as_known is not None
    assert as_known.valid_until is None


@given(places=PLACES, days=st.integers(0, 20))
@settings(max_examples=25, deadline=None)
def test_what_is_open_is_what_the_register_and_the_sheet_expect(places: tuple[TaughtAt, ...], days: int) -> None:
    log = a_running_placement()
    log.add(fact(events.WeeklyTimetableSet, valid_from=day("09-14"), sessions=week(places)))
    today = day("09-14") + timedelta(days=days)
    fresh = ReadDatabase("sqlite://")
    try:
        known = catch_up(fresh, log)
        with fresh.reading() as connection:
            still = {(one.day, one.session) for one in open_sessions(connection, SCHOOL, today, known)}
            on_register = {
                (when, session)
                for when in (day("09-14") + timedelta(days=number) for number in range(days + 1))
                if when.isoweekday() < 6
                for group in expected(connection, SCHOOL, when, known)
                for pupil in group.pupils
                for session in Session
                if pupil.expects(session)
            }
        assert still == on_register
    finally:
        fresh.close()


@given(st.integers(0, 400))
def test_the_clocks_only_run_forwards(school_days: int) -> None:
    order = list(Clock)
    for clock in (n_clock, unmarked_clock):
        assert order.index(clock(school_days)) <= order.index(clock(school_days + 1))
    assert (n_clock(school_days) is Clock.RED) == (n_days_left(school_days) < 0)
