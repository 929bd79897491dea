"""Two officers save one register at once: nothing is written over, nothing half-written, no typing lost."""

from __future__ import annotations

from flask import Flask

from tests.domain.people import named
from tests.web.browsing import Browser, filled_in, recorded
from tests.web.test_register import AM, AMEND, PM, PROVIDER, told
from web.bootstrap import Services


def test_the_second_is_told_what_the_first_marked_and_nothing_is_recorded(
    app: Flask, officer: Browser, services: Services
) -> None:
    opened = filled_in(officer.read("/register"))
    Browser(app, "head-teacher").record("/register", {AM: "I"})
    before = recorded(services)
    answer = officer.client.post("/register", data={**opened, AM: "B", PM: "M"})
    assert answer.status_code == 409
    assert recorded(services) == before
    page = told(answer.text)
    assert "Somebody else marked this register too" in page
    assert "I (Illness), made by A. Head_Teacher, Head Teacher" in page
    assert "Save the other 1 mark" in page
    for element in ("Original", "Yours", "Date of amendment 15 September 2026", "Name and title A. Attendance_Officer"):
        assert element in page


def test_the_others_are_sent_with_one_button_and_what_differs_stays_to_be_amended(
    app: Flask, officer: Browser, services: Services
) -> None:
    opened = filled_in(officer.read("/register"))
    Browser(app, "head-teacher").record("/register", {AM: "I"})
    met = officer.client.post("/register", data={**opened, AM: "B", PM: "M"})
    before = recorded(services)
    others = filled_in(met.text)
    answer = officer.client.post("/register", data=others)
    assert answer.status_code == 200
    assert recorded(services) == before + 1
    assert "1 mark was recorded" in told(answer.text)
    assert "Different from yours" in answer.text
    again = officer.client.post("/register", data=others)
    assert again.status_code == 200
    assert recorded(services) == before + 1
    rows = officer.client.get("/register.json?day=2026-09-15").get_json()
    assert [row["code"] for row in rows] == ["I", "M"]


def test_what_differs_is_amended_from_that_page_with_a_reason(app: Flask, officer: Browser, services: Services) -> None:
    opened = filled_in(officer.read("/register"))
    Browser(app, "head-teacher").record("/register", {AM: "I"})
    officer.client.post("/register", data={**opened, AM: "B"})
    said = {
        "csrf_token": officer.token(), "idempotency_key": "amended once", "version": "1", "original_code": "I",
        "amended_code": "B", "nature": "Motor mechanics", "reason_code": "keying_error", "reason": "He was seen there.",
    }  # fmt: skip
    before = recorded(services)
    assert officer.client.post(AMEND, data=said).status_code == 303
    assert recorded(services) == before + 1


def test_marks_that_agree_count_as_done(app: Flask, officer: Browser, services: Services) -> None:
    opened = filled_in(officer.read("/register"))
    Browser(app, "head-teacher").record("/register", {AM: "B", PM: "B"})
    before = recorded(services)
    answer = officer.client.post(
        "/register", data={**opened, f"here-{PROVIDER}-AM": "yes", f"here-{PROVIDER}-PM": "yes"}
    )
    page = told(answer.text)
    assert "Already marked as you have it" in page
    assert "There is nothing more to do." in page
    assert recorded(services) == before


def test_what_was_typed_into_a_register_is_kept_until_it_is_sent(officer: Browser, services: Services) -> None:
    before = recorded(services)
    answer = officer.send("/register", {AM: "M", f"nature-{named('placement')}": "Brakes"}, save="draft")
    assert answer.headers["Location"] == "/drafts"
    assert recorded(services) == before
    assert "Register" in officer.read("/drafts")
    address = f"/register?day=2026-09-15&school_id={named('school')}&draft=continue"
    assert f'href="{address}"'.replace("&", "&amp;") in officer.read("/register")
    kept = filled_in(officer.read(address))
    assert (kept[AM], kept[f"nature-{named('placement')}"]) == ("M", "Brakes")
    assert officer.client.post("/register?day=2026-09-15", data=kept).status_code == 303
    assert "You began this on" not in officer.read("/register")
