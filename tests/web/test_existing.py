"""A placement on paper through its form and its pages: badged wherever it is read, its approval none given here."""

from __future__ import annotations

import io
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.datastructures import FileStorage

from tests.domain.people import named
from tests.domain.wording import WORDING
from tests.domain.wording_on_paper import CONSENT
from tests.web.browsing import Browser, as_json, filled_in, newest, recorded
from web.bootstrap import Services
from web.existing import reference

ROOT = Path(__file__).resolve().parent.parent.parent
ADD = "/placements/add-existing"
FIELDS: dict[str, Any] = WORDING["add_existing_placement"].fields
PLACE = f"/placements/{reference(FIELDS)}"
TYPICAL = {
    "pupil_id": str(named("pupil")),
    "site_id": str(named("site")),
    "started_on-day": "2",
    "started_on-month": "3",
    "started_on-year": "2026",
    "proposed_end-day": "18",
    "proposed_end-month": "12",
    "proposed_end-year": "2026",
    "legal_gateway": "school_arranged_by_agreement",
    "arranged_by": "school",
    "approved_on-day": "25",
    "approved_on-month": "2",
    "approved_on-year": "2026",
    "approved_by": "C. Formerhead",
    "approver_title": "Head Teacher",
    "consents-0-authority_name": "Ploughshire Council",
    "consents-0-officer_name": "V. Ploughwright",
    "consents-0-officer_title": "Commissioning Officer",
    "consents-0-medium": "letter",
    "consents-0-capacity": "education_sen",
    "consents-0-given_on-day": "20",
    "consents-0-given_on-month": "2",
    "consents-0-given_on-year": "2026",
    "parents-holder_name": "P. Ashby",
    "parents-position": "given",
    "parents-medium": "signed_form",
    "parents-ground": "mother",
    "parents-said_on-day": "18",
    "parents-said_on-month": "2",
    "parents-said_on-year": "2026",
}


def told(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def typed(browser: Browser, **changes: Any) -> Any:
    page = browser.read(ADD)
    return browser.client.post(ADD, data={**filled_in(page), **TYPICAL, **changes})


def test_a_typical_one_takes_twenty_answers_and_one_sending(head: Browser) -> None:
    assert len({re.sub("-(day|month|year)$", "", name) for name in TYPICAL}) == 20
    answer = typed(head)
    assert answer.status_code == 303, told(answer.text)
    assert "Recorded Existing placement added from paper 4 entries" in told(head.read(answer.headers["Location"]))


def test_it_is_badged_on_its_page_in_lists_in_its_story_on_its_entry_and_in_the_data(
    head: Browser, services: Services
) -> None:
    answer = head.record(ADD, FIELDS)
    first = int(answer.headers["Location"].split("/")[2])
    for address in (PLACE, "/placements", f"{PLACE}/chronology", f"/pupils/{named('pupil')}", f"/entries/{first}"):
        assert "Entered from paper" in head.read(address), address
    assert head.get(f"{PLACE}.json").get_json()["placement"]["entered_from"] == "paper_backfill"
    assert head.get(f"/entries/{first}.json").get_json()["entered_from"] == "paper_backfill"
    listed = {one["placement_id"]: one["entered_from"] for one in head.get("/placements.json").get_json()}
    assert listed[str(reference(FIELDS))] == "paper_backfill"
    assert listed[str(named("placement"))] == "ui"
    assert "paper_backfill" in head.get("/placements.csv").text


def test_the_approval_on_paper_is_a_row_of_its_own_neither_given_nor_missing(head: Browser) -> None:
    head.record(ADD, FIELDS)
    rows = head.get(f"{PLACE}.json").get_json()["approvals"]
    (row,) = [one for one in rows if one["required"] == "Approval of the placement"]
    assert row["decision"] == "On paper, not given in this record"
    assert (row["given_by"], row["decided_on"]) == ("C. Formerhead, Head Teacher", "2026-02-25")
    assert row["authority"] is None
    consent = next(one for one in rows if one["given_by"] == "V. Ploughwright, Commissioning Officer")
    assert (consent["decision"], consent["entered_from"]) == ("Given", "paper_backfill")


def test_no_approval_on_paper_is_a_missing_one(head: Browser) -> None:
    head.record(ADD, {**FIELDS, "approved_on": None, "approved_by": None, "approver_title": None})
    rows = head.get(f"{PLACE}.json").get_json()["approvals"]
    (row,) = [one for one in rows if one["required"] == "Approval of the placement"]
    assert row["decision"] == "Missing"


def test_an_empty_group_is_left_out_and_a_group_begun_is_asked_for_in_full(head: Browser, services: Services) -> None:
    left_out = {name: "" for name in TYPICAL if name.startswith(("consents", "parents"))}
    answer = typed(head, **{**left_out, "consents-0-officer_name": "V. Ploughwright"})
    assert answer.status_code == 422
    assert "Consent 1: Answer “Authority”." in told(answer.text)
    assert 'href="#consents-0-authority_name"' in answer.text
    before = recorded(services)
    assert typed(head, **left_out).status_code == 303
    assert recorded(services) == before + 1


@pytest.mark.parametrize(
    "answer",
    ["arranged_by", "consents-0-medium", "consents-0-capacity", "parents-position", "parents-medium"],
)
def test_the_form_begins_with_nothing_that_decides_a_rule_and_asks_for_it(
    head: Browser, services: Services, answer: str
) -> None:
    assert not filled_in(head.read(ADD)).get(answer)
    before, sent = recorded(services), typed(head, **{answer: ""})
    assert (sent.status_code, recorded(services)) == (422, before)
    assert f'href="#{answer}' in sent.text


def test_what_follows_from_the_address_is_neither_asked_nor_found_missing(head: Browser) -> None:
    answer = typed(head, site_id="")
    assert "Answer “Provider and address”." in answer.text
    assert "Who teaches" not in answer.text


def test_what_the_domain_turns_away_is_said_at_the_answer_that_says_it(head: Browser) -> None:
    answer = typed(head, **{"consents-0-given_on-year": "2027"})
    assert answer.status_code == 422
    assert 'href="#consents-0-given_on-day"' in answer.text
    answer = typed(head, **{"parents-ground": "", "parents-holder_name": ""})
    assert 'href="#parents-holder_name"' in answer.text


def test_a_line_that_opens_is_open_where_something_in_it_is_said_or_wrong(head: Browser) -> None:
    assert '<details class="govuk-details" open>' not in head.read(ADD).split('id="form"')[1]
    answer = typed(head, **{"risk-assessor": "B. Coppershaw"})
    assert '<details class="govuk-details" open>' in answer.text.split('id="form"')[1]


@pytest.mark.parametrize("by_form", [True, False])
def test_a_placement_that_is_here_is_not_added_from_paper(head: Browser, services: Services, by_form: bool) -> None:
    head.record(ADD, FIELDS) if by_form else head.post(ADD, as_json(FIELDS))
    before = recorded(services)
    answer = head.post(ADD, as_json(FIELDS))
    assert answer.status_code == 409
    assert "already here" in answer.text
    assert recorded(services) == before


def test_one_proposed_here_from_the_same_day_is_met_too(app: Flask, clock: Any) -> None:
    proposed = WORDING["propose_placement"].fields
    clock.now = clock.now.replace(month=10)
    head = Browser(app, "head-teacher")
    answer = head.post(ADD, as_json({**FIELDS, "started_on": proposed["proposed_start"]}))
    assert answer.status_code == 409


def test_sending_it_twice_adds_it_once(head: Browser, services: Services) -> None:
    before = recorded(services)
    answers = [head.post(ADD, as_json(FIELDS), Idempotency_Key="once") for _ in range(2)]
    assert [one.status_code for one in answers] == [201, 201]
    assert answers[0].get_json() == answers[1].get_json()
    assert recorded(services) > before


def test_the_next_one_of_the_pile_begins_with_what_is_likely_the_same(head: Browser) -> None:
    receipt = head.read(head.record(ADD, FIELDS).headers["Location"])
    found = re.search(r'href="([^"]+)">Add another for the same provider', receipt)
    assert found
    begun = filled_in(head.read(found[1].replace("&amp;", "&")))
    assert begun["site_id"] == str(named("site"))
    assert [begun[f"started_on-{part}"] for part in ("day", "month", "year")] == ["02", "03", "2026"]
    assert begun["approved_by"] == ""
    assert "Ashby" not in found[1]


def test_its_evidence_file_is_checked_by_an_outsider(app: Flask, head: Browser, tmp_path: Path) -> None:
    head.record(ADD, FIELDS)
    (tmp_path / "evidence.zip").write_bytes(head.client.get(f"{PLACE}/evidence.zip").data)
    (tmp_path / "policy").write_bytes(app.test_client().get("/policy").data)
    command = [sys.executable, "-m", "ledger", "verify", "evidence.zip", "--policy", "policy"]
    done = subprocess.run(
        command, cwd=tmp_path, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


def test_copies_of_the_paper_go_with_it(head: Browser, services: Services) -> None:
    copy = FileStorage(io.BytesIO(b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"), "approval.pdf")
    answer = typed(head, evidence=copy)
    assert answer.status_code == 303, told(answer.text)
    first = answer.headers["Location"].split("/")[2]
    assert "approval.pdf" in head.read(f"/entries/{first}")


def test_it_is_added_for_ones_own_school_only(head: Browser) -> None:
    assert head.post(ADD, as_json({**FIELDS, "school_id": named("other")})).status_code == 403


def test_what_paper_says_of_the_authority_comes_out_by_its_name(head: Browser) -> None:
    head.record(ADD, FIELDS)
    assert CONSENT.authority_name in told(head.read(PLACE))


def test_one_placement_entered_twice_with_a_days_difference_is_asked_about_and_a_second_one_is_taken(
    head: Browser, services: Services
) -> None:
    assert typed(head).status_code == 303
    size = recorded(services)
    wrong_day = {"started_on-day": "3"}
    refused = typed(head, **wrong_day)
    assert refused.status_code == 409
    assert "already has a placement with this provider in that time, since 2 March 2026" in told(refused.text)
    assert recorded(services) == size
    ended_before = {"started_on-month": "1", "ended_on-day": "1", "ended_on-month": "3", "ended_on-year": "2026"}
    assert typed(head, **ended_before).status_code == 303
    assert typed(head, **wrong_day, another="yes").status_code == 303


def test_a_consent_said_by_telephone_is_told_as_such_and_counts_nowhere(head: Browser) -> None:
    called = "Said by telephone, not confirmed: does not count"
    answer = typed(head, **{"consents-0-medium": "telephone", "parents-medium": "telephone"})
    assert answer.status_code == 303, told(answer.text)
    page = told(head.read(PLACE))
    assert page.count(called) >= 4
    assert "In force, given" not in page
    assert "by telephone, not confirmed: does not count" in told(head.read(f"{PLACE}/chronology"))
    rows = head.get(f"{PLACE}.json").get_json()["approvals"]
    assert [(row["required"], row["decision"]) for row in rows if row["about"] == "Ploughshire Council"] == [
        ("Placing authority's consent", called)
    ]
    assert [row["decision"] for row in rows if row["required"] == "Parents' agreement"] == [called]


def test_an_agreement_on_paper_is_recorded_without_a_plan_of_ours(head: Browser, services: Services) -> None:
    head.record(ADD, FIELDS)
    place = f"{PLACE}/sign-placement-agreement"
    page = head.read(place)
    assert "A plan that is only on paper" in page
    assert "Prepare the plan first" not in page
    signed = WORDING["sign_placement_agreement"].fields | {"plan_version": None}
    head.record(place, signed)
    assert services.log.leaf(newest(services)).topic == "placement.agreement-signed"
