"""The register of a day, its marks, and the five elements of an amendment."""

from __future__ import annotations

from domain import events
from domain.vocabulary import AmendmentReason, Session
from projections.catch_up import catch_up
from projections.chronology import AttendanceDay, chronology, for_pupil
from projections.database import ReadDatabase
from projections.register import expected, mark, marks
from projections.schools import is_school_day
from tests.projections.facts import fact
from tests.projections.ids import PLACEMENT, PROVIDER, PUPIL, SCHOOL, day, named
from tests.projections.logs import Log, a_started_placement


def test_pupils_with_an_active_placement_are_expected_under_their_provider(read: ReadDatabase) -> None:
    log = a_started_placement()
    log.add(fact(events.AttendanceMarked, session=Session.PM, code="L", minutes_late=20))
    known = catch_up(read, log)

    with read.reading() as connection:
        (provider,) = expected(connection, SCHOOL, day("09-14"), known)
        assert not expected(connection, SCHOOL, day("09-13"), known)
        assert not expected(connection, named("elsewhere"), day("09-14"), known)
    assert (provider.provider_id, provider.provider) == (PROVIDER, "Fieldgate Motor Project (demo)")
    (wren,) = provider.pupils
    assert (wren.name, wren.placement_id, wren.site) == ("Wren Ashby", PLACEMENT, "Fieldgate Yard")
    assert wren.am is None
    assert wren.pm is not None
    assert (wren.pm.code, wren.pm.minutes_late) == ("L", 20)


def test_nobody_is_expected_while_the_placement_is_suspended(read: ReadDatabase) -> None:
    log = a_started_placement()
    known = log.add(fact(events.PlacementSuspended, suspended_on=day("10-05")))
    catch_up(read, log)

    with read.reading() as connection:
        assert expected(connection, SCHOOL, day("10-04"), known)
        assert not expected(connection, SCHOOL, day("10-05"), known)


def test_an_amendment_keeps_its_five_elements_and_the_original(read: ReadDatabase) -> None:
    log = a_started_placement()
    first = log.add(fact(events.AttendanceMarked, code="N", note="no reason yet (demo)"))
    second = log.add(
        fact(
            events.AttendanceAmended,
            original_code="N",
            amended_code="I",
            reason_code="reason_established",
            reason="Unwell, the parent rang (demo)",
            amended_on=day("09-17"),
            actor_name="Sam Rook",
            actor_title="Attendance Officer",
        )
    )
    catch_up(read, log)

    with read.reading() as connection:
        found = mark(connection, PUPIL, day("09-14"), Session.AM, second)
        before = mark(connection, PUPIL, day("09-14"), Session.AM, first)
        assert mark(connection, PUPIL, day("09-14"), Session.PM, second) is None
    assert found is not None
    assert before is not None
    assert (before.code, before.amendments, before.version) == ("N", (), 1)
    assert (found.marked_code, found.code, found.note, found.version) == ("N", "I", "no reason yet (demo)", 2)
    (made,) = found.amendments
    assert (made.original_code, made.amended_code) == ("N", "I")
    assert (made.reason_code, made.reason) == (AmendmentReason.REASON_ESTABLISHED, "Unwell, the parent rang (demo)")
    assert (made.amended_on, made.actor_name, made.actor_title) == (day("09-17"), "Sam Rook", "Attendance Officer")
    assert (made.position, made.amends) == (second, first)


def test_a_chronology_draws_a_days_attendance_together(read: ReadDatabase) -> None:
    log = a_started_placement()
    morning = log.add(fact(events.AttendanceMarked, session=Session.AM))
    afternoon = log.add(fact(events.AttendanceMarked, session=Session.PM))
    elsewhere = log.add(fact(events.AttendanceMarked, day=day("09-15"), placement_id=None))
    amended = log.add(fact(events.AttendanceAmended, session=Session.AM))
    catch_up(read, log)

    with read.reading() as connection:
        placed = chronology(connection, PLACEMENT, day("12-31"), amended)
        whole = for_pupil(connection, PUPIL, day("12-31"), amended)
    days = [item for item in placed if isinstance(item, AttendanceDay)]
    assert [(one.happened_on, one.count, one.positions) for one in days] == [
        (day("09-14"), 3, (morning, afternoon, amended))
    ]
    assert [one.positions for one in whole if isinstance(one, AttendanceDay)][1] == (elsewhere,)
    assert [item.happened_on for item in whole] == sorted(item.happened_on for item in whole)


def test_marks_are_narrowed_to_what_is_asked_for(read: ReadDatabase) -> None:
    log = a_started_placement()
    log.add(fact(events.AttendanceMarked))
    log.add(fact(events.AttendanceMarked, pupil_id=named("other"), placement_id=None))
    known = log.add(fact(events.AttendanceMarked, day=day("09-15"), school_id=named("elsewhere")))
    catch_up(read, log)

    with read.reading() as connection:
        week = {"first": day("09-14"), "last": day("09-18")}
        assert len(marks(connection, known, **week)) == 3
        assert len(marks(connection, known, **week, school_id=SCHOOL)) == 2
        assert len(marks(connection, known, **week, placement_id=PLACEMENT)) == 2
        assert len(marks(connection, known, **week, pupil_id=named("other"))) == 1
        assert not marks(connection, known, first=day("09-16"), last=day("09-18"))


def test_a_school_has_sessions_on_the_days_its_calendar_says(read: ReadDatabase) -> None:
    log = Log()
    known = log.add(fact(events.SchoolCalendarPublished))
    catch_up(read, log)

    with read.reading() as connection:
        said = {
            text: is_school_day(connection, SCHOOL, day(text), known)
            for text in ("09-01", "09-02", "09-05", "10-27", "12-18", "12-19", "12-21")
        }
    # From 19 December on no calendar reaches: then every weekday counts.
    assert said == {
        "09-01": False,
        "09-02": True,
        "09-05": False,
        "10-27": False,
        "12-18": True,
        "12-19": False,
        "12-21": True,
    }
