"""Forms begin with what was recorded before and what follows from it, and never with a judgement."""

from __future__ import annotations

import re
from datetime import date
from types import SimpleNamespace

from flask import Flask

from tests.domain.people import named
from tests.domain.wording import WORDING
from tests.web.browsing import Browser, as_form, filled_in
from web.copying import planned_reviews

PLACE = f"/placements/{named('placement')}"


def test_the_next_plan_begins_with_the_last_one_and_says_so(head: Browser) -> None:
    page = head.read(f"{PLACE}/prepare-plan")
    assert "Begun from “Plan prepared” of 9 September 2026." in page
    sent = filled_in(page)
    said = as_form(WORDING["prepare_plan"].fields)
    for name in ("objectives-0-text", "objectives-1-id", "monitoring-0-who", "english-level", "links"):
        assert sent[name] == said[name]


def test_a_copied_plan_can_be_sent_as_it_stands(head: Browser) -> None:
    head.record(f"{PLACE}/prepare-plan", {})


def test_hazards_are_taken_over_and_judged_anew(lead: Browser) -> None:
    sent = filled_in(lead.read(f"{PLACE}/assess-risk"))
    said = as_form(WORDING["assess_risk"].fields)
    assert sent["hazards-0-hazard"] == said["hazards-0-hazard"]
    assert sent["hazards-0-control"] == said["hazards-0-control"]
    assert sent["hazards-0-likelihood"] == sent["hazards-0-severity"] == ""
    assert "outcome" not in sent
    assert sent["assessor"] == ""


def test_a_review_names_the_plan_s_objectives_and_rates_none(app: Flask, head: Browser) -> None:
    head.record(f"{PLACE}/approve", WORDING["approve_placement"].fields)
    sent = filled_in(head.read(f"{PLACE}/hold-review"))
    plan = WORDING["prepare_plan"].fields
    assert [sent[f"objectives-{number}-id"] for number in range(2)] == [one.id for one in plan["objectives"]]
    for judged in ("objectives-0-rag", "outcome", "still_safe", "attending_regularly", "meets_needs"):
        assert not sent.get(judged)
    assert sent["chair"] == ""


def test_a_first_agreement_begins_with_no_wording_so_that_one_click_signs_nothing(head: Browser) -> None:
    made = head.record("/placements/propose", WORDING["propose_placement"].fields).headers["Location"]
    place = re.findall(r"/placements/[0-9a-f-]{36}", head.read(made))[0]
    head.record(f"{place}/prepare-plan", WORDING["prepare_plan"].fields)
    page = head.read(f"{place}/sign-placement-agreement")
    assert "Begun from" not in page
    for procedure in ("information_exchange", "progress_monitoring", "pastoral_support", "challenge_mechanism"):
        assert filled_in(page)[procedure] == ""


def test_the_agreement_begins_with_what_was_signed_before_and_says_so(lead: Browser) -> None:
    page = lead.read(f"{PLACE}/sign-placement-agreement")
    assert "Begun from" in page
    sent = filled_in(page)
    said = WORDING["sign_placement_agreement"].fields
    assert sent["information_exchange"] == said["information_exchange"]
    assert sent["signed_by"] == ""
    assert sent["signed_on-day"] == ""


def test_reviews_are_suggested_before_the_end_of_each_half_term_the_plan_runs_through() -> None:
    said = WORDING["publish_school_calendar"].fields
    year = SimpleNamespace(terms=said["terms"], inset_days=(), closures=())
    days = list(planned_reviews(date(2026, 9, 14), date(2026, 12, 18), (year,)))
    assert days
    assert all(date(2026, 9, 14) < day < date(2026, 12, 18) and day.weekday() < 5 for day in days)
