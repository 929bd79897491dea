"""What a careless clerk or an attacker with a browser tried: other schools, odd addresses, damaged files."""

from __future__ import annotations

import sqlite3
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask

from domain.values import Submission
from domain.vocabulary import RollKind
from projections import register, schools
from tests.domain.people import SET_UP, named
from tests.domain.wording import WORDING
from tests.web.browsing import RUN_KEY, Browser, as_json, recorded
from tests.web.test_bad_input import MARK
from web import founding
from web.application import create_app
from web.bootstrap import Services, open_services
from web.cli import main
from web.config import Config

PUPIL = named("pupil")


def another_schools_pupil(services: Services) -> UUID:
    """A pupil of a school that none of the people signed in works for."""
    school, pupil, set_up = uuid4(), uuid4(), Submission(SET_UP, services.clock())
    services.application.record_school(school, name="Another school", urn="999998", submission=set_up)
    services.application.enrol_pupil(
        pupil,
        school_id=school,
        starts_on=date(2026, 9, 1),
        roll_kind=RollKind.SOLE,
        name="A pupil elsewhere (invented)",
        born_on=date(2014, 1, 1),
        upn=None,
        local_ref="X-1",
        submission=set_up,
    )
    return pupil


def test_staff_record_nothing_for_another_schools_pupil(app: Flask, services: Services) -> None:
    browser = Browser(app, "head-teacher")
    pupil = another_schools_pupil(services)
    before = recorded(services)
    answer = browser.post(f"/pupils/{pupil}/cease-ehcp", {"effective_on": "2026-01-01"})
    assert answer.status_code == 403
    assert "another school" in answer.text
    assert recorded(services) == before


def test_staff_change_nothing_of_another_schools_own_provision(app: Flask, services: Services) -> None:
    browser, own_provision, set_up = Browser(app, "ap-lead"), uuid4(), Submission(SET_UP, services.clock())
    another_schools_pupil(services)
    school = next(one for one in _schools(services) if one.name == "Another school").school_id
    services.application.record_provider(own_provision, name="Its own unit", school_id=school, submission=set_up)
    before = recorded(services)
    site = {"site_id": str(uuid4()), "kind": "school", "name": "A", "address": "B", "telephone": "01632 960001"}
    answer = browser.post(f"/providers/{own_provision}/record-site", site)
    assert answer.status_code == 403, answer.text
    assert "another school's own provision" in answer.text
    assert recorded(services) == before


def _schools(services: Services) -> tuple[schools.School, ...]:
    position = services.catch_up()
    with services.read.reading() as connection:
        return schools.schools(connection, position)


def test_a_register_sent_by_a_machine_holds_no_other_schools_pupil(app: Flask, services: Services) -> None:
    browser = Browser(app, "head-teacher")
    mark = MARK | {"pupil_id": str(another_schools_pupil(services)), "placement_id": None}
    before = recorded(services)
    answer = browser.post("/register", {"marks": [{name: mark[name] for name in mark if name != "school_id"}]})
    assert answer.status_code == 403, answer.text
    assert "another school's pupil" in answer.text
    assert recorded(services) == before


def test_another_schools_mark_is_not_amended(demo_copy: Path) -> None:
    about = founding.read(demo_copy)
    services = open_services(demo_copy, None, founding.passphrase(demo_copy, about, {}), lambda: datetime.now(UTC))
    browser = Browser(create_app(services, Config(RUN_KEY)), "attendance-officer")
    position = services.catch_up()
    with services.read.reading() as connection:
        own = next(one for one in schools.schools(connection, position) if one.name == "Rowan Hill School")
        first = date(2020, 1, 1)
        found = register.marks(connection, position, first=first, last=date(2199, 1, 1))
    other = next(mark for mark in found if mark.school_id != own.school_id)
    answer = browser.post(f"/pupils/{other.pupil_id}/attendance/{other.day}/{other.session}/amend", {})
    size = services.log.size()
    services.close()
    assert answer.status_code == 403
    assert "another school" in answer.text
    assert size == position


@pytest.mark.parametrize(
    "address",
    ["/placements?page=" + "0" * 5000, "/?known-at=9999-12-31", "/?as-at=0001-01-01", "/?as-at=2190-01-01"],
)
def test_an_odd_address_is_answered_in_a_sentence(app: Flask, services: Services, address: str) -> None:
    assert Browser(app, "inspector").client.get(address).status_code in {200, 422}


def test_a_field_name_that_is_no_text_is_refused(app: Flask, services: Services) -> None:
    before = recorded(services)
    answer = Browser(app, "head-teacher").post(f"/pupils/{PUPIL}/cease-ehcp", b'{"\\ud800": "x"}')
    assert answer.status_code == 422
    assert recorded(services) == before


def test_what_the_pages_read_is_made_again_where_it_is_damaged(demo_copy: Path) -> None:
    for part in ("", "-wal", "-shm"):
        demo_copy.joinpath(f"read.sqlite{part}").unlink(missing_ok=True)
    demo_copy.joinpath("read.sqlite").write_bytes(b"no database at all")
    assert main(["rebuild", "--data", str(demo_copy)]) == 0
    with sqlite3.connect(demo_copy / "read.sqlite") as database:
        assert database.execute("SELECT count(*) FROM read_entries").fetchone()[0] > 0
    database.close()


@pytest.mark.parametrize("name", ["ledger.sqlite", "subjects.sqlite", "passphrase"])
def test_a_damaged_file_is_named_in_a_sentence(demo_copy: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    for part in ("", "-wal", "-shm"):
        demo_copy.joinpath(f"{name}{part}").unlink(missing_ok=True)
    demo_copy.joinpath(name).write_bytes(b"\xff\xfe not what it was")
    could_not_check = 2 if name == "ledger.sqlite" else 1
    assert main(["audit", "--data", str(demo_copy)]) == could_not_check
    assert capsys.readouterr().err.strip()


@pytest.mark.parametrize(
    ("field", "changes", "said"),
    [
        ("local_ref", {"upn": None}, "Wren Ashby is on this school's roll with the reference RH-001"),
        ("upn", {"local_ref": "RH-900"}, "This number is on record for Wren Ashby"),
    ],
)
def test_a_reference_or_a_number_of_one_pupil_is_not_given_to_a_second(
    app: Flask, services: Services, field: str, changes: dict[str, Any], said: str
) -> None:
    browser = Browser(app, "ap-lead")
    before = recorded(services)
    second = as_json(WORDING["enrol_pupil"].fields) | {"name": "Somebody Else"} | changes
    refused = browser.post("/pupils/enrol", second)
    assert refused.status_code == 409, refused.text
    assert (refused.get_json()["breaches"][0]["field"], said in refused.text) == (field, True)
    assert recorded(services) == before
