"""The register of a day on one page: saved in one go, kept when refused, amended in the open, flagged where due."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

import pytest
from flask import Flask

from domain.vocabulary import AmendmentReason
from tests.domain.people import named
from tests.domain.wording import WORDING
from tests.web.browsing import Browser, Clock, filled_in, newest, recorded
from web.bootstrap import Services

PUPIL, PROVIDER, PLACEMENT = named("pupil"), named("provider"), named("placement")
PLACE = f"/placements/{PLACEMENT}"
AM, PM = f"code-{PLACEMENT}-AM", f"code-{PLACEMENT}-PM"
AMEND = f"/pupils/{PUPIL}/attendance/2026-09-15/AM/amend"
AMENDMENT = {
    "amended_code": "I", "reason_code": AmendmentReason.LATE_INFORMATION, "reason": "The parent rang at noon.",
    "minutes_late": None,
}  # fmt: skip


def told(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_a_register_is_taken_in_one_sending_grouped_by_provider(officer: Browser, services: Services) -> None:
    page = told(officer.read("/register"))
    assert "Fieldgate Motor Project (demo) The Workshop, Unit 4, Fieldgate Yard, telephone 01632 960100" in page
    before = recorded(services)
    answer = officer.record("/register", {AM: "B", PM: "M"})
    assert answer.headers["Location"] == f"/receipts/{newest(services) - 1}/2"
    assert recorded(services) == before + 2
    after = told(officer.read("/register"))
    assert "B (Any other approved educational activity) Education at Fieldgate Motor Project (demo)" in after
    assert "M (Leave for a medical or dental appointment)" in after
    assert "Save the register" not in after
    rows = officer.client.get("/register.json?day=2026-09-15").get_json()
    assert [row["code"] for row in rows] == ["B", "M"]
    assert {row["taken_by"] for row in rows} == {"A. Attendance_Officer"}


def test_sessions_left_blank_wait_for_the_next_sending(officer: Browser, services: Services) -> None:
    before = recorded(services)
    officer.record("/register", {AM: "B"})
    assert recorded(services) == before + 1
    officer.record("/register", {PM: "B"})
    assert recorded(services) == before + 2


def test_a_pupil_of_two_placements_is_marked_in_one_of_them(app: Flask, officer: Browser, services: Services) -> None:
    Browser(app, "ap-lead").record(
        "/placements/add-existing", WORDING["add_existing_placement"].fields | {"another": True}
    )
    everybody, before = {f"here-{PROVIDER}-AM": "yes"}, recorded(services)
    answer = officer.send("/register", everybody)
    assert answer.status_code == 422
    assert "is expected in two placements for this session" in answer.text
    assert recorded(services) == before
    officer.record("/register", everybody | {AM: "M"})
    assert recorded(services) == before + 1


def test_an_empty_register_asks_for_a_mark(officer: Browser, services: Services) -> None:
    before = recorded(services)
    answer = officer.send("/register", {})
    assert answer.status_code == 422
    assert "Choose a code for at least one pupil" in answer.text
    assert recorded(services) == before


def test_a_refused_register_keeps_its_marks_and_names_the_session(officer: Browser, services: Services) -> None:
    before = recorded(services)
    answer = officer.send("/register", {AM: "M", PM: "H"})
    assert answer.status_code == 422
    assert f'<a href="#code-{PLACEMENT}-PM">' in answer.text
    assert '<option value="M" selected>' in answer.text
    assert "Rule H-17" in told(answer.text)
    assert recorded(services) == before


def test_a_register_sent_twice_is_recorded_once(officer: Browser, services: Services) -> None:
    form = {**filled_in(officer.read("/register")), AM: "B"}
    before = recorded(services)
    first = officer.client.post("/register", data=form)
    second = officer.client.post("/register", data=form)
    assert first.headers["Location"] == second.headers["Location"]
    assert recorded(services) == before + 1


def test_an_amendment_leaves_the_mark_struck_through_and_linked_both_ways(officer: Browser, services: Services) -> None:
    officer.record("/register", {AM: "B"})
    marked = newest(services)
    officer.record(AMEND, AMENDMENT)
    services.checkpointer.publish()
    assert '<del class="app-struck">B</del> I (Illness)' in officer.read("/register")
    story = officer.read(PLACE)
    assert '<del class="app-struck">B</del> I (Illness)' in story
    assert "The parent rang at noon." in story
    amended = newest(services)
    assert f'href="/entries/{amended}"' in officer.read(f"/entries/{marked}")
    assert f'href="/entries/{marked}"' in officer.read(f"/entries/{amended}")
    page = told(officer.read(f"/entries/{amended}"))
    for element in (
        "B (Any other",
        "I (Illness)",
        "The parent rang at noon.",
        "15 September 2026",
        "A. Attendance_Officer, Attendance Officer",
    ):
        assert element in page


def test_an_amendment_of_what_no_longer_stands_is_refused(officer: Browser, services: Services) -> None:
    officer.record("/register", {AM: "B"})
    opened = filled_in(officer.read(AMEND))
    officer.record(AMEND, AMENDMENT)
    before = recorded(services)
    late = {**opened, "amended_code": "M", "reason_code": "late_information", "reason": "A letter came."}
    answer = officer.client.post(AMEND, data=late)
    assert answer.status_code == 409
    assert "A letter came." in answer.text
    assert recorded(services) == before


def test_attendance_while_consent_is_withdrawn_is_accepted_and_flagged(app: Flask, officer: Browser) -> None:
    withdrawal = WORDING["withdraw_authority_consent"].fields | {
        "effective_on": date(2026, 9, 15),
        "received_on": date(2026, 9, 15),
    }
    Browser(app, "ap-lead").record(f"{PLACE}/withdraw-authority-consent", withdrawal)
    officer.record("/register", {AM: "B"})
    for page in ("/register", PLACE):
        assert "To look at: Attended with a placing authority" in told(officer.read(page))
    assert "Still missing" in officer.read(PLACE)


@pytest.mark.parametrize("day", ["2026-09-12", "2026-09-01", "2026-11-20"])
def test_a_day_without_sessions_cannot_be_marked(officer: Browser, day: str) -> None:
    page = officer.read(f"/register?day={day}")
    assert "There is no register for" in page
    assert 'id="form"' not in page
    assert "Save the register" not in page


def test_an_inspector_sees_the_register_and_cannot_take_it(app: Flask, officer: Browser) -> None:
    officer.record("/register", {AM: "B"})
    inspector = Browser(app, "inspector")
    page = inspector.read("/register")
    assert "Any other approved educational activity" in page
    assert "Save the register" not in page
    assert "Amend" not in page


def test_a_session_that_has_not_begun_is_not_asked_about_and_the_other_is(
    app: Flask, officer: Browser, clock: Clock
) -> None:
    clock.now = datetime(2026, 9, 15, 9, 30, tzinfo=UTC)
    page = Browser(app, "attendance-officer").read("/register")
    assert f'name="{AM}"' in page
    assert f'name="{PM}"' not in page
    assert "The afternoon begins at 13:00" in page
    assert "From 13:00" in page
    clock.now = datetime(2026, 9, 15, 7, 59, tzinfo=UTC)
    page = Browser(app, "attendance-officer").read("/register")
    assert "No session of this day has begun yet" in page
    assert "Save the register" not in page


def test_a_day_ahead_has_no_register_to_fill_in(officer: Browser) -> None:
    page = officer.read("/register?day=2026-09-16")
    assert "No session of this day has begun yet" in page
    assert "<select" not in page.split('id="form"')[1]
    assert "Save the register" not in page


def test_all_here_marks_everyone_expected_and_not_marked_otherwise(officer: Browser, services: Services) -> None:
    before = recorded(services)
    officer.record("/register", {AM: "M", f"here-{PROVIDER}-AM": "yes", f"here-{PROVIDER}-PM": "yes"})
    assert recorded(services) == before + 2
    rows = officer.client.get("/register.json?day=2026-09-15").get_json()
    assert [row["code"] for row in rows] == ["M", "B"]
    assert rows[1]["nature"] == "Education at Fieldgate Motor Project (demo)"


def test_each_session_of_a_day_has_its_own_entry_and_time_in_the_chronology(
    app: Flask, officer: Browser, clock: Clock, services: Services
) -> None:
    officer.record("/register", {PM: "B"})
    afternoon = newest(services)
    clock.now = datetime(2026, 9, 15, 15, 42, tzinfo=UTC)
    Browser(app, "attendance-officer").record("/register", {AM: "M"})
    story = told(officer.read(PLACE))
    assert f"Entry {afternoon} , entered 15 September 2026 at 16:00" in story
    assert f"Entry {newest(services)} , entered 15 September 2026 at 16:42" in story
