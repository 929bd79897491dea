"""Recording through forms and JSON: once however often sent, never over another's change, never from another site."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask

from tests.domain.people import named
from tests.domain.wording import WORDING
from tests.web.browsing import Browser, Clock, as_form, as_json, filled_in, newest, recorded
from web.bootstrap import Services

PLACE = f"/placements/{named('placement')}"
APPROVAL: dict[str, Any] = WORDING["approve_placement"].fields
SENTENCE = re.compile(r"\s+")


def told(page: str) -> str:
    return SENTENCE.sub(" ", re.sub(r"<[^>]+>", " ", page))


def test_a_recorded_decision_answers_with_its_receipt(head: Browser, services: Services) -> None:
    before = recorded(services)
    answer = head.record(f"{PLACE}/approve", APPROVAL)
    index = newest(services)
    assert answer.headers["Location"] == f"/receipts/{index}/1"
    receipt = told(head.read(answer.headers["Location"]))
    assert f"Recorded Placement approved Entry {index}" in receipt
    assert services.log.leaf(index).leaf_hash.hex() in receipt
    assert "10 September 2026 at 16:30" in receipt
    assert recorded(services) == before + 1


def test_json_is_answered_with_the_receipt_and_the_new_version(head: Browser, services: Services) -> None:
    before = recorded(services)
    answer = head.post(f"{PLACE}/approve", as_json(APPROVAL))
    assert answer.status_code == 201
    body = answer.get_json()
    assert body["entry"] == before
    assert body["fingerprints"] == [services.log.leaf(before).leaf_hash.hex()]
    assert body["record"] == str(named("placement"))
    assert answer.headers["ETag"] == f'"{body["version"]}"'


def test_sending_the_same_form_twice_records_once_and_gives_the_first_receipt(
    head: Browser, services: Services
) -> None:
    before = recorded(services)
    first = head.send(f"{PLACE}/approve", APPROVAL, idempotency_key="one-click")
    second = head.send(f"{PLACE}/approve", APPROVAL, idempotency_key="one-click")
    assert first.headers["Location"] == second.headers["Location"]
    assert (first.status_code, second.status_code) == (303, 303)
    assert recorded(services) == before + 1


def test_sending_the_same_new_thing_twice_begins_it_once(lead: Browser, services: Services) -> None:
    body = {"name": "A new provider", "school_id": None}
    first = lead.post("/providers/record", body, Idempotency_Key="begin")
    second = lead.post("/providers/record", body, Idempotency_Key="begin")
    assert first.get_json() == second.get_json()
    assert len(lead.client.get("/providers.json").get_json()) == 2


def test_the_same_key_with_something_else_is_refused_and_records_nothing(head: Browser, services: Services) -> None:
    head.post(f"{PLACE}/approve", as_json(APPROVAL), Idempotency_Key="mine")
    before = recorded(services)
    answer = head.post(f"{PLACE}/approve", as_json(APPROVAL | {"decision_reason": "Other."}), Idempotency_Key="mine")
    assert answer.status_code == 422
    assert answer.mimetype == "application/problem+json"
    assert recorded(services) == before


def test_somebody_elses_key_is_not_a_way_to_their_receipt(head: Browser, lead: Browser, services: Services) -> None:
    body = {"name": "A new provider", "school_id": None}
    head.post("/providers/record", body, Idempotency_Key="shared")
    before = recorded(services)
    assert lead.post("/providers/record", body, Idempotency_Key="shared").status_code == 422
    assert recorded(services) == before


@pytest.mark.parametrize("key", ["", "x" * 201, "naïve", "a\tb"])
def test_a_sending_without_a_usable_key_is_refused(head: Browser, services: Services, key: str) -> None:
    before = recorded(services)
    assert (
        head.post(f"{PLACE}/approve", as_json(APPROVAL), Idempotency_Key=key.encode().decode("latin-1")).status_code
        == 400
    )
    assert recorded(services) == before


def test_whoever_worked_on_an_older_version_is_told_and_keeps_their_typing(
    head: Browser, lead: Browser, services: Services
) -> None:
    opened = head.read(f"{PLACE}/approve")
    stale = re.search(r'name="version" value="(\d+)"', opened)
    assert stale
    lead.record(f"{PLACE}/record-baseline", WORDING["record_baseline"].fields)
    before = recorded(services)
    answer = head.send(f"{PLACE}/approve", APPROVAL | {"decision_reason": "My long reason"}, version=stale[1])
    assert answer.status_code == 409
    assert "has changed since you opened it" in answer.text
    assert "My long reason" in answer.text
    assert f'name="version" value="{int(stale[1]) + 1}"' in answer.text
    assert recorded(services) == before


def test_if_match_carries_the_version_that_the_page_gave(head: Browser, lead: Browser, services: Services) -> None:
    tag = head.client.get(f"{PLACE}.json").headers["ETag"]
    lead.record(f"{PLACE}/record-baseline", WORDING["record_baseline"].fields)
    before = recorded(services)
    answer = head.post(f"{PLACE}/approve", as_json(APPROVAL), If_Match=tag)
    assert answer.status_code == 409
    assert recorded(services) == before
    tag = head.client.get(f"{PLACE}.json").headers["ETag"]
    assert head.post(f"{PLACE}/approve", as_json(APPROVAL), If_Match=tag).status_code == 201


@pytest.mark.parametrize("persona", ["deputy-head", "dsl"])
def test_a_decision_not_theirs_is_refused_with_the_rule_and_the_typing_kept(
    app: Flask, services: Services, persona: str
) -> None:
    browser = Browser(app, persona)
    before = recorded(services)
    answer = browser.send(f"{PLACE}/approve", APPROVAL | {"decision_reason": "I think so"})
    assert answer.status_code == 422
    page = told(answer.text)
    assert "Rule H-04, policy clause S26" in page
    assert "Nothing was recorded" in page
    assert page.index("Ask the Head Teacher") < page.index("Rule H-04")
    assert "I think so" in answer.text
    assert recorded(services) == before


def test_the_same_deputy_may_under_a_delegation_until_it_is_taken_back(
    app: Flask, head: Browser, services: Services
) -> None:
    deputy = Browser(app, "deputy-head-delegated")
    head.record(f"/delegations/{named('delegation')}/revoke", {"reason": "I decide myself again."})
    before = recorded(services)
    answer = deputy.post(f"{PLACE}/approve", as_json(APPROVAL))
    assert answer.status_code == 422
    assert answer.get_json()["breaches"][0]["rule"] == "H-04"
    assert recorded(services) == before


def test_a_live_delegation_lets_the_deputy_approve(app: Flask) -> None:
    deputy = Browser(app, "deputy-head-delegated")
    deputy.record(f"{PLACE}/approve", APPROVAL)
    assert "Delegation from A. Head_Teacher" in told(deputy.read("/approvals"))


def test_approval_without_the_authority_s_consent_is_refused_and_the_way_out_linked(
    head: Browser, services: Services
) -> None:
    withdrawal = WORDING["withdraw_authority_consent"].fields | {"effective_on": WORDING["approve_placement"].on}
    head.record(f"{PLACE}/withdraw-authority-consent", withdrawal)
    before = recorded(services)
    answer = head.send(f"{PLACE}/approve", APPROVAL)
    assert answer.status_code == 422
    assert "Rule H-05, policy clause S42" in told(answer.text)
    assert f'href="{PLACE}/record-authority-consent"' in answer.text
    assert recorded(services) == before


def test_every_breach_is_told_at_once_to_machines(head: Browser) -> None:
    head.record(f"{PLACE}/withdraw-authority-consent", WORDING["withdraw_authority_consent"].fields)
    head.record(f"{PLACE}/withdraw-parental-agreement", WORDING["withdraw_parental_agreement"].fields)
    problem = head.post(f"{PLACE}/approve", as_json(APPROVAL)).get_json()
    assert {breach["rule"] for breach in problem["breaches"]} == {"H-05", "H-06"}
    assert all(breach["sentence"] and breach["remedy"] and breach["clause"] for breach in problem["breaches"])
    assert {"type", "title", "status", "detail"} <= set(problem)


def test_a_form_with_faults_names_each_links_to_it_and_keeps_the_typing(lead: Browser, services: Services) -> None:
    before = recorded(services)
    values = WORDING["assess_risk"].fields | {"assessor": ""}
    answer = lead.send(f"{PLACE}/assess-risk", values, **{"assessed_on-day": "31", "assessed_on-month": "9"})
    assert answer.status_code == 422
    assert '<a href="#assessed_on-day">' in answer.text
    assert '<a href="#assessor">' in answer.text
    assert 'value="31"' in answer.text
    assert "Leaves unseen" in answer.text
    assert answer.text.startswith("<!DOCTYPE html>")
    assert "<title>Error: " in answer.text
    assert recorded(services) == before


def test_one_more_row_is_offered_without_losing_what_was_typed(lead: Browser, services: Services) -> None:
    before = recorded(services)
    answer = lead.send(f"{PLACE}/assess-risk", WORDING["assess_risk"].fields, more="hazards")
    assert answer.status_code == 200
    assert 'name="hazards-1-hazard"' in answer.text
    assert "Leaves unseen" in answer.text
    assert recorded(services) == before


def test_a_parents_name_is_taken_from_the_choice_and_not_asked_again(lead: Browser) -> None:
    page = lead.read(f"{PLACE}/record-parental-agreement")
    assert 'name="holder_name"' not in page
    values = {name: said for name, said in WORDING["record_parental_agreement"].fields.items() if name != "holder_name"}
    answer = lead.record(f"{PLACE}/record-parental-agreement", values)
    entry = int(answer.headers["Location"].split("/")[2])
    assert "P. Ashby" in lead.read(f"/entries/{entry}")


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "http://evil.example"},
        {"Origin": "http://localhost.evil.example"}, {"Origin": "null"},
        {"X-CSRF-Token": "guess"}, {"X-CSRF-Token": ""},
    ],
    ids=str,
)  # fmt: skip
def test_a_sending_from_another_site_is_refused(head: Browser, services: Services, headers: dict[str, str]) -> None:
    before = recorded(services)
    answer = head.post(
        f"{PLACE}/approve", as_json(APPROVAL), **{name.replace("-", "_"): said for name, said in headers.items()}
    )
    assert answer.status_code == 403
    assert recorded(services) == before


def test_our_own_page_may_send(head: Browser) -> None:
    own = {"Sec_Fetch_Site": "same-origin", "Origin": "http://localhost"}
    assert head.post(f"{PLACE}/approve", as_json(APPROVAL), **own).status_code == 201


def test_the_token_of_another_session_is_worth_nothing(
    app: Flask, head: Browser, lead: Browser, services: Services
) -> None:
    before = recorded(services)
    form = {**as_form(APPROVAL), "csrf_token": lead.token(), "idempotency_key": "k"}
    assert head.client.post(f"{PLACE}/approve", data=form).status_code == 403
    assert recorded(services) == before


def test_looking_records_nothing(head: Browser, services: Services, clock: Clock) -> None:
    before = recorded(services)
    for path in ("/", "/placements", PLACE, f"{PLACE}/approve", "/register", "/approvals", "/entries/3", "/pupils"):
        head.read(path)
    assert recorded(services) == before


def test_an_address_of_another_provider_is_a_mistake_in_its_field_and_the_typing_stays(
    lead: Browser, services: Services
) -> None:
    lead.record("/providers/record", {"name": "Elsewhere Studio (demo)", "school_id": None})
    other = next(one for one in lead.client.get("/providers.json").get_json() if one["name"].startswith("Elsewhere"))
    before = recorded(services)
    proposal = WORDING["propose_placement"].fields | {"provider_id": other["provider_id"]}
    answer = lead.send("/placements/propose", proposal)
    assert answer.status_code == 422
    assert '<a href="#site_id">There is no such site of this provider. Choose another.</a>' in answer.text
    assert filled_in(answer.text)["rationale"].strip() == proposal["rationale"]
    assert recorded(services) == before


def test_a_problem_in_one_of_several_alike_says_which(lead: Browser) -> None:
    typed = as_form(WORDING["assess_risk"].fields) | {"hazards-1-hazard": "Traffic", "hazards-1-likelihood": "often"}
    page = lead.client.post(f"{PLACE}/assess-risk", data=filled_in(lead.read(f"{PLACE}/assess-risk")) | typed).text
    assert ">Hazard 2: “Likelihood, from 1 (low) to 5 (high)” must be a whole number" in page
    plan = as_form(WORDING["prepare_plan"].fields) | {"english-minutes_a_week": "many"}
    page = lead.client.post(f"{PLACE}/prepare-plan", data=filled_in(lead.read(f"{PLACE}/prepare-plan")) | plan).text
    assert ">English: “Minutes a week in the placement” must be a whole number" in page
    assert "Maths: " not in page


def test_an_approval_is_offered_two_weeks_to_start_in_and_never_past_the_end(head: Browser) -> None:
    offered = filled_in(head.read(f"{PLACE}/approve"))
    first, last = (
        date(*(int(offered[f"{name}-{part}"]) for part in ("year", "month", "day")))
        for name in ("start_from", "start_by")
    )
    assert last == min(first + timedelta(days=14), WORDING["propose_placement"].fields["proposed_end"])


def test_before_there_is_a_plan_the_agreement_says_to_prepare_it_first(
    app: Flask, lead: Browser, services: Services
) -> None:
    proposal = WORDING["propose_placement"].fields
    entry = lead.record("/placements/propose", proposal).headers["Location"].split("/")[2]
    place = f"/placements/{services.log.leaf(int(entry)).stream}"
    form = lead.read(f"{place}/sign-placement-agreement")
    assert "Prepare the plan first." in form
    assert f'href="{place}/prepare-plan"' in form
    assert "plan_version" not in form
    page = Browser(app, "head-teacher").read(place)
    way = page[page.index("No agreement signed by the provider") :].split("</li>")[0]
    assert "Prepare the plan first: it is what the provider signs." in way
    assert f'href="{place}/prepare-plan"' in way
    assert "plan_version" in lead.read(f"{PLACE}/sign-placement-agreement")
