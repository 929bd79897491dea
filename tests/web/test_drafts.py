"""What was begun is kept for the person who began it: put by, refused or interrupted; gone once sent or left alone."""

from __future__ import annotations

import re
import shutil
import sqlite3
from contextlib import closing
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.domain.people import named
from tests.domain.wording import WORDING
from tests.web.browsing import RUN_KEY, Browser, Clock, as_form, filled_in, recorded
from tests.web.conftest import NOW, PASSPHRASE
from web.application import create_app
from web.bootstrap import Services, open_services
from web.cli import main
from web.config import Config
from web.drawer import KEPT_FOR

PLACE = f"/placements/{named('placement')}"
FORM = f"{PLACE}/end"
REASON = "Moved away with the family"


def put_by(browser: Browser, form: str = FORM, **typed: str) -> TestResponse:
    sent = {**filled_in(browser.read(form)), "destination": REASON, **typed, "save": "draft"}
    answer = browser.client.post(form, data=sent)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/drafts")
    return answer


def discard(browser: Browser, page: str, **fields: str) -> TestResponse:
    found = re.search(r'action="(/drafts/[0-9a-f-]+/discard)"', page)
    assert found
    return browser.client.post(found[1], data={"csrf_token": browser.token(), **fields})


def test_a_form_is_put_by_and_taken_up_again_with_all_that_was_typed(lead: Browser, services: Services) -> None:
    before = recorded(services)
    put_by(lead, final_attendance="61 of 64")
    listed = unescape(lead.read("/drafts"))
    assert "End the placement" in listed
    assert "Wren Ashby" in listed
    opened = lead.read(FORM)
    assert "You began this on 10 September 2026 at 16:30" in opened
    assert filled_in(opened)["destination"] == ""
    again = filled_in(lead.read(f"{FORM}?draft=continue"))
    assert (again["destination"], again["final_attendance"]) == (REASON, "61 of 64")
    assert recorded(services) == before


def test_a_refused_sending_is_kept_as_well(lead: Browser) -> None:
    assert lead.send(FORM, {"destination": REASON}).status_code == 422
    assert filled_in(lead.read(f"{FORM}?draft=continue"))["destination"] == REASON


def test_a_draft_is_gone_once_it_is_recorded(head: Browser) -> None:
    form = f"{PLACE}/approve"
    put_by(head, form, decision_reason="Half a reason")
    kept: dict[str, Any] = filled_in(head.read(f"{form}?draft=continue"))
    sent = {**kept, **as_form(WORDING["approve_placement"].fields)}
    assert head.client.post(form, data=sent).status_code == 303
    assert "No drafts to show" in head.read("/drafts")


def test_a_draft_is_discarded_from_the_form_or_from_the_list(lead: Browser) -> None:
    put_by(lead)
    assert discard(lead, lead.read(FORM), **{"from": "form"}).headers["Location"] == FORM
    assert "You began this" not in lead.read(FORM)
    put_by(lead)
    assert discard(lead, lead.read("/drafts")).headers["Location"] == "/drafts"
    assert "No drafts to show" in lead.read("/drafts")


def test_another_person_s_draft_is_not_shown_opened_or_discarded(lead: Browser, head: Browser) -> None:
    put_by(lead)
    mine = lead.read("/drafts")
    assert "No drafts to show" in head.read("/drafts")
    assert "You began this" not in head.read(FORM)
    assert filled_in(head.read(f"{FORM}?draft=continue"))["destination"] == ""
    assert discard(head, mine).status_code == 404
    assert REASON in lead.read(f"{FORM}?draft=continue")


def test_the_drawer_holds_no_name_and_nothing_that_was_typed(lead: Browser, services: Services) -> None:
    put_by(lead)
    kept = b"".join(each.read_bytes() for each in services.data.glob("drafts.sqlite*"))
    for secret in (b"Ashby", b"Wren", b"Moved away", b"End the placement"):
        assert secret not in kept


def test_what_is_left_alone_for_two_weeks_is_gone(lead: Browser, services: Services, clock: Clock) -> None:
    put_by(lead)
    assert len(services.drafts.of(named("ap_lead"))) == 1
    services.drafts.forget(named("nobody"), "any", clock.now + KEPT_FOR + timedelta(minutes=1))
    assert services.drafts.of(named("ap_lead")) == ()


def test_a_draft_moved_to_another_person_in_the_file_is_shown_to_nobody(
    lead: Browser, head: Browser, services: Services
) -> None:
    put_by(lead)
    db = sqlite3.connect(services.data / "drafts.sqlite")
    db.execute("UPDATE drafts SET person = ?", (named("head_teacher").bytes,))
    db.commit()
    db.close()
    assert "No drafts to show" in head.read("/drafts")
    assert "You began this" not in head.read(FORM)


def test_drafts_are_for_those_who_can_record(app: Flask) -> None:
    assert Browser(app, "inspector").get("/drafts").status_code == 403
    assert "/drafts" not in Browser(app, "inspector").read("/")


@pytest.mark.parametrize("place", [0, 4096 + 8])
def test_a_damaged_file_of_drafts_is_put_aside_and_stops_neither_the_service_nor_an_audit(
    prepared_ledger: Path, tmp_path: Path, place: int
) -> None:
    folder = Path(shutil.copytree(prepared_ledger, tmp_path / "ledger"))
    drafts = folder / "drafts.sqlite"
    with closing(open_services(folder, None, PASSPHRASE, Clock(NOW))) as opened:
        put_by(Browser(create_app(opened, Config(RUN_KEY)), "ap-lead"))
    damaged = bytearray(drafts.read_bytes())
    damaged[place : place + 2000] = b"x" * 2000
    drafts.write_bytes(damaged)
    for command in ("audit", "check", "rebuild"):
        assert main([command, "--data", str(folder), *(["--port", "8196"] if command == "check" else [])]) == 0
    assert drafts.read_bytes() == damaged
    with closing(open_services(folder, None, PASSPHRASE, Clock(NOW))) as opened:
        browser = Browser(create_app(opened, Config(RUN_KEY)), "ap-lead")
        assert "No drafts to show" in browser.read("/drafts")
        put_by(browser)
        assert filled_in(browser.read(f"{FORM}?draft=continue"))["destination"] == REASON
    assert (folder / "drafts.sqlite.damaged").read_bytes() == damaged
    assert drafts.stat().st_mode & 0o777 == 0o600
