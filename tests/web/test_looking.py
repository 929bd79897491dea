"""Whoever is shown a pupil's record is recorded before they see it, once; who is shown nobody's is not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from flask import Flask, Response

from domain.values import Submission
from tests.domain.people import HEAD, named
from tests.domain.wording import WORDING
from tests.web.browsing import RUN_KEY, Browser, as_json, filled_in
from tests.web.watching import Watched, addresses, readings, texts
from web import founding
from web.actions import ACTIONS, Action
from web.application import create_app
from web.bootstrap import Services, open_services
from web.config import Config
from web.endpoints import REGISTRY
from web.personas import PERSONAS

PLACE, PUPIL = f"/placements/{named('placement')}", f"/pupils/{named('pupil')}"
WREN = named("pupil")
_FULL = "CREATE TRIGGER full BEFORE INSERT ON stored_events BEGIN SELECT RAISE(FAIL, 'full'); END"


@pytest.fixture(scope="module")
def demo_app(demo_folder: Path) -> Iterator[Flask]:
    """The service on a small demo."""
    passphrase = founding.passphrase(demo_folder, founding.read(demo_folder), {})
    opened = open_services(demo_folder, None, passphrase, lambda: datetime.now(UTC))
    opened.checkpointer.publish()
    yield create_app(opened, Config(RUN_KEY))
    opened.close()


@pytest.mark.parametrize("persona", ["dsl", "inspector", "attendance-officer"])
def test_whoever_an_answer_names_was_recorded_to_be_seen_before_it_left_and_nobody_else(
    demo_app: Flask, persona: str
) -> None:
    watched = Watched(demo_app, persona)
    shown = 0
    for endpoint, address, about in list(addresses(watched.services)):
        suffixes = ("", ".json", ".csv") if endpoint.twin else ("",)
        for suffix in suffixes:
            twin = f"/home{suffix}" if suffix and address == "/" else address + suffix
            answer = watched.open(twin, about=about if endpoint.reads else None)
            shown += answer.status_code == 200
    assert shown > 50


def test_a_page_of_a_list_records_only_whom_it_shows_and_its_twins_everybody(demo_app: Flask) -> None:
    watched = Watched(demo_app, "head-teacher")
    before = watched.services.log.size()
    everyone = len(watched.open("/pupils.json").get_json())
    assert len(watched.open("/pupils.csv").data.splitlines()) == everyone + 1
    twins = readings(watched.services, before)
    assert [len(one.pupils) for one in twins] == [everyone, everyone]
    assert [one.form for one in twins] == ["json", "csv"]
    assert watched.open("/placements?page=1").status_code == 200
    page = readings(watched.services, before)[-1]
    assert (page.page, page.form) == ("placements", "html")
    assert page.actor_name == watched.browser.client.get("/session.json").get_json()["name"]


def test_a_look_back_in_time_is_recorded_as_any_other(demo_app: Flask) -> None:
    watched = Watched(demo_app, "inspector")
    first = watched.services.clock().date().replace(month=10, day=1)
    before = watched.services.log.size()
    for page in ("placements", "whereabouts"):
        seen = watched.named_in(watched.open(f"/{page}?as-at={first}&known-at={watched.services.clock():%Y-%m-%d}"))
        assert seen
        last = readings(watched.services, before)[-1]
        assert (last.page, set(last.pupils)) == (page, seen)
    assert watched.open("/placements?known-at=2020-01-01").status_code == 200
    assert len(readings(watched.services, before)) == 2


def test_signing_in_health_and_what_checks_the_record_are_no_readings() -> None:
    assert {one.name for one in REGISTRY if not one.reads} == {
        "live", "newest_signature",
        "openapi", "placements_template", "policy", "proof", "ready", "sign_in", "sign_in_page", "sign_out", "who"
    }  # fmt: skip


@pytest.fixture
def watched(app: Flask) -> Watched:
    """The Head Teacher of the prepared ledger, watched."""
    return Watched(app, "head-teacher")


def test_headers_alone_redirects_errors_and_acknowledgements_are_no_readings(app: Flask, watched: Watched) -> None:
    before = watched.services.log.size()
    assert watched.browser.client.head(PLACE).status_code == 200
    assert watched.browser.client.get("/placements/").status_code == 404
    assert watched.browser.client.get(f"/placements/{uuid4()}").status_code == 404
    assert app.test_client().get(PLACE).status_code == 401
    with watched.browser.client.get("/static/favicon.svg") as static:
        assert static.status_code == 200
    assert not readings(watched.services, before)
    answer = watched.browser.post(f"{PUPIL}/record-ehcp", as_json(WORDING["record_ehcp"].fields))
    assert answer.status_code == 201
    assert not readings(watched.services, before)


def test_a_refused_form_that_names_the_pupil_again_is_a_reading(app: Flask) -> None:
    deputy = Watched(app, "deputy-head")
    form = filled_in(deputy.browser.read(f"{PLACE}/approve"))
    answer = deputy.open(f"{PLACE}/approve", "POST", data=form)
    assert answer.status_code == 422
    assert "Wren Ashby" in answer.text
    last = readings(deputy.services, 0)[-1]
    assert (last.page, last.pupils) == ("placement.approve", (WREN,))


def test_a_reading_is_sealed_for_the_reader_and_names_pupils_by_pseudonym_only(watched: Watched) -> None:
    watched.open(PLACE, about=WREN)
    leaf = watched.services.log.leaf(watched.services.log.size() - 1)
    body = json.loads(leaf.body)
    assert body["subject"] == str(named("head_teacher"))
    assert body["facts"]["pupils"] == [str(WREN)]
    assert b"Wren" not in leaf.entry
    assert b"Head_Teacher" not in leaf.entry


def test_a_reading_is_in_no_chronology_approval_or_evidence_file(watched: Watched) -> None:
    for _ in range(3):
        watched.open(PLACE, about=WREN)
    assert "record.read" not in str(watched.open(f"{PUPIL}.json", about=WREN).get_json())
    assert "Records of pupils shown" not in watched.open(PLACE, about=WREN).text
    assert b"record.read" not in b"".join(
        text.encode() for text in texts(watched.open(f"{PLACE}/evidence.zip", about=WREN))
    )


def test_what_cannot_be_recorded_is_not_shown(watched: Watched) -> None:
    datastore = watched.services.application.recorder.datastore
    with datastore.get_connection(commit=True) as connection:
        connection.cursor().execute(
            "CREATE TRIGGER full BEFORE INSERT ON stored_events BEGIN SELECT RAISE(FAIL, 'full'); END"
        )
    for address in (PLACE, f"{PLACE}.json", "/pupils.csv", f"{PLACE}/evidence.zip"):
        answer = watched.browser.client.get(address)
        assert answer.status_code == 503, address
        assert "could not record that you looked, so nothing is shown" in answer.text
        assert "Wren" not in answer.text
        assert answer.headers["Cache-Control"] == "no-store"
    assert watched.browser.client.get("/session.json").status_code == 200


def test_a_file_whose_address_does_not_say_whose_it_is_is_not_given(services: Services) -> None:
    app = create_app(services, Config(RUN_KEY))
    head = Browser(app, "head-teacher")
    app.view_functions["openapi"] = lambda: Response(b"\x89PNG", mimetype="image/png")
    app.view_functions["approvals"] = app.view_functions["openapi"]
    assert head.client.get("/openapi.json").status_code == 200
    assert head.client.get("/approvals").status_code == 503


def test_a_view_that_answers_by_itself_is_searched_all_the_same(services: Services) -> None:
    app = create_app(services, Config(RUN_KEY))
    head = Browser(app, "head-teacher")
    app.view_functions["approvals"] = lambda: Response("Wren Ashby was here", mimetype="text/plain")
    before = services.log.size()
    assert head.client.get("/approvals").status_code == 200
    assert [one.pupils for one in readings(services, before)] == [(WREN,)]


def test_more_than_a_thousand_pupils_are_several_entries_in_one_transaction(services: Services) -> None:
    pupils = tuple(uuid4() for _ in range(2_500))
    before = services.log.size()
    services.application.record_reading(
        uuid4(), page="pupils", form="csv", pupils=pupils, submission=Submission(HEAD, services.clock())
    )
    parts = readings(services, before)
    assert [len(one.pupils) for one in parts] == [1000, 1000, 500]
    assert tuple(pupil for one in parts for pupil in one.pupils) == pupils
    assert all(len(leaf.entry) <= 65_535 for leaf in services.log.leaves(before, before + 3))


def test_readers_and_writers_at_once_lose_and_double_nothing(app: Flask, services: Services) -> None:
    """Eight threads look, as the server's do, while four enter things."""
    before = services.log.size()
    readers = [Browser(app, persona) for persona in ("dsl", "inspector", "head-teacher", "senco") * 2]
    writers = [Browser(app, "ap-lead") for _ in range(4)]
    tokens = [writer.token() for writer in writers]

    def look(browser: Browser) -> int:
        return sum(browser.client.get(PLACE).status_code == 200 for _ in range(6))

    def enter(writer: Browser, token: str, number: int) -> int:
        done = 0
        for each in range(4):
            body = as_json(WORDING["enrol_pupil"].fields) | {"upn": None, "local_ref": f"X-{number}-{each}"}
            sent = {"X-CSRF-Token": token, "Idempotency-Key": f"{number}-{each}"}
            done += writer.client.post("/pupils/enrol", json=body, headers=sent).status_code == 201
        return done

    with ThreadPoolExecutor(12) as pool:
        looked = [pool.submit(look, one) for one in readers]
        entered = [pool.submit(enter, *one, number) for number, one in enumerate(zip(writers, tokens, strict=True))]
        assert sum(one.result() for one in looked) == 48
        assert sum(one.result() for one in entered) == 16
    found = readings(services, before)
    assert len(found) == 48
    assert all(WREN in one.pupils for one in found)
    assert services.log.size() == before + 48 + 16


ABOUT_WREN = [one for one in ACTIONS if one.noun in {"placement", "pupil"} and not one.new]


@pytest.mark.parametrize("action", ABOUT_WREN, ids=lambda action: action.name)
def test_a_machine_whose_sending_is_refused_is_recorded_for_it_was_told_why(app: Flask, action: Action) -> None:
    persona = next(one.slug for one in PERSONAS if one.role in action.roles)
    watched = Watched(app, persona)
    before = watched.services.log.size()
    address = action.rule.replace("<uuid:record_id>", str(named(action.noun)))
    answer = watched.browser.post(address, as_json(WORDING[action.command].fields), If_Match='"999"')
    assert answer.status_code in {409, 422}, answer.text
    assert "needs changing" not in answer.text, answer.text
    assert [(one.page, one.form, one.pupils) for one in readings(watched.services, before)] == [
        (action.name, "json", (WREN,))
    ]


def test_a_machine_that_is_refused_a_new_record_of_a_pupil_is_recorded_to_have_asked(app: Flask) -> None:
    lead = Watched(app, "ap-lead")
    before = lead.services.log.size()
    fields = WORDING["propose_placement"].fields
    sent = as_json(fields | {"proposed_end": fields["proposed_start"] - timedelta(days=3)})
    answer = lead.browser.post("/placements/propose", sent)
    assert answer.status_code == 422, answer.text
    assert "needs changing" not in answer.text
    assert "Wren" not in answer.text
    assert [one.pupils for one in readings(lead.services, before)] == [(WREN,)]
