"""C-15 as the rows have it: what nobody marked, since when it is asked for, and how many lines it takes."""

from __future__ import annotations

from datetime import UTC, datetime, time

from domain import events
from domain.rules.due.school_time import school_time
from domain.rules.flags import Tier
from domain.vocabulary import Session
from projections.catch_up import catch_up
from projections.database import ReadDatabase
from projections.gaps import Lacking, gaps
from projections.open_sessions import open_sessions
from projections.register import expected
from projections.schools import calendars
from projections.unmarked import unmarked
from tests.projections.facts import fact
from tests.projections.ids import PLACEMENT, PUPIL, SCHOOL, day, named
from tests.projections.logs import Log, a_started_placement
from tests.projections.test_needs_doing import MARKS, asked, spoken, timetabled


def test_a_child_not_where_they_should_be_comes_before_what_is_old_and_only_not_marked(read: ReadDatabase) -> None:
    log = a_started_placement()
    log.add(fact(events.SchoolCalendarPublished))
    yesterday = {"day": day("10-05"), "session": Session.AM}
    log.add(
        fact(events.AttendanceMarked, **yesterday),
        fact(events.ProviderReturnReceived, attendance="absent", **yesterday),
    )
    known = catch_up(read, log)

    said = [item.due.sentence for item in asked(read, "10-06", known) if item.due.tier is Tier.SAFETY]
    assert said[0].startswith("5 October 2026, the morning")
    assert said[1].startswith("Expected in alternative provision on 6 October 2026")
    assert "14 September 2026 to 5 October 2026 are not marked" in said[-1]


def from_paper(entered: str) -> Log:
    log = a_started_placement()
    log.facts = [one for one in log.facts if one.originator_id != PLACEMENT]
    log.add(fact(events.SchoolCalendarPublished))
    log.add(fact(events.ExistingPlacementAdded, recorded_at=datetime.combine(day(entered), time(11), UTC)))
    return log


def test_the_register_of_a_placement_from_paper_is_kept_here_from_the_day_it_was_entered(read: ReadDatabase) -> None:
    log = from_paper("10-05")
    known = catch_up(read, log)

    assert [one.about.day for one in spoken(asked(read, "10-05", known), "C-15")] == [day("10-05")]
    with read.reading() as connection:
        still = {one.day for one in open_sessions(connection, SCHOOL, day("10-06"), known)}
        listed = {
            on: [pupil.pupil_id for group in expected(connection, SCHOOL, day(on), known) for pupil in group.pupils]
            for on in ("10-02", "10-05")
        }
        gone = gaps(connection, PLACEMENT, day("10-07"), known)
    assert still == {day("10-05"), day("10-06")}
    assert listed == {"10-02": [], "10-05": [PUPIL]}
    assert [(one.first, one.last, one.lacking) for one in gone] == [
        (day("09-14"), day("10-04"), Lacking.ON_PAPER),
        (day("10-05"), day("10-06"), Lacking.ATTENDANCE),
    ]


def test_what_was_marked_of_a_day_on_paper_is_in_its_register(read: ReadDatabase) -> None:
    log = from_paper("10-05")
    log.add(fact(events.AttendanceMarked, day=day("10-02"), session=Session.AM))
    known = catch_up(read, log)
    with read.reading() as connection:
        (there,) = expected(connection, SCHOOL, day("10-02"), known)
    assert [pupil.pupil_id for pupil in there.pupils] == [PUPIL]


def test_what_is_unmarked_at_one_school_is_one_item_of_today_and_one_of_the_days_before(read: ReadDatabase) -> None:
    log = a_started_placement()
    log.add(fact(events.SchoolCalendarPublished))
    other = {"pupil_id": named("other"), "originator_id": named("other placement"), "subject": named("other")}
    log.add(
        fact(events.PupilEnrolled, originator_id=named("other"), subject=named("other")),
        fact(events.PlacementProposed, **other),
        fact(events.PlacementStarted, originator_id=named("other placement"), subject=named("other")),
    )
    known = catch_up(read, log)

    items = spoken(asked(read, "09-16", known), "C-15")
    assert [(item.about.day, len(item.about.pupils)) for item in items] == [(day("09-16"), 2), (None, 2)]
    assert items[1].due.sentence == (
        "8 sessions of alternative provision on 2 school days from 14 September 2026 to 15 September 2026"
        " are not marked."
    )


def test_the_days_are_those_of_the_schools_calendar(read: ReadDatabase) -> None:
    log = a_started_placement()
    log.add(fact(events.SchoolCalendarPublished), fact(events.PlacementSuspended, suspended_on=day("11-03")))
    known = catch_up(read, log)

    (item,) = spoken(asked(read, "11-04", known), "C-15")
    assert "31 school days from 14 September 2026 to 2 November 2026" in item.due.sentence


def test_unmarked_sessions_are_those_of_the_registers_own_list(read: ReadDatabase) -> None:
    log = a_started_placement()
    log.add(
        fact(events.SchoolCalendarPublished),
        timetabled("school"),
        *MARKS,
        fact(events.AttendanceMarked, day=day("09-16")),
        fact(events.PlacementSuspended, suspended_on=day("10-05")),
        fact(events.PlacementResumed, resumed_on=day("10-12")),
    )
    known = catch_up(read, log)

    with read.reading() as connection:
        listed = open_sessions(connection, SCHOOL, day("11-03"), known)
        time = {SCHOOL: school_time(calendars(connection, SCHOOL, known), day("11-03"))}
        found = unmarked(connection, time, day("11-03"), known)
    assert {(one.day, one.session) for one in found} == {(one.day, one.session) for one in listed if one.code is None}
    assert len(found) > 20
