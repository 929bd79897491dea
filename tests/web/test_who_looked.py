"""Who looked has a page of its own, for those who answer for the pupils; every page that shows data has its twins."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from domain.events import RecordRead
from tests.domain.people import named
from tests.web.browsing import Browser
from tests.web.watching import Watched, texts
from web.endpoints import REGISTRY
from web.personas import PERSONAS

PLACE, WREN = f"/placements/{named('placement')}", named("pupil")


@pytest.fixture
def watched(app: Flask) -> Watched:
    """The Head Teacher of the prepared ledger, watched."""
    return Watched(app, "head-teacher")


def test_the_safeguarding_lead_and_the_head_see_who_looked_and_nobody_else(app: Flask, watched: Watched) -> None:
    watched.open(PLACE, about=WREN)
    lead = Watched(app, "dsl")
    page = lead.open("/readings")
    assert page.status_code == 200
    assert "One placement, on the page" in page.text
    by_pupil = lead.open(f"/readings?pupil_id={WREN}")
    assert "Who looked at the record of Wren Ashby" in by_pupil.text
    entries = [row["entry"] for row in lead.open("/readings.json").get_json()]
    assert entries == sorted(entries, reverse=True)
    entry = lead.open(f"/entries/{entries[-1]}", about=WREN)
    assert "Records of pupils shown" in entry.text
    assert "Wren Ashby" in entry.text
    assert "A. Head_Teacher" in entry.text
    for persona in ("inspector", "ap-lead", "senco"):
        assert Browser(app, persona).client.get("/readings").status_code == 403


@pytest.mark.parametrize("persona", [one.slug for one in PERSONAS])
def test_whoever_may_not_see_who_looked_does_not_learn_it_from_the_entries_by_counting_up(
    app: Flask, watched: Watched, persona: str
) -> None:
    watched.open(PLACE, about=WREN)
    index = watched.services.log.size() - 1
    assert watched.services.log.leaf(index).topic == RecordRead.TOPIC
    one = Browser(app, persona)
    allowed = one.client.get("/readings").status_code
    addresses = [f"/entries/{index}{twin}" for twin in ("", ".json", ".csv", "/evidence.zip")]
    addresses += [f"/receipts/{index}/1{twin}" for twin in ("", ".json", ".csv")]
    for address in addresses:
        answer = one.client.get(address)
        assert answer.status_code == allowed, address
        if allowed == 403:
            assert not [text for text in texts(answer) if re.search(f"{WREN}|Wren|Head_Teacher", text)]
    assert one.client.get(f"/entries/{index - 1}").status_code == 200
    watched.services.checkpointer.publish()
    assert one.client.get(f"/entries/{index}.tlog-proof").status_code == 200


def test_who_looked_is_narrowed_by_person_and_day(app: Flask, watched: Watched) -> None:
    watched.open(PLACE, about=WREN)
    lead = Browser(app, "dsl")
    mine = lead.client.get(f"/readings.json?actor_id={named('head_teacher')}").get_json()
    assert {row["name"] for row in mine} == {"A. Head_Teacher"}
    assert lead.client.get("/readings.json?day-day=9&day-month=9&day-year=2026").get_json() == []
    assert len(lead.client.get("/readings.json?day=2026-09-10").get_json()) >= 1
    assert lead.client.get("/readings?day-day=31&day-month=2&day-year=2026").status_code == 422
    assert "Nobody looked" in lead.read("/readings?day=2026-09-09")


def test_every_look_is_on_some_page_of_who_looked_and_on_one_only(app: Flask, watched: Watched) -> None:
    for _ in range(60):
        watched.browser.client.get(f"{PLACE}/chronology.csv")
    lead, address, seen = Browser(app, "dsl"), "/readings", list[int]()
    while address:
        page = lead.read(address)
        seen += map(int, re.findall(r'<th scope="row"[^>]*><a[^>]*href="/entries/(\d+)"', page))
        older = re.search(r'href="(\?before=\d+)" rel="next"', page)
        address = f"/readings{older[1]}" if older else ""
    assert len(seen) == len(set(seen)) >= 60
    assert seen == sorted(seen, reverse=True)


def test_every_page_that_shows_data_has_its_twins() -> None:
    """A form, a download and what is open to everyone are no pages of data."""
    forms = {"amend", "import_placements", "file_answer", "take_placement", "take_pupil", "take_evidence"}
    downloads = {"proof", "placement_evidence", "pupil_evidence", "entry_evidence"}
    downloads |= {"attached_file", "placements_template"}
    about_the_service = {"who", "openapi"}
    pages = [one for one in REGISTRY if "GET" in one.methods and one.roles is not None and one.schema is None]
    assert {one.name for one in pages if not one.twin} <= forms | downloads | about_the_service
