"""A provider's return beside the school's marks: received in one sending, compared, never written over the mark."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4

from flask import Flask

from domain.values import Submission
from tests.domain.people import SET_UP, day, named
from tests.domain.wording import WORDING
from tests.web.browsing import Browser, Clock, as_json, newest, recorded
from tests.web.test_register import AM, PLACE, PM, told
from web.bootstrap import Services

PLACEMENT = named("placement")
DAY = "/register/returns?day=2026-09-15"
RETURNS = f"{DAY}&provider_id={named('provider')}"
GIVEN = {"given_by": "B. Coppershaw, manager"}
AM_SAID, PM_SAID = f"attendance-{PLACEMENT}-AM", f"attendance-{PLACEMENT}-PM"


def test_a_return_is_received_in_one_sending_and_compared_with_the_marks(officer: Browser, services: Services) -> None:
    officer.record("/register", {AM: "B", PM: "B"})
    before = recorded(services)
    officer.record(RETURNS, GIVEN | {AM_SAID: "attended", PM_SAID: "left_early", f"left-{PLACEMENT}-PM": "14:10"})
    assert recorded(services) == before + 2
    page = told(officer.read(RETURNS))
    assert page.count("Agrees") == 2
    assert "Left early, left 14:10" in page
    rows = officer.client.get(f"/register/returns.json?day=2026-09-15&provider_id={named('provider')}").get_json()
    assert [(row["code"], row["returned"], row["comparison"]) for row in rows] == [
        ("B", "attended", "agrees"), ("B", "left_early", "agrees"),
    ]  # fmt: skip


def test_a_provider_s_return_for_the_last_day_of_a_placement_is_received(
    app: Flask, officer: Browser, services: Services
) -> None:
    ending = WORDING["end_placement"].fields | {"ended_on": day("09-15")}
    Browser(app, "head-teacher").record(f"/placements/{PLACEMENT}/end", ending)
    officer.record("/register", {AM: "B", PM: "B"})
    officer.record(RETURNS, GIVEN | {AM_SAID: "attended", PM_SAID: "attended"})
    assert told(officer.read(RETURNS)).count("Agrees") == 2


def test_a_return_that_contradicts_a_mark_leaves_it_and_offers_to_amend_it(
    officer: Browser, services: Services
) -> None:
    officer.record("/register", {AM: "B", PM: "I"})
    officer.record(RETURNS, GIVEN | {AM_SAID: "absent", PM_SAID: "attended"})
    page = officer.read(RETURNS)
    assert told(page).count("Differs") == 2
    assert page.count(">Amend the mark") == 2
    rows = officer.client.get("/register.json?day=2026-09-15").get_json()
    assert [row["code"] for row in rows] == ["B", "I"]


def test_a_return_without_a_mark_and_a_mark_without_a_return_each_say_what_to_do(officer: Browser) -> None:
    officer.record("/register", {PM: "B"})
    officer.record(RETURNS, GIVEN | {AM_SAID: "attended"})
    page = officer.read(RETURNS)
    assert "The school has not marked it." in told(page)
    assert f"#code-{PLACEMENT}-AM" in page
    assert "Ask the provider: 01632 960100" in told(page)
    assert 'href="tel:01632960100"' in page


def test_all_were_there_speaks_of_what_the_provider_has_not_spoken_of(officer: Browser, services: Services) -> None:
    officer.record(RETURNS, GIVEN | {AM_SAID: "absent"})
    before = recorded(services)
    officer.record(RETURNS, GIVEN | {"all-AM": "yes", "all-PM": "yes"})
    assert recorded(services) == before + 1
    rows = officer.client.get(f"/register/returns.json?day=2026-09-15&provider_id={named('provider')}").get_json()
    assert [row["returned"] for row in rows] == ["absent", "attended"]


def test_a_later_return_puts_an_earlier_one_right_and_both_are_kept(
    app: Flask, officer: Browser, clock: Clock, services: Services
) -> None:
    officer.record(RETURNS, GIVEN | {AM_SAID: "absent"})
    first = newest(services)
    clock.now = datetime(2026, 9, 24, 15, tzinfo=UTC)
    later = Browser(app, "attendance-officer")
    later.record(RETURNS, GIVEN | {f"otherwise-{PLACEMENT}-AM": "attended", f"arrived-{PLACEMENT}-AM": "09:20"})
    assert "Was there, arrived 09:20" in told(later.read(RETURNS))
    assert "Was not there" in told(later.read(f"/entries/{first}"))
    story = told(later.read(f"{PLACE}/chronology"))
    assert "Provider&#39;s return received" in story or "Provider's return received" in story
    assert "received 24 September 2026" in story or "And 1 more entered with it" in story


def test_that_the_pupil_was_not_there_is_the_line_of_a_return_and_never_folded_away(officer: Browser) -> None:
    officer.record(RETURNS, GIVEN | {AM_SAID: "attended", AM_SAID.replace("AM", "PM"): "absent"})
    story = officer.read(f"{PLACE}/chronology")
    line = told(story[story.index("return received") : story.index("And 1 more entered with it")])
    assert "Afternoon: Was not there" in line


def test_a_refused_return_keeps_its_typing_and_names_the_box(officer: Browser, services: Services) -> None:
    before = recorded(services)
    answer = officer.send(RETURNS, GIVEN | {AM_SAID: "absent", f"arrived-{PLACEMENT}-AM": "09:05"})
    assert answer.status_code == 422
    assert f'href="#arrived-{PLACEMENT}-AM"' in answer.text
    assert 'value="09:05"' in answer.text
    assert recorded(services) == before
    answer = officer.send(RETURNS, GIVEN)
    assert "The return says nothing yet" in told(answer.text)


def test_the_days_returns_are_told_provider_by_provider(officer: Browser) -> None:
    officer.record("/register", {AM: "B"})
    page = told(officer.read(DAY))
    assert "Fieldgate Motor Project (demo) 0 0 1 1 0" in page


def test_another_school_s_return_is_not_recorded(officer: Browser, services: Services) -> None:
    elsewhere, set_up = uuid4(), Submission(SET_UP, services.clock())
    services.application.record_school(elsewhere, name="Another school", urn="999998", submission=set_up)
    before = recorded(services)
    said = as_json(WORDING["record_provider_return"].fields)
    answer = officer.post(f"/register/returns?school_id={elsewhere}", said)
    assert answer.status_code == 403
    assert "your own school only" in answer.text
    assert recorded(services) == before
    assert officer.post("/register/returns", said).status_code == 201


def test_an_inspector_reads_returns_and_records_none(app: Flask, officer: Browser) -> None:
    officer.record(RETURNS, GIVEN | {AM_SAID: "attended"})
    page = Browser(app, "inspector").read(RETURNS)
    assert "Was there" in told(page)
    assert "Record the return" not in page
