"""Monday morning: the timetable says whom to expect, the sheet says it on paper, and what stays open has its clock."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask

from domain.events import AttendanceMarked
from domain.parts import TimetabledSession
from domain.rules.timetable import WEEK
from domain.vocabulary import Session, TaughtAt
from tests.domain.people import day, named
from tests.web.browsing import Browser, Clock, filled_in, recorded
from tests.web.conftest import PASSPHRASE
from tests.web.test_register import AM, AMEND, PLACE, PM, PROVIDER, told
from web import cli
from web.bootstrap import Services

Capsys = pytest.CaptureFixture[str]
PUPIL = named("pupil")
TIMETABLE = f"{PLACE}/set-weekly-timetable"
TUESDAY_MORNING_ONLY = tuple(
    TimetabledSession(*one, TaughtAt.PROVIDER if one == (2, Session.AM) else TaughtAt.SCHOOL, None) for one in WEEK
)


def set_timetable(app: Flask, week: tuple[TimetabledSession, ...]) -> None:
    Browser(app, "ap-lead").record(TIMETABLE, {"valid_from": day("09-14"), "sessions": week})


def test_a_part_time_timetable_is_filled_in_from_nothing_and_the_next_from_the_last(
    app: Flask, officer: Browser
) -> None:
    lead = Browser(app, "ap-lead")
    opened = filled_in(lead.read(TIMETABLE))
    assert {opened[f"sessions-{number}-at"] for number in range(10)} == {""}
    assert [opened[f"sessions-{number}-session"] for number in range(3)] == ["AM", "PM", "AM"]
    set_timetable(app, TUESDAY_MORNING_ONLY)
    opened = filled_in(lead.read(TIMETABLE))
    assert [opened[f"sessions-{number}-at"] for number in range(10)] == [
        "school", "school", "provider", *["school"] * 7
    ]  # fmt: skip


def test_without_a_timetable_every_session_is_expected_and_the_page_says_so(officer: Browser) -> None:
    assert "No timetable is set: every session is expected here." in told(officer.read("/register"))


def test_all_here_leaves_out_sessions_the_timetable_puts_elsewhere(
    app: Flask, officer: Browser, services: Services
) -> None:
    set_timetable(app, TUESDAY_MORNING_ONLY)
    page = told(officer.read("/register"))
    assert "No timetable is set" not in page
    assert "In school" in page
    before = recorded(services)
    officer.record("/register", {f"here-{PROVIDER}-AM": "yes", f"here-{PROVIDER}-PM": "yes"})
    assert recorded(services) == before + 1


def test_the_first_page_counts_sessions_expected_at_a_provider_and_no_session_in_school(
    app: Flask, officer: Browser
) -> None:
    assert "are marked: morning 0 of 1, afternoon 0 of 1." in told(officer.read("/"))
    set_timetable(app, TUESDAY_MORNING_ONLY)
    officer.record("/register", {AM: "B"})
    assert "are marked: morning 1 of 1, afternoon 0 of 0." in told(officer.read("/"))


def test_attendance_at_a_session_the_timetable_puts_in_school_is_accepted_and_flagged(
    app: Flask, officer: Browser
) -> None:
    set_timetable(app, TUESDAY_MORNING_ONLY)
    officer.record("/register", {AM: "B", PM: "B"})
    page = told(officer.read("/register"))
    assert page.count("To look at: Attended at a session that the timetable puts in school.") == 1


def test_a_sheet_has_a_box_for_every_session_expected_and_for_no_other(app: Flask, officer: Browser) -> None:
    set_timetable(app, TUESDAY_MORNING_ONLY)
    rows = officer.client.get("/register/sheet.json?day=2026-09-22").get_json()
    assert [(row["session"], row["code_if_here"], row["telephone"]) for row in rows] == [("AM", "B", "01632 960100")]
    page = told(officer.read("/register/sheet?day=2026-09-22"))
    assert "Made on 15 September 2026 at 16:00 from the record up to entry" in page
    assert officer.client.get("/register/sheet.json?day=2026-09-23").get_json() == []


def test_a_sheet_for_a_closed_day_names_the_next_school_day(officer: Browser) -> None:
    page = officer.read("/register/sheet?day=2026-10-31")
    assert "it is at a weekend" in told(page)
    assert "day=2026-11-02" in page


@pytest.mark.parametrize(
    ("closed", "why", "following"),
    [
        ("2026-09-12", "at a weekend", "14 September 2026"),
        ("2026-09-01", "a day on which staff are trained and no pupils come", "2 September 2026"),
        ("2026-11-20", "a day on which the school is closed", "23 November 2026"),
        ("2026-10-28", "in the half-term holiday", "2 November 2026"),
        ("2027-02-01", "a day that none of the school's calendars reaches", None),
    ],
)
def test_a_closed_day_has_a_plain_sentence_and_no_form(
    officer: Browser, closed: str, why: str, following: str | None
) -> None:
    page = officer.read(f"/register?day={closed}")
    assert f"it is {why}." in told(page).replace("&#39;", "'")
    assert (f"The next school day is {following}" in told(page)) == bool(following)
    assert 'id="form"' not in page


def test_marks_taken_on_paper_are_entered_later_with_the_time_and_name_on_the_sheet(
    app: Flask, officer: Browser, clock: Clock
) -> None:
    clock.now = datetime(2026, 9, 17, 15, tzinfo=UTC)
    later = Browser(app, "attendance-officer")
    page = told(later.read("/register?day=2026-09-15"))
    assert "This day is over. Marks taken on paper" in page
    later.record("/register?day=2026-09-15", {AM: "B", "taken_time": "9.10", "taken_by": "B. Coppershaw"})
    entry = told(later.read(PLACE))
    assert "Taken by B. Coppershaw" in entry
    (row,) = [one for one in later.client.get("/register.json?day=2026-09-15").get_json() if one.get("code")]
    assert row["taken_by"] == "B. Coppershaw"
    shown = told(later.read(f"/entries/{row['entry']}"))
    assert "15 September 2026 at 09:10" in shown


@pytest.mark.parametrize("typed", ["25:00", "nine", "9"])
def test_a_time_that_is_none_is_said_at_its_box(officer: Browser, typed: str) -> None:
    answer = officer.send("/register", {AM: "B", "taken_time": typed})
    assert answer.status_code == 422
    assert 'href="#taken_time"' in answer.text


def test_the_hour_of_a_paper_mark_is_england_s_before_and_after_the_clocks_change(
    app: Flask, officer: Browser, clock: Clock, services: Services
) -> None:
    assert officer
    clock.now = datetime(2026, 11, 4, 15, tzinfo=UTC)
    later = Browser(app, "attendance-officer")
    for text, instant in (("2026-10-23", "2026-10-23T08:10:00+00:00"), ("2026-11-02", "2026-11-02T09:10:00+00:00")):
        later.record(f"/register?day={text}", {AM: "B", "taken_time": "09:10"})
        marked = [fact for _, fact in services.source(0, 500) if isinstance(fact, AttendanceMarked)]
        assert marked[-1].taken_at == datetime.fromisoformat(instant)


def test_an_unmarked_session_and_an_n_are_open_with_their_clocks(app: Flask, officer: Browser, clock: Clock) -> None:
    officer.record("/register", {AM: "N"})
    clock.now = datetime(2026, 9, 22, 15, tzinfo=UTC)  # the fifth school day after
    later = Browser(app, "attendance-officer")
    page = told(later.read("/register/open"))
    assert "Today is the last of the five school days." in page
    assert "not marked for 5 school days" in page
    assert "2 of the sessions of 22 September 2026 are not marked yet" in page
    clock.now = datetime(2026, 9, 23, 15, tzinfo=UTC)
    over = Browser(app, "attendance-officer")
    assert "The five school days ended 1 school day ago." in told(over.read("/register/open"))
    row = next(one for one in over.client.get("/register/open.json").get_json() if one["code"] == "N")
    assert (row["school_days"], row["days_left"], row["clock"]) == (6, -1, "red")


def test_an_n_past_its_five_days_is_offered_as_o_and_only_a_person_amends_it(
    app: Flask, officer: Browser, clock: Clock, services: Services
) -> None:
    officer.record("/register", {AM: "N"})
    clock.now = datetime(2026, 9, 22, 15, tzinfo=UTC)
    assert filled_in(Browser(app, "attendance-officer").read(AMEND))["amended_code"] == ""
    clock.now = datetime(2026, 9, 23, 15, tzinfo=UTC)
    over = Browser(app, "attendance-officer")
    opened = filled_in(over.read(AMEND))
    assert (opened["amended_code"], opened["reason_code"]) == ("O", "reason_not_established")
    assert "five school days" in opened["reason"]
    before = recorded(services)
    over.record(AMEND, {})
    assert recorded(services) == before + 1
    assert not [one for one in over.client.get("/register/open.json").get_json() if one["code"] == "N"]


def test_the_amendment_shows_all_five_elements_before_it_is_sent(officer: Browser) -> None:
    officer.record("/register", {AM: "B"})
    page = told(officer.read(AMEND))
    for element in (
        "Original B (Any other approved educational activity), taken by A. Attendance_Officer",
        "Amended The right code",
        "Reason Why",
        "Date of amendment 15 September 2026",
        "Name and title A. Attendance_Officer, Attendance Officer",
    ):
        assert element in page


def test_the_sheets_of_the_next_school_day_are_written_to_a_file_that_needs_nothing_else(
    officer: Browser,
    services: Services,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert officer
    monkeypatch.setenv("PLACEMENT_LEDGER_PASSPHRASE", PASSPHRASE)
    services.close()
    file = tmp_path / "sheets.html"
    order = ["print-sheet", "--data", str(services.data), "--day", "2026-09-16", str(file)]
    assert cli.main(order) == 0
    assert "2 sessions expected" in capsys.readouterr().out
    text = file.read_text()
    assert "Wren Ashby" in text
    assert not re.search(r"(src|href)=", text)
    assert file.stat().st_mode & 0o077 == 0
    assert cli.main(order) == 1
    assert "not written over" in capsys.readouterr().err
