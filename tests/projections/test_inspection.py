"""The inspection list: every running placement with who approved it, its last review, and its hours as defined."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import event

from domain import events
from domain.parts import TimetabledSession
from domain.rules.timetable import WEEK
from domain.values import Erased
from domain.vocabulary import Session, Source, TaughtAt
from projections.catch_up import catch_up
from projections.database import ReadDatabase
from projections.hours import Hours
from projections.inspection import Listed, inspection_list
from tests.projections.facts import fact
from tests.projections.ids import SCHOOL, day, named
from tests.projections.logs import Log, a_started_placement

CALENDAR = fact(events.SchoolCalendarPublished)
"""Mornings of three hours, afternoons of two and a half; the autumn's half-term holiday is 26 to 30 October."""


def listed(read: ReadDatabase, log: Log, on: str, known_at: int | None = None, **asked: Any) -> tuple[Listed, ...]:
    known = catch_up(read, log)
    with read.reading() as connection:
        return inspection_list(connection, day(on), known if known_at is None else known_at, **asked)


def the_only(read: ReadDatabase, log: Log, on: str) -> Listed:
    (found,) = listed(read, log, on)
    return found


def marked(*days: str, **said: Any) -> list[events.Fact]:
    return [fact(events.AttendanceMarked, day=day(each), **said) for each in days]


def hours(read: ReadDatabase, log: Log, on: str) -> Hours:
    found = the_only(read, log, on).hours
    assert found is not None
    return found


def test_a_running_placement_is_listed_with_what_the_planning_call_asks_for(read: ReadDatabase) -> None:
    log = a_started_placement()
    log.add(CALENDAR, fact(events.ProviderRegistrationVerified, checked_on=day("09-02"), identifier="999102"))
    one = the_only(read, log, "09-21")
    assert (one.running.provider, one.running.name) == ("Fieldgate Motor Project (demo)", "Wren Ashby")
    assert (one.running.born_on, one.running.started_on) == (date(2012, 3, 4), day("09-14"))
    assert one.registration is not None
    assert one.registration.identifier == "999102"
    assert one.approved is not None
    assert (one.approved.topic, one.approved.name) == (events.PlacementApproved.TOPIC, "Ada Quill")
    assert one.reviewed_on is None


def test_it_shows_the_day_and_the_knowledge_asked_about(read: ReadDatabase) -> None:
    log = a_started_placement()
    before = len(log.facts)
    log.add(fact(events.ReviewHeld, held_on=day("09-18")))
    assert listed(read, log, "09-13") == ()
    assert listed(read, log, "09-21")[0].reviewed_on == day("09-18")
    assert listed(read, log, "09-17")[0].reviewed_on is None
    assert listed(read, log, "09-21", before)[0].reviewed_on is None
    assert listed(read, log, "09-21", school_id=named("elsewhere")) == ()
    assert len(listed(read, log, "09-21", school_id=SCHOOL)) == 1


def test_a_pupil_off_the_roll_whose_placement_runs_on_is_still_listed(read: ReadDatabase) -> None:
    log = a_started_placement()
    log.add(fact(events.PupilRemovedFromRoll, removed_on=day("09-20")))
    assert the_only(read, log, "09-21").running.on_roll is False


def test_nobody_has_approved_what_started_urgently_or_was_never_decided(read: ReadDatabase) -> None:
    log = a_started_placement()
    log.facts = [one for one in log.facts if not isinstance(one, events.PlacementApproved)]
    assert the_only(read, log, "09-21").approved is None
    log.add(fact(events.UrgentStartDecided, decided_on=day("09-14"), starts_on=day("09-14"), ends_on=day("09-28")))
    said = listed(read, log, "09-21")[0].approved
    assert said is not None
    assert said.topic == events.UrgentStartDecided.TOPIC


@pytest.mark.parametrize(("paper", "approved"), [
    ({"approved_on": day("03-02"), "approved_by": "Olive Dunn"}, (day("03-02"), "Olive Dunn")),
    ({"approved_on": None, "approved_by": "Olive Dunn"}, (None, "Olive Dunn")),
    ({"approved_on": None, "approved_by": None}, None),
    ({"approved_on": Erased(), "approved_by": Erased()}, (None, None)),
])  # fmt: skip
def test_paper_is_said_to_be_paper_and_silence_on_it_is_a_missing_approval(
    read: ReadDatabase, paper: dict[str, Any], approved: tuple[Any, ...] | None
) -> None:
    log = Log()
    log.add(
        *(fact(kind) for kind in (events.SchoolRecorded, events.PupilEnrolled, events.ProviderRecorded)),
        fact(events.ExistingPlacementAdded, started_on=day("09-14"), ended_on=None, **paper),
    )
    said = the_only(read, log, "09-21").approved
    assert (said and (said.decided_on, said.name)) == approved
    assert the_only(read, log, "09-21").running.entered_from in Source


def test_hours_attended_are_the_attended_sessions_times_the_length_of_a_session(read: ReadDatabase) -> None:
    log = a_started_placement()
    log.add(CALENDAR, *marked("09-14", "09-15", code="B"), *marked("09-14", session=Session.PM, code="B"))
    log.add(*marked("09-16", code="I"), *marked("09-17", code="B", placement_id=None))
    assert hours(read, log, "09-18") == Hours(day("08-31"), 2 * 180 + 150, None)


def test_a_mark_counts_as_amended_and_as_known(read: ReadDatabase) -> None:
    log = a_started_placement()
    known = log.add(CALENDAR, *marked("09-14", code="N"))
    log.add(fact(events.AttendanceAmended, original_code="N", amended_code="B", amended_on=day("09-16")))
    assert hours(read, log, "09-18").attended == 180
    (before,) = listed(read, log, "09-18", known)
    assert before.hours is not None
    assert before.hours.attended == 0


def test_the_four_weeks_are_school_weeks_and_holidays_are_none(read: ReadDatabase) -> None:
    log = a_started_placement()
    log.add(CALENDAR, *marked("10-08", "10-12", "11-06", code="B"))
    assert hours(read, log, "11-06") == Hours(day("10-05"), 3 * 180, None)
    assert hours(read, log, "11-13").first == day("10-12")


def test_planned_hours_are_those_that_the_timetable_puts_at_the_provider(read: ReadDatabase) -> None:
    log = a_started_placement()
    week = tuple(
        TimetabledSession(weekday, session, TaughtAt.PROVIDER if weekday < 3 else TaughtAt.SCHOOL, "Motor mechanics")
        for weekday, session in WEEK
    )
    log.add(CALENDAR, fact(events.WeeklyTimetableSet, valid_from=day("09-14"), sessions=week))
    assert hours(read, log, "09-18").planned == 2 * (180 + 150)


def test_without_a_calendar_no_hours_are_made_up(read: ReadDatabase) -> None:
    assert the_only(read, a_started_placement(), "09-18").hours is None


def test_it_asks_as_few_questions_about_forty_placements_as_about_one(read: ReadDatabase) -> None:
    log = a_started_placement()
    log.add(CALENDAR)
    few = questions(read, log)
    for number in range(40):
        pupil, own = named(f"pupil {number}"), named(f"placement {number}")
        log.add(fact(events.PupilEnrolled, originator_id=pupil))
        said = {"originator_id": own, "pupil_id": pupil}
        log.add(fact(events.PlacementProposed, **said), fact(events.PlacementStarted, **said))
    assert questions(read, log) == few
    assert len(listed(read, log, "09-21")) == 41


def questions(read: ReadDatabase, log: Log) -> int:
    asked: list[str] = []
    known = catch_up(read, log)
    with read.reading() as connection:
        event.listen(connection, "before_cursor_execute", lambda *said: asked.append(said[2]))
        inspection_list(connection, day("09-21"), known)
    return len(asked)
