"""The last day of a placement belongs to it: the register, the open list, who is where and the marks all agree."""

from __future__ import annotations

import pytest

from domain import events
from domain.parts import TimetabledSession
from domain.rules.timetable import WEEK
from domain.vocabulary import PlacementStatus, Session, TaughtAt
from projections.catch_up import catch_up
from projections.comparisons import comparisons
from projections.database import ReadDatabase
from projections.flagged import flagged
from projections.gaps import Gap, Lacking, gaps
from projections.inspection import inspection_list
from projections.marks import marks
from projections.open_sessions import open_sessions
from projections.placements import placement
from projections.present import Presence, where_everyone_is_now
from projections.register import expected
from tests.projections.facts import fact
from tests.projections.ids import PLACEMENT, SCHOOL, day, named
from tests.projections.logs import Log, a_started_placement

ENDED = fact(events.PlacementEnded, ended_on=day("09-15"))
NEXT = named("the next placement")


def an_ended_placement(*before: events.Fact) -> Log:
    log = a_started_placement()
    log.add(fact(events.SchoolCalendarPublished), *before, ENDED)
    return log


def on_register(read: ReadDatabase, log: Log, on: str) -> list[object]:
    known = catch_up(read, log)
    with read.reading() as connection:
        return [pupil.placement_id for group in expected(connection, SCHOOL, day(on), known) for pupil in group.pupils]


def test_the_register_and_the_return_of_the_last_day_are_there_and_of_the_next_day_are_not(read: ReadDatabase) -> None:
    log = an_ended_placement()
    assert [on_register(read, log, on) for on in ("09-14", "09-15", "09-16")] == [[PLACEMENT], [PLACEMENT], []]
    with read.reading() as connection:
        assert [one.session for one in comparisons(connection, SCHOOL, day("09-15"), len(log.facts))] == list(Session)


def test_what_is_open_and_what_the_chronology_lacks_end_with_the_last_day(read: ReadDatabase) -> None:
    log = an_ended_placement()
    known = catch_up(read, log)
    with read.reading() as connection:
        still = {one.day for one in open_sessions(connection, SCHOOL, day("09-18"), known)}
        found = gaps(connection, PLACEMENT, day("09-18"), known)
    assert still == {day("09-14"), day("09-15")}
    assert found == (Gap(day("09-14"), day("09-15"), Lacking.ATTENDANCE),)


def test_where_everyone_is_and_the_inspection_list_have_the_placement_on_its_last_day(read: ReadDatabase) -> None:
    log = an_ended_placement()
    known = catch_up(read, log)
    with read.reading() as connection:
        (last,) = where_everyone_is_now(connection, day("09-15"), known)
        (after,) = where_everyone_is_now(connection, day("09-16"), known)
        (listed,) = inspection_list(connection, day("09-15"), known)
        assert not inspection_list(connection, day("09-16"), known)
        told = placement(connection, PLACEMENT, day("09-15"), known)
    assert (last.am.presence, after.am.presence) == (Presence.EXPECTED, Presence.NOT_PLACED)
    assert (last.where.status, last.where.since) == (PlacementStatus.ACTIVE, day("09-14"))
    assert listed.running.status is PlacementStatus.ACTIVE
    assert told is not None
    assert told.status is PlacementStatus.ENDED, "the decision to end it is told of at once"


def test_a_mark_of_the_last_day_needs_no_second_look_and_one_after_it_does(read: ReadDatabase) -> None:
    log = an_ended_placement()
    log.add(fact(events.AttendanceMarked, day=day("09-15")), fact(events.AttendanceMarked, day=day("09-16")))
    known = catch_up(read, log)
    with read.reading() as connection:
        found = marks(connection, known, first=day("09-15"), last=day("09-16"))
        raised = flagged(connection, found, known)
    assert ["H-15" in {flag.rule for flag in raised.get(mark.position, ())} for mark in found] == [False, True]


def test_a_placement_that_starts_and_ends_on_one_day_is_expected_that_day(read: ReadDatabase) -> None:
    log = a_started_placement()
    log.add(fact(events.PlacementEnded, ended_on=day("09-14")))
    assert on_register(read, log, "09-14") == [PLACEMENT]


def test_a_placement_that_ended_while_suspended_expects_nobody_on_its_last_day(read: ReadDatabase) -> None:
    log = an_ended_placement(fact(events.PlacementSuspended, suspended_on=day("09-14")))
    assert on_register(read, log, "09-15") == []
    known = catch_up(read, log)
    with read.reading() as connection:
        assert where_everyone_is_now(connection, day("09-15"), known)[0].am.presence is Presence.SUSPENDED
        assert not open_sessions(connection, SCHOOL, day("09-15"), known)
        assert not gaps(connection, PLACEMENT, day("09-18"), known)


def test_the_day_of_a_suspension_is_taught_in_school_and_the_day_it_is_lifted_at_the_provider(
    read: ReadDatabase,
) -> None:
    log = a_started_placement()
    log.add(fact(events.PlacementSuspended, suspended_on=day("09-15")))
    log.add(fact(events.PlacementResumed, resumed_on=day("09-17")))
    expecting = [on_register(read, log, on) for on in ("09-14", "09-15", "09-16", "09-17")]
    assert expecting == [[PLACEMENT], [], [], [PLACEMENT]]


def test_a_day_on_which_another_placement_of_the_pupil_starts_is_expected_there_and_only_there(
    read: ReadDatabase,
) -> None:
    log = an_ended_placement()
    log.add(fact(events.PlacementProposed, originator_id=NEXT))
    log.add(fact(events.PlacementStarted, originator_id=NEXT, started_on=day("09-15")))
    assert [on_register(read, log, on) for on in ("09-14", "09-15", "09-16")] == [[PLACEMENT], [NEXT], [NEXT]]
    known = catch_up(read, log)
    with read.reading() as connection:
        still = [(one.day, one.placement_id) for one in open_sessions(connection, SCHOOL, day("09-15"), known)]
        listed = [one.running.placement_id for one in inspection_list(connection, day("09-15"), known)]
    assert still == [(day("09-14"), PLACEMENT)] * 2 + [(day("09-15"), NEXT)] * 2
    assert listed == [NEXT]


@pytest.mark.parametrize("at", [TaughtAt.SCHOOL, TaughtAt.NOWHERE])
def test_sessions_the_provider_does_not_expect_are_no_gap_in_the_chronology(read: ReadDatabase, at: TaughtAt) -> None:
    week = tuple(
        TimetabledSession(weekday, session, at if session is Session.PM else TaughtAt.PROVIDER, None)
        for weekday, session in WEEK
    )
    log = a_started_placement()
    log.add(fact(events.SchoolCalendarPublished))
    log.add(fact(events.WeeklyTimetableSet, valid_from=day("09-14"), sessions=week))
    for number in range(14, 19):
        log.add(fact(events.AttendanceMarked, day=day(f"09-{number}"), session=Session.AM))
    known = catch_up(read, log)
    with read.reading() as connection:
        assert not gaps(connection, PLACEMENT, day("09-19"), known)
        assert not open_sessions(connection, SCHOOL, day("09-18"), known)
        assert gaps(connection, PLACEMENT, day("09-22"), known) == (Gap(day("09-21"), day("09-21"), Lacking.MORNING),)
