"""Whoever is shown a pupil's record is recorded before they see it, once; who is shown nobody's is not."""

from __future__ import annotations

import base64
import io
import json
import re
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from flask import Flask, Response
from markupsafe import escape
from werkzeug.test import TestResponse

from domain.events import RecordRead
from domain.values import Submission
from tests.domain.people import HEAD, named
from tests.domain.wording import WORDING
from tests.web.browsing import RUN_KEY, Browser, as_json, filled_in
from web import founding
from web.application import create_app
from web.bootstrap import Services, open_services
from web.config import Config
from web.endpoints import REGISTRY, Endpoint
from web.finding import Finder

PLACE, PUPIL = f"/placements/{named('placement')}", f"/pupils/{named('pupil')}"
WREN = named("pupil")
_FULL = "CREATE TRIGGER full BEFORE INSERT ON stored_events BEGIN SELECT RAISE(FAIL, 'full'); END"


def readings(services: Services, since: int) -> list[RecordRead]:
    found = (fact for _, fact in services.source(since, 100_000))
    return [fact for fact in found if isinstance(fact, RecordRead)]


class Watched:
    """A browser whose every answer is held against what was recorded of it."""

    def __init__(self, app: Flask, persona: str) -> None:
        self.browser = Browser(app, persona)
        self.services: Services = app.extensions["placement-ledger"]
        self.names = dict(_names(self.services))

    def open(self, address: str, method: str = "GET", about: UUID | None = None, **options: object) -> TestResponse:
        """Open an address; whoever the answer names is in exactly one reading, and nobody is who has no part in it."""
        before = self.services.log.size()
        answer = self.browser.client.open(address, method=method, **options)
        stated = [pupil for reading in readings(self.services, before) for pupil in reading.pupils]
        assert len(stated) == len(set(stated)), address
        named_there = self.named_in(answer)
        assert named_there <= set(stated), f"{address}: {named_there - set(stated)} not recorded"
        allowed = named_there | ({about} if about and answer.status_code < 300 else set())
        assert set(stated) <= allowed, f"{address}: {set(stated) - allowed} recorded and not shown"
        return answer

    def named_in(self, answer: TestResponse) -> set[UUID]:
        """The pupils whose name or pseudonym stands in what was sent, files opened."""
        text = unescape("\n".join(_texts(answer)))
        return {one for one, name in self.names.items() if str(one) in text or re.search(rf"\b{name}\b", text)}


def _names(services: Services) -> Iterator[tuple[UUID, str]]:
    services.catch_up()
    with services.read.reading() as connection:
        rows = connection.exec_driver_sql("SELECT DISTINCT pupil_id, name FROM read_roll").all()
    yield from ((UUID(pupil_id), name) for pupil_id, name in rows)


def _texts(answer: TestResponse) -> Iterator[str]:
    if answer.mimetype != "application/zip":
        yield answer.data.decode("utf-8", "replace")
        return
    with zipfile.ZipFile(io.BytesIO(answer.data)) as file:
        for name in file.namelist():
            text = file.read(name).decode("utf-8", "replace")
            yield text
            for sealed in re.findall(r'"payload":"([^"]+)"', text):
                yield base64.b64decode(sealed).decode()


@pytest.fixture(scope="module")
def demo_app(demo_folder: Path) -> Iterator[Flask]:
    """The service on a small demo."""
    passphrase = founding.passphrase(demo_folder, founding.read(demo_folder), {})
    opened = open_services(demo_folder, None, passphrase, lambda: datetime.now(UTC))
    opened.checkpointer.publish()
    yield create_app(opened, Config(RUN_KEY))
    opened.close()


def _addresses(services: Services) -> Iterator[tuple[Endpoint, str, UUID | None]]:
    """Each address of the registry that is opened by looking, about some of the demo's records."""
    with services.read.reading() as connection:
        ask = connection.exec_driver_sql
        placements = [(UUID(a), UUID(b)) for a, b in ask("SELECT placement_id, pupil_id FROM read_placements LIMIT 2")]
        providers = [UUID(one) for (one,) in ask("SELECT provider_id FROM read_providers LIMIT 2")]
        delegations = [UUID(one) for (one,) in ask("SELECT DISTINCT delegation_id FROM read_delegations LIMIT 1")]
        marked = ask("SELECT pupil_id, day, session, known_from FROM read_marks LIMIT 1").one()
    ids = {
        "placement": placements,
        "pupil": [(b, b) for _, b in placements],
        "provider": [(one, None) for one in providers],
        "delegation": [(one, None) for one in delegations],
    }
    entries = [marked[3] - 1, *range(0, services.log.size(), max(1, services.log.size() // 6))]
    for endpoint in REGISTRY:
        if "GET" not in endpoint.methods or endpoint.name == "sign_in":
            continue
        rule = endpoint.rule
        noun = next((one for one in ids if rule.startswith(f"/{one}s/<")), None)
        if "<day>" in rule:
            fixed = rule.replace("<day>", marked[1]).replace("<session>", marked[2])
            yield endpoint, fixed.replace("<uuid:record_id>", str(UUID(marked[0]))), UUID(marked[0])
        elif noun and rule.count("<") == 1:
            for record_id, about in ids[noun]:
                yield endpoint, rule.replace("<uuid:record_id>", str(record_id)), about
        elif "<int:index>" in rule and rule.count("<") <= 1 + rule.count("<int:count>"):
            for index in entries:
                about = services.log.leaf(index).subject if "count" not in rule else None
                yield endpoint, rule.replace("<int:index>", str(index)).replace("<int:count>", "1"), about
        elif "<" not in rule:
            yield endpoint, rule, None


@pytest.mark.parametrize("persona", ["dsl", "inspector", "attendance-officer"])
def test_whoever_an_answer_names_was_recorded_to_be_seen_before_it_left_and_nobody_else(
    demo_app: Flask, persona: str
) -> None:
    watched = Watched(demo_app, persona)
    shown = 0
    for endpoint, address, about in list(_addresses(watched.services)):
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
    watched.open(f"/?as-at={first}&known-at={first}")
    assert watched.open("/placements?known-at=2026-01-01").status_code == 200
    assert len(readings(watched.services, before)) <= 2


def test_signing_in_health_and_what_checks_the_record_are_no_readings() -> None:
    assert {one.name for one in REGISTRY if not one.reads} == {
        "sign_in_page", "sign_in", "sign_out", "who", "live", "ready", "newest_signature", "policy", "openapi", "proof",
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
        text.encode() for text in _texts(watched.open(f"{PLACE}/evidence.zip", about=WREN))
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


def test_two_pupils_of_one_name_are_told_apart_where_the_page_can_and_both_recorded_where_not() -> None:
    finder, one, other = Finder(), uuid4(), uuid4()
    for pupil_id in (one, other):
        finder.take_in([(pupil_id, "Ada O'Neill", None)])
    assert finder.find(f"Ada O&#39;Neill {one}".encode()) == {one}
    assert finder.find(b"<b>Ada O&#39;Neill</b>") == {one, other}
    assert finder.find(b"Ada O'Neillson") == set()


@pytest.mark.parametrize("name", ["Ada Saltmeadow", "de Souza, Ana", "Élodie Ünal", 'Bo "B" Lee', "O'Neill-Smith, J."])
def test_a_name_is_found_in_every_form_an_answer_has(name: str) -> None:
    finder, pupil_id = Finder(), uuid4()
    finder.take_in([(pupil_id, name, "A823000125001")])
    for text in (str(escape(name)), json.dumps(name, ensure_ascii=False), '"' + name.replace('"', '""') + '"'):
        assert finder.find(f"…<td>{text}</td>".encode()) == {pupil_id}, text
    assert finder.find(b"upn A823000125001,") == {pupil_id}
    assert finder.find(b"upn A8230001250011,") == set()


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
    no_data = {"sign_out", "who", "openapi", "proof", "placement_evidence", "entry_evidence", "take_register", "amend"}
    lacking = {one.name for one in REGISTRY if not one.twin and one.roles is not None and one.schema is None}
    assert lacking <= no_data
