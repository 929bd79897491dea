"""H-10 and H-15: each step of a placement follows the one before, and it starts prepared and within its approval."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from domain.errors import AlreadyRecorded, Impossible
from domain.placement import Placement
from domain.vocabulary import Delivery, PlacementStatus, ReviewKind
from tests.domain.builders import (
    School,
    a_school,
    a_started_placement,
    a_suspended_placement,
    an_approvable_placement,
    an_approved_placement,
    an_ended_placement,
)
from tests.domain.people import day, named

PROPOSED_ONLY = ["assess_needs", "assess_risk"]


def a_proposed_placement() -> School:
    return an_approvable_placement(without=PROPOSED_ONLY)


def a_refused_placement() -> School:
    school = an_approvable_placement()
    school.enter("refuse_placement")
    return school


STATES: dict[PlacementStatus, Callable[[], School]] = {
    PlacementStatus.PROPOSED: a_proposed_placement,
    PlacementStatus.ASSESSED: an_approvable_placement,
    PlacementStatus.APPROVED: an_approved_placement,
    PlacementStatus.ACTIVE: a_started_placement,
    PlacementStatus.SUSPENDED: a_suspended_placement,
    PlacementStatus.REFUSED: a_refused_placement,
    PlacementStatus.ENDED: an_ended_placement,
}
STEPS = {
    "approve_placement": {PlacementStatus.ASSESSED},
    "refuse_placement": {PlacementStatus.PROPOSED, PlacementStatus.ASSESSED, PlacementStatus.APPROVED},
    "start_placement": {PlacementStatus.APPROVED},
    "suspend_placement": {PlacementStatus.ACTIVE},
    "resume_placement": {PlacementStatus.SUSPENDED},
    "hold_review": {PlacementStatus.ACTIVE, PlacementStatus.SUSPENDED, PlacementStatus.ENDED},
    "end_placement": {PlacementStatus.ACTIVE, PlacementStatus.SUSPENDED},
}
FACTS = (
    "assess_needs assess_risk record_baseline prepare_plan sign_placement_agreement record_authority_refusal"
    " withdraw_authority_consent record_parental_agreement record_parental_refusal withdraw_parental_agreement"
    " record_parent_unreachable mark_attendance"
).split()


def status(school: School) -> PlacementStatus:
    return school.application.look_up(Placement, named("placement")).status


@pytest.mark.parametrize("state", STATES)
def test_each_state_is_reached_by_its_commands(state: PlacementStatus) -> None:
    assert status(STATES[state]()) == state


@pytest.mark.parametrize("verb", STEPS)
@pytest.mark.parametrize("state", STATES)
def test_a_step_is_taken_only_from_the_states_before_it(verb: str, state: PlacementStatus) -> None:
    school = STATES[state]()
    if state in STEPS[verb]:
        assert school.enter(verb)
        return
    breach = next(breach for breach in refused(school, verb) if breach.rule == "H-15")
    assert breach.sentence == f"The placement is {state.value}."


def refused(school: School, verb: str) -> Any:
    tested = {"approve_placement", "start_placement", "resume_placement"}
    unassessed = verb in tested and status(school) == PlacementStatus.PROPOSED
    return school.refuses(verb, "H-15", *(["H-08"] if unassessed else []))


@pytest.mark.parametrize("verb", FACTS)
@pytest.mark.parametrize("state", [PlacementStatus.PROPOSED, PlacementStatus.REFUSED, PlacementStatus.ENDED])
def test_a_fact_is_recorded_in_any_state_and_changes_none(verb: str, state: PlacementStatus) -> None:
    school = STATES[state]()
    assert school.enter(verb)
    assert status(school) == state


def test_an_assessment_of_another_site_does_not_make_a_placement_assessed() -> None:
    school = an_approvable_placement(assess_risk={"site_id": named("other site")})
    assert status(school) == PlacementStatus.PROPOSED
    school.refuses("approve_placement", "H-15", "H-08")


def test_every_breach_is_told_at_once() -> None:
    left_out = ["record_authority_consent", "record_parental_agreement", "verify_provider_registration"]
    school = an_approvable_placement(without=[*left_out, "verify_provider_safeguarding_policy"])
    school.refuses("approve_placement", "H-05", "H-06", "H-07", "H-08")


@pytest.mark.parametrize("without", [["record_baseline"], ["sign_placement_agreement"]])
def test_a_placement_does_not_start_without_baseline_and_agreement(without: list[str]) -> None:
    (breach,) = an_approved_placement(without=without).refuses("start_placement", "H-10")
    assert breach.word == "should"


@pytest.mark.parametrize(
    "missing", ["information_exchange", "progress_monitoring", "pastoral_support", "challenge_mechanism"]
)
def test_an_agreement_without_its_procedures_or_a_way_to_challenge_is_not_enough(missing: str) -> None:
    an_approved_placement(sign_placement_agreement={missing: " "}).refuses("start_placement", "H-10")


def test_a_baseline_or_an_agreement_of_after_the_start_is_not_enough() -> None:
    school = an_approved_placement(without=["record_baseline", "sign_placement_agreement"])
    school.enter("record_baseline", on=day("09-15"), measured_on=day("09-15"))
    school.enter("sign_placement_agreement", on=day("09-15"), received_on=day("09-15"))
    school.refuses("start_placement", "H-10", on=day("09-15"))
    assert school.enter("start_placement", on=day("09-15"), started_on=day("09-15"))


def test_the_school_itself_signs_no_agreement() -> None:
    own = {"delivery": Delivery.IN_HOUSE}
    assert an_approved_placement(without=["sign_placement_agreement"], propose_placement=own).enter("start_placement")


def test_a_placement_starts_within_the_days_of_its_approval() -> None:
    school = an_approved_placement(approve_placement={"start_from": day("09-15"), "start_by": day("09-16")})
    (breach,) = school.refuses("start_placement", "H-15")
    assert breach.field == "started_on"
    school.refuses("start_placement", "H-15", on=day("09-17"), started_on=day("09-17"))
    assert school.enter("start_placement", on=day("09-16"), started_on=day("09-16"))


def test_a_start_is_not_recorded_before_it_happened() -> None:
    error = an_approved_placement().rejects(Impossible, "start_placement", on=day("09-11"))
    assert (error.field, error.rule) == ("started_on", "H-20")


def test_a_review_of_an_ended_placement_is_recorded_and_one_of_before_its_start_is_not() -> None:
    school = an_ended_placement()
    assert school.enter("hold_review", on=day("12-19"), held_on=day("12-17"), next_review_on=None)
    last = {"kind": ReviewKind.FINAL, "held_on": day("12-18"), "next_review_on": None}
    assert school.enter("hold_review", on=day("12-19"), **last)
    (breach,) = school.refuses("hold_review", "H-15", on=day("12-19"), held_on=day("09-13"))
    assert breach.field == "held_on"
    assert a_started_placement().enter("hold_review", held_on=day("09-14"))


@pytest.mark.parametrize("verb", ["suspend_placement", "end_placement"])
def test_what_follows_a_start_is_not_dated_before_it(verb: str) -> None:
    dated = {"suspend_placement": "suspended_on", "end_placement": "ended_on"}[verb]
    a_started_placement().refuses(verb, "H-15", **{dated: day("09-13")})


def test_a_placement_is_proposed_once_under_one_reference() -> None:
    an_approvable_placement().rejects(AlreadyRecorded, "propose_placement")


def test_a_plan_is_numbered_by_the_record_and_an_agreement_names_a_plan_there_is() -> None:
    school = an_approvable_placement()
    (plan,) = school.enter("prepare_plan")
    assert plan.plan_version == 2
    assert school.enter("sign_placement_agreement", plan_version=2)
    assert school.rejects(Impossible, "sign_placement_agreement", plan_version=3).field == "plan_version"
    (approved,) = school.enter("approve_placement")
    assert approved.plan_version == 2


def test_an_approval_relies_on_everything_outside_its_own_stream() -> None:
    school = an_approvable_placement()
    (approved,) = school.enter("approve_placement")
    outside = {named(name) for name in ("pupil", "provider", "school", "head_teacher appointment")}
    assert set(approved.relied_on) == outside


@pytest.mark.parametrize(
    ("verb", "changes", "field"),
    [
        ("propose_placement", {"proposed_end": day("09-13")}, "proposed_end"),
        ("approve_placement", {"start_by": day("09-13")}, "start_by"),
        ("approve_placement", {"start_from": day("09-09"), "start_by": day("09-20")}, "start_from"),
        ("approve_placement", {"decision_reason": " "}, "decision_reason"),
    ],
)
def test_days_in_the_wrong_order_and_empty_reasons_are_impossible(
    verb: str, changes: dict[str, Any], field: str
) -> None:
    school = a_school() if verb == "propose_placement" else an_approvable_placement()
    assert school.rejects(Impossible, verb, **changes).field == field


def test_nobody_starts_outside_who_is_not_on_the_schools_roll_that_day() -> None:
    school = an_approved_placement()
    school.enter("remove_pupil_from_roll", removed_on=day("09-11"))
    (breach,) = school.refuses("start_placement", "H-12")
    assert breach.clause == "S27"
