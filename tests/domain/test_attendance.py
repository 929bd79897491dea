"""H-17, H-18, H-20: a session is marked once, with a code of its day, after it began; and nothing else refuses it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import msgspec
import pytest

from domain.errors import AlreadyRecorded, Impossible, NotFound
from domain.events import attendance_id
from domain.parts import Mark, Term
from domain.rules.attendance_codes import CODES
from domain.vocabulary import Session
from tests.domain.builders import (
    School,
    a_school,
    a_started_placement,
    a_suspended_placement,
    an_approvable_placement,
    an_ended_placement,
)
from tests.domain.people import AP_LEAD, day, named
from tests.domain.wording_attendance import MARK

PAST = (Term("Summer 2024", date(2024, 6, 3), date(2024, 7, 23), date(2024, 6, 3), date(2024, 6, 3)),)
LINE = Mark(pupil_id=named("pupil"), **MARK)


def test_a_mark_is_recorded_in_the_stream_of_its_pupil_day_and_session() -> None:
    (marked,) = a_started_placement().enter("mark_attendance")
    assert marked.originator_id == attendance_id(named("pupil"), day("09-15"), Session.AM)
    assert (marked.originator_version, marked.code, marked.nature) == (1, "B", "Motor mechanics")


def test_a_second_mark_for_one_session_is_refused_and_says_to_amend() -> None:
    school = a_started_placement()
    school.enter("mark_attendance")
    refusal = school.rejects(AlreadyRecorded, "mark_attendance", code="I", nature=None)
    assert refusal.rule == "H-18"
    assert "already marked B" in refusal.sentence
    assert "Amend that mark" in refusal.sentence
    assert school.enter("mark_attendance", session=Session.PM, code="\\", nature=None)


@pytest.mark.parametrize("build", [an_approvable_placement, a_suspended_placement, an_ended_placement])
def test_attendance_is_recorded_whatever_the_placement_is(build: Any) -> None:
    assert build().enter("mark_attendance")


def test_attendance_is_recorded_with_consent_withdrawn_at_another_site_and_with_no_placement() -> None:
    school = a_started_placement()
    school.enter("withdraw_authority_consent")
    school.enter("record_provider", id=named("second provider"))
    school.enter("record_provider_site", id=named("second provider"), site_id=named("somewhere else"))
    assert school.enter("mark_attendance")
    assert school.enter("mark_attendance", session=Session.PM, site_id=named("somewhere else"))
    nowhere = {"placement_id": None, "site_id": None, "taken_at": datetime(2026, 9, 16, 8, 10, tzinfo=UTC)}
    assert school.enter("mark_attendance", on=day("09-16"), day=day("09-16"), **nowhere)


@pytest.mark.parametrize(
    ("when", "why"),
    [
        (day("09-12"), "a Saturday"),
        (day("09-01"), "an INSET day"),
        (day("10-28"), "half-term"),
        (day("11-20"), "a closure"),
        (day("12-21"), "the holidays"),
    ],
)
def test_a_session_that_is_not_in_the_calendar_cannot_be_marked(when: date, why: str) -> None:
    error = a_school().rejects(Impossible, "mark_attendance", on=day("12-31"), placement_id=None, day=when)
    assert (error.field, error.rule) == ("day", "H-17"), why


def test_a_session_that_has_not_begun_cannot_be_marked() -> None:
    school = a_school()
    for ahead in ({"day": day("09-16")}, {"day": day("10-30")}):
        assert school.rejects(Impossible, "mark_attendance", placement_id=None, **ahead).field == "day"


def test_a_session_begins_by_the_clock_in_london_summer_and_winter() -> None:
    winter, summer = day("11-16"), day("09-16")
    for when, begins in (
        (summer, datetime(2026, 9, 16, 8, tzinfo=UTC)),
        (winter, datetime(2026, 11, 16, 9, tzinfo=UTC)),
    ):
        school = a_school()
        known = {**MARK, "pupil_id": named("pupil"), "placement_id": None, "day": when, "taken_at": begins}
        register = (Mark(**known),)
        early = msgspec.structs.replace(register[0], taken_at=begins.replace(hour=begins.hour - 1))
        submission = school.submission(AP_LEAD, when)
        before = type(submission)(submission.officer, begins.replace(hour=begins.hour - 1, minute=50))
        with pytest.raises(Impossible, match="lies ahead"):
            school.application.take_register(named("school"), marks=(early,), submission=before)
        on_time = type(submission)(submission.officer, begins)
        assert school.application.take_register(named("school"), marks=register, submission=on_time)


@pytest.mark.parametrize("code", ["J", "H", "Y", "b", "A", "", "Y8", "//"])
def test_a_code_that_does_not_exist_that_day_is_impossible(code: str) -> None:
    error = a_school().rejects(Impossible, "mark_attendance", placement_id=None, code=code)
    assert (error.field, error.rule) == ("code", "H-17")


@pytest.mark.parametrize(
    ("code", "stands"), [("H", True), ("J", True), ("Y", True), ("I", True), ("K", False), ("Y7", False), ("J1", False)]
)
def test_history_is_marked_with_the_codes_of_its_day(code: str, stands: bool) -> None:
    school = a_school()
    school.enter("publish_school_calendar", year="2023/24", terms=PAST)
    past = {"day": date(2024, 7, 1), "placement_id": None, "code": code}
    if stands:
        assert school.enter("mark_attendance", **past)
    else:
        assert school.rejects(Impossible, "mark_attendance", **past).field == "code"


def test_present_in_the_morning_and_in_the_afternoon_are_two_codes() -> None:
    school = a_school()
    for code, session in (("/", Session.PM), ("\\", Session.AM)):
        assert (
            school.rejects(Impossible, "mark_attendance", placement_id=None, code=code, session=session).field == "code"
        )


@pytest.mark.parametrize("code", [code for code, entry in CODES.items() if entry.needs_nature])
def test_a_mark_is_recorded_even_if_nobody_says_what_was_attended(code: str) -> None:
    assert a_school().enter("mark_attendance", placement_id=None, code=code, nature=None)


@pytest.mark.parametrize(
    ("changes", "error", "field"),
    [
        ({"taken_at": datetime(2026, 9, 15, 16, 0, tzinfo=UTC)}, Impossible, "taken_at"),
        ({"taken_at": datetime(2026, 9, 14, 22, 59, tzinfo=UTC)}, Impossible, "taken_at"),
        ({"taken_at": datetime(2026, 9, 15, 8, 10)}, Impossible, "taken_at"),  # noqa: DTZ001 - that it lacks a zone is the point
        ({"code": "L", "minutes_late": 0}, Impossible, "minutes_late"),
        ({"code": "L", "minutes_late": 400}, Impossible, "minutes_late"),
        ({"code": "/", "minutes_late": 40}, Impossible, "minutes_late"),
        ({"taken_by": " "}, Impossible, "taken_by"),
    ],
)
def test_a_mark_that_cannot_be_names_its_field(changes: dict[str, Any], error: Any, field: str) -> None:
    assert a_started_placement().rejects(error, "mark_attendance", **changes).field == field


def test_a_mark_is_of_a_known_pupil_school_and_placement_that_belong_together() -> None:
    school = a_started_placement()
    school.enter("enrol_pupil", id=named("other pupil"))
    for unknown in ({"id": named("nobody")}, {"school_id": named("nowhere")}, {"placement_id": named("nothing")}):
        school.rejects(NotFound, "mark_attendance", **unknown)
    assert school.rejects(Impossible, "mark_attendance", id=named("other pupil")).field == "placement_id"


def test_a_register_may_be_taken_from_the_first_minute_of_its_day_in_london() -> None:
    assert a_started_placement().enter("mark_attendance", taken_at=datetime(2026, 9, 14, 23, 0, tzinfo=UTC))


def test_a_mark_names_a_site_there_is_even_one_recorded_since_the_last_mark() -> None:
    school = a_started_placement()
    unknown = {"session": Session.PM, "placement_id": None, "site_id": named("new home")}
    school.rejects(NotFound, "mark_attendance", **unknown)
    school.enter("mark_attendance")
    school.rejects(NotFound, "mark_attendance", **unknown)
    school.enter("record_provider_site", site_id=named("new home"))
    assert school.enter("mark_attendance", **unknown)


def register(*lines: Mark) -> dict[str, tuple[Mark, ...]]:
    return {"marks": lines}


def test_a_register_is_recorded_whole() -> None:
    school = a_started_placement()
    school.enter("enrol_pupil", id=named("other pupil"))
    other = msgspec.structs.replace(LINE, pupil_id=named("other pupil"), placement_id=None)
    assert len(school.enter("take_register", **register(LINE, other))) == 2


def test_a_register_with_one_impossible_line_records_nothing_and_names_the_line() -> None:
    school = a_started_placement()
    bad = msgspec.structs.replace(LINE, session=Session.PM, code="?")
    assert school.rejects(Impossible, "take_register", **register(LINE, bad)).field == "marks.1.code"
    assert school.rejects(AlreadyRecorded, "take_register", **register(LINE, LINE)).field == "marks.1.session"
    assert school.rejects(Impossible, "take_register", **register()).field == "marks"
    school.enter("mark_attendance")
    assert school.rejects(AlreadyRecorded, "take_register", **register(LINE)).rule == "H-18"


def marked(**changes: Any) -> School:
    school = a_started_placement()
    school.enter("mark_attendance", **changes)
    return school


def test_an_amendment_keeps_original_amended_reason_date_name_and_title() -> None:
    (amended,) = marked().enter("amend_attendance")
    assert (amended.original_code, amended.amended_code, amended.reason) == ("B", "I", "The parent rang at noon.")
    assert (amended.amended_on, amended.actor_name, amended.actor_title) == (day("09-16"), "A. Ap_Lead", "Ap Lead")


def test_an_amendment_names_the_version_that_stood_until_then() -> None:
    school = marked()
    (first,) = school.enter("amend_attendance")
    (second,) = school.enter("amend_attendance", original_code="I", amended_code="M")
    assert [(fact.originator_version, fact.corrects) for fact in (first, second)] == [(2, 1), (3, 2)]


def test_an_amendment_amends_what_stands() -> None:
    school = marked()
    assert school.rejects(AlreadyRecorded, "amend_attendance", original_code="N").field == "original_code"
    school.enter("amend_attendance")
    assert school.rejects(AlreadyRecorded, "amend_attendance").rule == "H-18"
    assert school.enter("amend_attendance", original_code="I", amended_code="M")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"amended_code": "J"}, "amended_code"),
        ({"amended_code": "\\"}, "amended_code"),
        ({"amended_code": "B", "nature": "Motor mechanics"}, "amended_code"),
        ({"reason": " "}, "reason"),
    ],
)
def test_an_amendment_that_cannot_be_names_its_field(changes: dict[str, Any], field: str) -> None:
    assert marked().rejects(Impossible, "amend_attendance", **changes).field == field


def test_only_what_is_marked_is_amended() -> None:
    a_started_placement().rejects(NotFound, "amend_attendance")
