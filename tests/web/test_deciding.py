"""Deciding on forms: a reason is asked only where a should alone stands in the way; urgent starts in a minute."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from flask import Flask

from domain.events import PlacementApproved, UrgentStartDecided
from domain.parts import ConsentScope
from domain.placement import Placement
from domain.vocabulary import Deferrable
from tests.domain.builders import School
from tests.domain.people import day, named
from tests.web.browsing import Browser, Clock
from web.bootstrap import Services

PLACEMENT = f"/placements/{named('placement')}"
DAYS = {"approved_on": day("09-10"), "start_from": day("09-14"), "start_by": day("09-25")}
APPROVAL = {**DAYS, "decision_reason": "Right."}
REPORTS = "The provider reports daily."
SPITE = {"overrides-0-rule": "H-09", "overrides-0-clause": "S23", "overrides-0-reason": REPORTS}
BECAUSE = "Go on all the same, because"


def enter(services: Services, verb: str, **changes: object) -> None:
    """Enter something in the ordinary wording, but for the changes, an hour before the clock of these tests."""
    School(services.application).enter(verb, **{"on": day("09-10"), **changes})  # type: ignore[arg-type]
    services.catch_up()


def lacking_monitoring(services: Services) -> None:
    fields = {"monitoring": (), "prepared_on": day("09-10")}
    enter(services, "prepare_plan", **fields)


def facts(services: Services, kind: type) -> list[object]:
    return [one for one in services.application.look_up(Placement, named("placement")).facts if type(one) is kind]


def test_the_head_is_asked_why_only_once_a_should_stands_alone_in_the_way(head: Browser, services: Services) -> None:
    lacking_monitoring(services)
    assert BECAUSE not in head.read(f"{PLACEMENT}/approve")
    refused = head.send(f"{PLACEMENT}/approve", APPROVAL)
    assert refused.status_code == 422
    assert BECAUSE in refused.text
    assert "The plan does not say who watches progress." in refused.text
    assert ">Right.</textarea>" in refused.text
    head.record(f"{PLACEMENT}/approve", {**APPROVAL, **SPITE})
    (approved,) = facts(services, PlacementApproved)
    assert approved.overridden[0].reason == REPORTS  # type: ignore[attr-defined]


def test_a_reason_left_empty_is_no_override_and_the_rule_is_told_again(head: Browser, services: Services) -> None:
    lacking_monitoring(services)
    again = head.send(f"{PLACEMENT}/approve", {**APPROVAL, **SPITE, "overrides-0-reason": " "})
    assert again.status_code == 422
    assert again.text.count(BECAUSE) == 1
    assert not facts(services, PlacementApproved)


@pytest.mark.parametrize("persona", ["deputy-head", "deputy-head-delegated"])
def test_nobody_else_is_asked_why(app: Flask, services: Services, persona: str) -> None:
    lacking_monitoring(services)
    assert BECAUSE not in Browser(app, persona).send(f"{PLACEMENT}/approve", APPROVAL).text


def test_where_a_must_stands_in_the_way_too_nobody_is_asked_why(head: Browser, services: Services) -> None:
    lacking_monitoring(services)
    enter(services, "withdraw_authority_consent")
    refused = head.send(f"{PLACEMENT}/approve", APPROVAL)
    assert BECAUSE not in refused.text


def urgent(services: Services) -> None:
    """A second placement, assessed in haste, of which nothing that may wait is there."""
    new = {"id": named("in haste")}
    enter(services, "propose_placement", **new)
    for verb in ("assess_needs", "record_parental_agreement"):
        enter(services, verb, **new)
    enter(services, "assess_risk", interim=True, **new)
    scope = ConsentScope(named("provider"), None, day("09-10"), None)
    enter(services, "record_authority_consent", scope=scope, **new)


def test_an_urgent_start_is_offered_with_what_is_missing_and_the_last_day_it_may_wait(
    head: Browser, services: Services, clock: Clock
) -> None:
    urgent(services)
    address = f"/placements/{named('in haste')}"
    assert f"{address}/start-urgently" in head.read(address)
    page = head.read(f"{address}/start-urgently")
    for said in ("The plan", "The starting point", "The provider&#39;s agreement"):
        assert said in page
    head.record(f"{address}/start-urgently", {"reason": "Cannot go on in class.", "reported_to": "B. Coppershaw"})
    record = services.application.look_up(Placement, named("in haste"))
    (decided,) = record.every(UrgentStartDecided)
    assert {one.what: one.due_on for one in decided.deferred} == dict.fromkeys(Deferrable, day("09-23"))
    assert f"{address}/approve" in head.read(address)
    approving = head.read(f"{address}/approve")
    assert "It may start from" not in approving


def test_an_overrun_stays_on_the_placement_s_page_and_in_the_matrix_once_it_has_ended(
    app: Flask, head: Browser, services: Services, clock: Clock
) -> None:
    urgent(services)
    address = f"/placements/{named('in haste')}"
    head.record(f"{address}/start-urgently", {"reason": "Cannot go on in class.", "reported_to": "B. Coppershaw"})
    assert "It ran without an approval" not in head.read(address)
    clock.now = datetime(2026, 11, 16, 15, tzinfo=UTC)
    enter(services, "end_placement", id=named("in haste"), on=day("11-16"), ended_on=day("11-16"))
    told = "It ran without an approval past its last school day, 23 September 2026; it ended on 16 November 2026"
    later = Browser(app, "head-teacher")
    for page in (address, "/approvals"):
        assert told in later.read(page)
    (line,) = [one for one in later.get("/approvals.json").get_json() if one["flags"]]
    assert line["flags"][0].startswith(told)


def test_an_urgent_start_that_is_refused_keeps_the_three_lines_and_what_was_typed(
    head: Browser, services: Services
) -> None:
    urgent(services)
    address = f"/placements/{named('in haste')}/start-urgently"
    emptied = {f"deferred-0-due_on-{part}": "" for part in ("day", "month", "year")}
    refused = head.send(address, {"reason": "Cannot wait.", "reported_to": "B. Coppershaw", **emptied})
    assert refused.status_code == 422
    assert "No plan for intervention was prepared." in refused.text
    assert refused.text.count('name="deferred-') >= 3 * 4
    assert ">Cannot wait.</textarea>" in refused.text


def test_a_machine_sends_overrides_and_learns_which_rules_it_may_override(head: Browser, services: Services) -> None:
    lacking_monitoring(services)
    body = {**{name: str(value) for name, value in APPROVAL.items()}}
    refused = head.post(f"{PLACEMENT}/approve", body)
    assert [one["overridable"] for one in refused.get_json()["breaches"]] == [True]
    given = {"rule": "H-09", "clause": "S23", "reason": REPORTS}
    assert head.post(f"{PLACEMENT}/approve", {**body, "overrides": [given]}).status_code == 201
