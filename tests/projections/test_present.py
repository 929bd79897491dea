"""Where every pupil is now: what is marked of the day's sessions, else what was to be; nobody is left out."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import event

from domain import events
from domain.parts import TimetabledSession
from domain.rules.timetable import WEEK
from domain.vocabulary import TaughtAt
from projections.catch_up import catch_up
from projections.database import ReadDatabase
from projections.present import Presence, Present, where_everyone_is_now
from tests.projections.facts import fact
from tests.projections.ids import day, named
from tests.projections.logs import Log, a_started_placement

CALENDAR = fact(events.SchoolCalendarPublished)


def present(read: ReadDatabase, log: Log, on: str = "09-21") -> tuple[Present, ...]:
    known = catch_up(read, log)
    with read.reading() as connection:
        return where_everyone_is_now(connection, day(on), known)


def morning(read: ReadDatabase, *said: events.Fact, on: str = "09-21") -> Presence:
    log = a_started_placement()
    log.add(CALENDAR, *said)
    return present(read, log, on)[0].am.presence


@pytest.mark.parametrize(("code", "placement", "presence"), [
    ("B", {}, Presence.THERE),
    ("/", {"placement_id": None}, Presence.ELSEWHERE),
    ("I", {}, Presence.ABSENT),
    ("N", {}, Presence.ABSENT),
])  # fmt: skip
def test_a_mark_says_whether_the_pupil_is_there(
    read: ReadDatabase, code: str, placement: dict[str, Any], presence: Presence
) -> None:
    assert morning(read, fact(events.AttendanceMarked, day=day("09-21"), code=code, **placement)) is presence


@pytest.mark.parametrize(("at", "presence"), [
    (TaughtAt.PROVIDER, Presence.EXPECTED),
    (TaughtAt.SCHOOL, Presence.IN_SCHOOL),
    (TaughtAt.NOWHERE, Presence.UNALLOCATED),
])  # fmt: skip
def test_without_a_mark_the_timetable_says_where_the_pupil_is_to_be(
    read: ReadDatabase, at: TaughtAt, presence: Presence
) -> None:
    week = tuple(TimetabledSession(weekday, session, at, "Motor mechanics") for weekday, session in WEEK)
    assert morning(read, fact(events.WeeklyTimetableSet, valid_from=day("09-14"), sessions=week)) is presence


def test_without_a_timetable_every_session_is_expected_at_the_provider(read: ReadDatabase) -> None:
    assert morning(read) is Presence.EXPECTED


def test_a_suspended_pupil_is_said_to_be_expected_nowhere_there(read: ReadDatabase) -> None:
    assert morning(read, fact(events.PlacementSuspended, suspended_on=day("09-18"))) is Presence.SUSPENDED


def test_on_a_day_without_sessions_nobody_is_expected(read: ReadDatabase) -> None:
    assert morning(read, on="09-20") is Presence.NO_SESSION
    assert morning(read, on="10-27") is Presence.NO_SESSION


def test_nobody_on_roll_is_left_out_and_an_unknown_address_comes_first(read: ReadDatabase) -> None:
    log = a_started_placement()
    log.add(fact(events.PupilEnrolled, originator_id=named("unplaced"), name="Abel First"))
    lost = {"originator_id": named("lost placement"), "pupil_id": named("lost")}
    log.add(fact(events.PupilEnrolled, originator_id=named("lost"), name="Zeb Last"))
    log.add(fact(events.PlacementProposed, **lost, site_id=named("an address nobody gave")))
    log.add(fact(events.PlacementStarted, **lost))
    found = present(read, log)
    assert [(one.where.name, one.address_unknown) for one in found] == [
        ("Zeb Last", True), ("Wren Ashby", False), ("Abel First", False),
    ]  # fmt: skip
    assert found[2].am.presence is Presence.NOT_PLACED


def test_it_asks_as_few_questions_about_forty_pupils_as_about_one(read: ReadDatabase) -> None:
    log = a_started_placement()
    log.add(CALENDAR)
    few = questions(read, log)
    for number in range(40):
        log.add(fact(events.PupilEnrolled, originator_id=named(f"pupil {number}")))
    assert questions(read, log) == few
    assert len(present(read, log)) == 41


def questions(read: ReadDatabase, log: Log) -> int:
    asked: list[str] = []
    known = catch_up(read, log)
    with read.reading() as connection:
        event.listen(connection, "before_cursor_execute", lambda *said: asked.append(said[2]))
        where_everyone_is_now(connection, day("09-21"), known)
    return len(asked)


def test_an_address_put_right_is_known_from_then_on_and_the_old_one_as_it_was_known(read: ReadDatabase) -> None:
    log = a_started_placement()
    before = log.add(CALENDAR)
    log.add(fact(events.ProviderSiteRecorded, address="Unit 7, Fieldgate Yard", telephone="01632 960107"))
    known = catch_up(read, log)
    with read.reading() as connection:
        (now,) = where_everyone_is_now(connection, day("09-21"), known)
        (then,) = where_everyone_is_now(connection, day("09-21"), before)
    assert (now.where.address, now.where.telephone) == ("Unit 7, Fieldgate Yard", "01632 960107")
    assert then.where.address not in {None, now.where.address}
