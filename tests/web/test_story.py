"""What happened: one line for each act, gaps as lines, narrowed and turned round by addresses alone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from flask import Flask

from tests.domain.people import named
from tests.domain.wording import WORDING
from tests.web.browsing import Browser, Clock
from tests.web.crawling import visible

PUPIL, PLACEMENT = named("pupil"), named("placement")
PLACE = f"/placements/{named('placement')}"
STORY = f"{PLACE}/chronology"


def started(app: Flask, clock: Clock, *days: date) -> Browser:
    """A placement that runs since 14 September, with both sessions marked on some days."""
    Browser(app, "head-teacher").record(f"{PLACE}/approve", WORDING["approve_placement"].fields)
    clock.now = datetime(2026, 9, 14, 15, 30, tzinfo=UTC)
    Browser(app, "ap-lead").record(f"{PLACE}/start", WORDING["start_placement"].fields)
    for day in days:
        clock.now = datetime(day.year, day.month, day.day, 15, 30, tzinfo=UTC)
        marks = {f"code-{PLACEMENT}-AM": "B", f"code-{PLACEMENT}-PM": "B"}
        Browser(app, "attendance-officer").record(f"/register?day={day}", marks)
    return Browser(app, "head-teacher")


def test_both_sessions_entered_at_once_are_one_line_with_both_entries(app: Flask, clock: Clock) -> None:
    head = started(app, clock, date(2026, 9, 14))
    page = head.read(f"{STORY}?kind=attendance")
    assert page.count('class="app-entry__title">Attendance<') == 1
    rows = head.client.get(f"{STORY}.json?kind=attendance").get_json()
    assert [row["title"] for row in rows] == ["Attendance", "Attendance"]
    assert len({row["act"] for row in rows}) == 1
    assert len({row["entry"] for row in rows}) == 2


def test_school_days_that_nobody_marked_are_one_line_that_leads_to_the_register(app: Flask, clock: Clock) -> None:
    head = started(app, clock, date(2026, 9, 14), date(2026, 9, 18))
    page = head.read(STORY)
    assert "No attendance recorded 15 to 17 September 2026" in visible(page)
    assert 'href="/register?day=2026-09-15"' in page
    gap = next(row for row in head.client.get(f"{STORY}.json").get_json() if row["entry"] is None)
    assert (gap["happened_on"], gap["until"]) == ("2026-09-15", "2026-09-17")


def test_today_is_no_gap_yet_and_a_weekend_never_is(app: Flask, clock: Clock) -> None:
    started(app, clock, date(2026, 9, 14), date(2026, 9, 15))
    clock.now = datetime(2026, 9, 16, 9, tzinfo=UTC)
    assert "No attendance" not in visible(Browser(app, "head-teacher").read(STORY))
    assert "No attendance" not in visible(Browser(app, "dsl").read(f"{STORY}?as-at=2026-09-14"))


def test_a_half_term_that_ran_out_without_a_review_is_a_line(app: Flask, clock: Clock) -> None:
    started(app, clock)
    calendar = WORDING["publish_school_calendar"].fields
    clock.now = datetime.combine(calendar["terms"][0].end + timedelta(days=3), clock.now.timetz())
    page = visible(Browser(app, "head-teacher").read(f"{STORY}?kind=gaps"))
    assert "No review in the half-term" in page


def test_an_amendment_is_a_line_of_its_own_linked_both_ways(app: Flask, clock: Clock) -> None:
    head = started(app, clock, date(2026, 9, 14))
    amendment = {"amended_code": "I", "reason_code": "late_information", "reason": "The parent rang."}
    Browser(app, "attendance-officer").record(f"/pupils/{PUPIL}/attendance/2026-09-14/AM/amend", amendment)
    marked, amended = (
        next(row for row in head.client.get(f"{STORY}.json").get_json() if row["title"] == title and row[link])
        for title, link in (("Attendance", "corrected_by"), ("Attendance amended", "corrects"))
    )
    assert marked["corrected_by"] == amended["entry"]
    assert amended["corrects"] == marked["entry"]
    page = head.read(STORY)
    assert '<del class="app-struck">B</del>' in page
    assert f'Amends <a class="govuk-link app-entry__link" href="/entries/{marked["entry"]}"' in page


def test_the_story_is_narrowed_by_kind_days_words_and_person_and_each_can_be_taken_back(
    app: Flask, clock: Clock
) -> None:
    head = started(app, clock, date(2026, 9, 14))
    page = head.read(f"{STORY}?kind=decisions&from-day=10&from-month=9&from-year=2026&words=approved")
    said = visible(page)
    assert "Placement approved" in said
    for other in ("Placement proposed", "Placement started", "Attendance amended"):
        assert other not in said.partition("1 line")[2]
    assert page.count('class="app-chip"') == 3
    assert f'href="{STORY}?from-day=10&amp;from-month=9&amp;from-year=2026&amp;words=approved#results"' in page
    by = head.client.get(f"{STORY}.json").get_json()
    who = named("attendance_officer").hex
    some = head.client.get(f"{STORY}.json?by={who}").get_json()
    assert {row["title"] for row in some} == {"Attendance"}
    assert len(some) < len(by)


def test_a_day_that_is_none_leaves_nothing_out_and_is_named(app: Flask, head: Browser) -> None:
    page = head.read(f"{STORY}?from-day=31&from-month=2&from-year=2026")
    assert "is no date, so it leaves nothing out" in page
    assert "Placement proposed" in page


def test_nothing_found_says_so_and_leads_back(head: Browser) -> None:
    page = head.read(f"{STORY}?words=zebra")
    assert "Nothing fits what you chose." in page
    assert f'href="{STORY}?#results">Show everything' in page


def test_oldest_first_turns_the_lines_round(head: Browser) -> None:
    newest = [row["entry"] for row in head.client.get(f"{STORY}.json").get_json()]
    oldest = [row["entry"] for row in head.client.get(f"{STORY}.json?order=oldest").get_json()]
    assert newest != oldest
    assert sorted(newest) == sorted(oldest)
